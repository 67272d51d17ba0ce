/**
 * Joins the files of the command. The bundler makes one of whatever is shared by the same commands, and of those `serve` would read eighty:
 * to find and open them took as long as to compile what is in them. Here all that `serve` needs becomes two files: one with what quick
 * commands need too, which must not read all of a server, and one with the rest. What it loads later, but together, is a file each time.
 */
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rollup } from 'rollup'

/** @typedef {import('rollup').GetModuleInfo} GetModuleInfo */

const dist = resolve(import.meta.dirname, '../dist')
const command = join(dist, 'cli.js')
const modules = readdirSync(join(dist, 'cli'))
/** The modules of that name, of which there may be one in several folders. @param {string} name */
function modulesOf(name) {
  const found = modules.filter((file) => file.endsWith('.js') && file.slice(0, file.lastIndexOf('-')) === name)
  if (!found.length) throw new Error(`No module of the command is called "${name}".`)
  return found.map((file) => join(dist, 'cli', file))
}

/** What `serve` loads with the first request, and with the first record of the ledger, by the names of modules. */
const LATER = {
  answer: ['listener', 'fetch'],
  ledger: ['ledger', 'retention', 'create-prices', 'open-store', 'reader', 'sqlite-store'],
}

/** All that is loaded with some modules. @param {readonly string[]} ids @param {GetModuleInfo} infoOf @param {Set<string>} found */
function loadedWith(ids, infoOf, found = new Set()) {
  for (const id of ids) {
    const info = infoOf(id)
    if (found.has(id) || !info?.code) continue
    found.add(id)
    loadedWith(info.importedIds, infoOf, found)
  }
  return found
}

/** In which file a module belongs, by its id. @param {GetModuleInfo} infoOf @returns {Map<string, string>} */
function filesOf(infoOf) {
  const sizeOf = (/** @type {Set<string>} */ ids) => [...ids].reduce((sum, id) => sum + (infoOf(id)?.code?.length ?? 0), 0)
  const first = loadedWith([command], infoOf)
  const server = loadedWith(modulesOf('serve'), infoOf)
  const commands = [...first].flatMap((id) => infoOf(id)?.dynamicallyImportedIds ?? []).map((id) => loadedWith([id], infoOf))
  const quick = new Set([first, ...commands.filter((loaded) => sizeOf(loaded) < sizeOf(server) / 2)].flatMap((loaded) => [...loaded]))
  const files = new Map([...server].filter((id) => id !== command).map((id) => [id, quick.has(id) ? 'shared' : 'server']))
  for (const [file, names] of Object.entries(LATER))
    for (const id of loadedWith(names.flatMap(modulesOf), infoOf)) if (!files.has(id) && id !== command) files.set(id, file)
  return files
}

/** @type {Map<string, string> | undefined} */
let files
const bundle = await rollup({
  input: { cli: command },
  external: (id) => !id.startsWith('.') && !id.startsWith(dist),
  // The bundler has left out what is not used, but for modules of Node that a package imports for more than is used here: 8 ms for one.
  treeshake: { moduleSideEffects: (id) => !id.startsWith('node:') },
  plugins: [{ name: 'with-source-maps', load: (id) => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }) }],
})
const joined = join(dist, 'joined')
const { output } = await bundle.write({
  dir: joined,
  format: 'es',
  sourcemap: true,
  minifyInternalExports: true,
  chunkFileNames: 'cli/[name]-[hash].js',
  manualChunks: (id, { getModuleInfo }) => (files ??= filesOf(getModuleInfo)).get(id),
})
rmSync(join(dist, 'cli'), { recursive: true })
for (const name of ['cli.js', 'cli.js.map', 'cli']) renameSync(join(joined, name), join(dist, name))
rmSync(joined, { recursive: true })
chmodSync(command, 0o755)

/** What came from packages keeps their terms. */
const sources = output.flatMap((file) => ('map' in file ? (file.map?.sources ?? []) : []))
const packages = new Set(sources.flatMap((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []))
const termsOf = (/** @type {string} */ name) => {
  const folder = resolve(dist, '../node_modules', name)
  return readFileSync(join(folder, readdirSync(folder).find((file) => /^licen[cs]e/i.test(file)) ?? 'LICENSE'), 'utf8').trim()
}
const terms = [...packages].sort().map((name) => `${name}\n\n${termsOf(name)}\n`)
writeFileSync(join(dist, 'cli', 'LICENSES.txt'), terms.join(`\n${'-'.repeat(80)}\n\n`))
