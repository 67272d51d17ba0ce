/**
 * Reads what is to be imported, whatever its form, and tells whose it is.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { problemText } from '../config/problem.ts'
import { formatOf, readSource } from '../config/source.ts'
import { ImportError } from './import-error.ts'
import { relaxedJson } from './relaxed-json.ts'
import { isFields, type Fields } from './section.ts'
import { SEEDS, type Seed, type SeedName } from './seeds.ts'
import { MAGIC, withDatabase, type Database } from './sqlite.ts'

/** How files are read. */
export interface Files {
  /** `undefined` where there is no such file, or a folder. @throws Error where it cannot be read */
  read(path: string): Promise<Uint8Array | undefined>
  /** @throws Error where it cannot be read */
  withDatabase<T>(path: string, read: (database: Database) => T): Promise<T>
}

export const systemFiles: Files = {
  async read(path) {
    try {
      return await readFile(path)
    } catch (error) {
      if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
      throw error
    }
  },
  withDatabase,
}

/** Larger ones are no configurations. Databases are not read as a whole. */
const MAX_BYTES = 16 * 1024 * 1024

/** @throws ImportError */
export async function readContents(path: string, from: SeedName | undefined, files: Files): Promise<{ seed: Seed; contents: Fields }> {
  const found = await find(path, from, files)
  const contents = await parse(found.path, found.bytes, files)
  if (from === undefined && isFields(contents['endpoints']))
    throw new ImportError(`${found.path} is a configuration of cc-route already. Use it as it is: cc-route serve --config ${found.path}`)
  const seed = from === undefined ? SEEDS.find(({ recognises }) => recognises(contents)) : SEEDS.find(({ name }) => name === from)
  if (!seed)
    throw new ImportError(
      `${found.path}: this is no configuration that is known. Known are those of ${SEEDS.map(({ title }) => title).join(', ')}. If it is one of them, say so with --from: ${SEEDS.map(({ name }) => name).join(', ')}.`,
    )
  const beside: Record<string, Fields> = {}
  for (const name of seed.beside) {
    const other = join(dirname(found.path), name)
    const bytes = other === found.path ? undefined : await readBytes(other, files)
    if (bytes) beside[name] = await parse(other, bytes, files)
  }
  return { seed, contents: seed.together?.(contents, beside) ?? contents }
}

/** The file; or in a folder the first that one of the others would have there. */
async function find(path: string, from: SeedName | undefined, files: Files): Promise<{ path: string; bytes: Uint8Array }> {
  const names = SEEDS.filter(({ name }) => from === undefined || name === from).flatMap(({ usual }) => usual)
  for (const candidate of [path, ...new Set(names.map((name) => join(path, name)))]) {
    const bytes = await readBytes(candidate, files)
    if (bytes) return { path: candidate, bytes }
  }
  throw new ImportError(`${path}: there is no such file, and no folder with one of ${[...new Set(names)].join(', ')} in it.`)
}

async function readBytes(path: string, files: Files): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path)
  } catch (error) {
    throw new ImportError(`${path} cannot be read: ${(error as Error).message}`)
  }
}

async function parse(path: string, bytes: Uint8Array, files: Files): Promise<Fields> {
  if (new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length)) === MAGIC) {
    try {
      return await files.withDatabase(path, contentsOf)
    } catch (error) {
      throw new ImportError(`${path} cannot be read: ${(error as Error).message}`)
    }
  }
  if (bytes.length > MAX_BYTES) throw new ImportError(`${path} is too large to be a configuration.`)
  const text = new TextDecoder().decode(bytes)
  const format = formatOf(path)
  const source = await readSource(text, format)
  const again = source.mistakes.length && format === 'json' ? await readSource(relaxedJson(text), 'json') : source
  const { value, mistakes } = again.mistakes.length ? source : again
  if (mistakes.length)
    throw new ImportError(
      `${path} cannot be read:\n${mistakes.map((mistake) => `  ${problemText({ path: [], ...mistake }, path)}`).join('\n')}`,
    )
  if (!isFields(value)) throw new ImportError(`${path}: expected an object, found ${Array.isArray(value) ? 'a list' : 'a single value'}.`)
  return value
}

/** A database as an object: the rows of tables with settings, and how many rows the others have. */
const contentsOf = (database: Database): Fields =>
  Object.fromEntries(
    database.tables.map((table) => [table, ['endpoints', 'app_config'].includes(table) ? database.rows(table) : database.count(table)]),
  )
