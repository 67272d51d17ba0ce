import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Which folders of src a folder may import, besides itself. `root` is what lies directly in src. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  transformers: ['core'],
  router: ['core', 'transformers'],
  root: ['core', 'transformers', 'router'],
  testing: ['core', 'transformers', 'router'],
  accounts: ['core', 'transformers', 'router'],
  server: ['core', 'transformers', 'router', 'testing', 'accounts'],
}

/** Packages that are there at run time. All others may only lend their types. */
const RUNTIME_PACKAGES: Record<string, readonly string[]> = {
  core: ['@noble/hashes', 'eventsource-parser'],
  accounts: ['@opentelemetry/api'],
  server: ['@noble/hashes', 'jsonc-parser', 'libsql', 'srvx', 'toml-eslint-parser', 'valibot', 'yaml'],
}

const MAX_LINES = 300

/** Files that may be longer than {@link MAX_LINES}, and why. */
const LONG_FILES: Record<string, string> = {
  'src/accounts/prices/list/providers.ts': 'written by scripts/price-list.js: a line for each model that has a price',
}

interface Import {
  from: string
  typeOnly: boolean
}

interface Source {
  path: string
  folder: string
  lines: number
  imports: Import[]
  exportsDefault: boolean
  /** An object literal has a getter. */
  ownGetters: boolean
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const { statements } = file
  const segments = path.split('/')
  const imports = [...statements.flatMap(importsOf), ...dynamicImports(text)]
  const exportsDefault = statements.some(
    (statement) =>
      ts.isExportAssignment(statement) ||
      (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)),
  )
  const folder = segments.length > 2 ? segments[1]! : 'root'
  return { path, folder, lines: text.trimEnd().split('\n').length, imports, exportsDefault, ownGetters: hasOwnGetter(file) }
}

const hasOwnGetter = (node: ts.Node): boolean =>
  (ts.isGetAccessor(node) && ts.isObjectLiteralExpression(node.parent)) || (ts.forEachChild(node, hasOwnGetter) ?? false)

function importsOf(statement: ts.Statement): Import[] {
  if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
    const { importClause } = statement
    const named = importClause?.namedBindings
    const names = named && ts.isNamedImports(named) ? named.elements : undefined
    const allTypes = !importClause?.name && !!names?.length && names.every((name) => name.isTypeOnly)
    return [{ from: statement.moduleSpecifier.text, typeOnly: importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes }]
  }
  if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier))
    return [{ from: statement.moduleSpecifier.text, typeOnly: statement.isTypeOnly }]
  return []
}

const dynamicImports = (text: string): Import[] =>
  [...text.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g)].map(([, from]) => ({ from: from!, typeOnly: false }))

const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readSource(`src/${file.replaceAll('\\', '/')}`))

/** The path of an imported file of ours, from the repository's root. */
const target = (source: Source, { from }: Import) => relative(root, join(root, dirname(source.path), from)).replaceAll('\\', '/')
const folderOf = (path: string) => path.match(/^src\/([^/]+)\//)?.[1] ?? 'root'
/** `@scope/name/file.js` is of the package `@scope/name`. */
const packageOf = (from: string) => from.split('/', from.startsWith('@') ? 2 : 1).join('/')
const isRelative = ({ from }: Import) => from.startsWith('.') && !from.endsWith('.json')

/** Every import that breaks a rule, as `file -> import`. */
const offenders = (breaks: (source: Source, imported: Import) => boolean) =>
  sources.flatMap((source) => source.imports.filter((imported) => breaks(source, imported)).map(({ from }) => `${source.path} -> ${from}`))

test('the source is where it is looked for', () => expect(sources.length).toBeGreaterThan(20))

describe('the house', () => {
  test('a folder imports only what lies below it', () => {
    expect([...new Set(sources.map(({ folder }) => folder))].filter((folder) => !(folder in MAY_IMPORT))).toEqual([])
    expect(
      offenders((source, imported) => {
        if (!isRelative(imported)) return false
        const to = folderOf(target(source, imported))
        return to !== source.folder && !MAY_IMPORT[source.folder]?.includes(to)
      }),
    ).toEqual([])
  })

  test('a protocol knows core and itself, no other protocol', () => {
    const protocolOf = (path: string) => path.match(/^src\/transformers\/([^/]+)\//)?.[1]
    expect(
      offenders((source, imported) => {
        const own = protocolOf(source.path)
        if (!own || !isRelative(imported)) return false
        const to = target(source, imported)
        return protocolOf(to) !== own && folderOf(to) !== 'core'
      }),
    ).toEqual([])
  })

  test('only the registry names the protocols one by one', () => {
    expect(
      offenders(
        (source, imported) =>
          isRelative(imported) &&
          source.path !== 'src/transformers/registry.ts' &&
          !/^src\/transformers\/[^/]+\//.test(source.path) &&
          /^src\/transformers\/[^/]+\//.test(target(source, imported)),
      ),
    ).toEqual([])
  })

  test('only the server uses Node', () => {
    expect(offenders((source, { from }) => source.folder !== 'server' && from.startsWith('node:'))).toEqual([])
  })

  test('packages are few at run time, the others lend their types', () => {
    expect(
      offenders(
        (source, imported) =>
          !/^[./]/.test(imported.from) &&
          !imported.typeOnly &&
          !imported.from.startsWith('node:') &&
          !RUNTIME_PACKAGES[source.folder]?.includes(packageOf(imported.from)),
      ),
    ).toEqual([])
  })
})

describe('the files', () => {
  test('imports name the file they mean', () => {
    expect(offenders((_, imported) => isRelative(imported) && !imported.from.endsWith('.ts'))).toEqual([])
  })

  // Each such object gets a hidden class of its own, which costs fifteen times as much to make and keeps what its getters see until the
  // collector has looked at everything: a request of 150 KB left 270 KB behind.
  test('objects have getters of their own only where one lives as long as the process', () => {
    const MADE_ONCE = new Set([
      'src/accounts/ledger/batches.ts',
      'src/router/rename.ts',
      'src/router/request-facts.ts',
      'src/router/routing/facts.ts',
      'src/server/closing.ts',
      'src/server/gateway.ts',
      'src/server/prices.ts',
      'src/testing/clock.ts',
    ])
    const held = sources.filter(({ path, ownGetters }) => ownGetters && !MADE_ONCE.has(path) && !/server\/(cli|config|import)\//.test(path))
    expect(held.map(({ path }) => path)).toEqual([])
  })

  test('exports have names', () => {
    expect(sources.filter(({ exportsDefault }) => exportsDefault).map(({ path }) => path)).toEqual([])
  })

  test('a file is called after its one concept, in kebab-case', () => {
    const isWell = (name: string) =>
      /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name) && !/utils?\b|helpers?\b|manager\b|common\b|misc\b/.test(name)
    expect(sources.map(({ path }) => path).filter((path) => !isWell(path.split('/').at(-1)!))).toEqual([])
  })

  test(`a file has at most ${MAX_LINES} lines, or a reason`, () => {
    const long = sources.filter(({ lines }) => lines > MAX_LINES)
    expect(long.filter(({ path }) => !(path in LONG_FILES)).map(({ path, lines }) => `${path}: ${lines} lines`)).toEqual([])
    expect(Object.keys(LONG_FILES).filter((path) => !long.some((source) => source.path === path))).toEqual([])
  })
})
