/**
 * The built package, as those who install it find it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const isBuilt = existsSync(join(root, 'dist/index.js'))
const ENTRIES = ['cc-route', 'cc-route/transformers', 'cc-route/router', 'cc-route/server', 'cc-route/gateway', 'cc-route/testing']

/** The module formats: how a program in each loads an entry. */
const FORMATS = {
  'an ES module': { type: 'module', load: (entry: string) => `await import('${entry}')` },
  CommonJS: { type: 'commonjs', load: (entry: string) => `require('${entry}')` },
} as const

function run(format: keyof typeof FORMATS, expression: string): unknown {
  const program = `console.log(JSON.stringify(${expression}))`
  return JSON.parse(
    execFileSync(process.execPath, [`--input-type=${FORMATS[format].type}`, '-e', program], { cwd: root, encoding: 'utf8' }),
  )
}

describe.skipIf(!isBuilt)(isBuilt ? 'the package' : 'the package (not built: npm run build)', () => {
  test.each(ENTRIES)('%s offers the same to both module formats', (entry) => {
    const names = (format: keyof typeof FORMATS) =>
      run(
        format,
        `Object.keys(${FORMATS[format].load(entry)}).filter((name) => !/^(__esModule|module.exports|default)$/.test(name)).sort()`,
      )
    expect(names('an ES module')).toEqual(names('CommonJS'))
    expect(names('CommonJS')).not.toEqual([])
  })

  // What is known of a request or a response rides on it under a name of its own: two copies of that would not find each other's.
  test.each(['an ES module', 'CommonJS'] as const)('the entries share one state in %s', (format) => {
    const { load } = FORMATS[format]
    const same = (name: string, ...entries: string[]) => entries.map((entry) => `(${load(entry)}).${name}`).join(' === ')
    expect(
      run(format, `[${same('outcomeOf', 'cc-route', 'cc-route/router')}, ${same('translate', 'cc-route', 'cc-route/transformers')}]`),
    ).toEqual([true, true])
    const shared = readdirSync(join(root, 'dist')).filter(
      (file) => file.endsWith(format === 'CommonJS' ? '.cjs' : '.js') && file !== 'cli.js',
    )
    const makers = (made: RegExp) => shared.filter((file) => made.test(readFileSync(join(root, 'dist', file), 'utf8')))
    expect(makers(/\boutcomes = \S*createAttachment\b/)).toHaveLength(1)
    expect(makers(/\bRIDING = (\/\* @__PURE__ \*\/ )?Symbol\(/)).toHaveLength(1)
  })

  test('the types need nothing that is not installed with it', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
    const isThere = (name: string) => name.startsWith('.') || name.startsWith('node:') || name in dependencies
    const foreign = readdirSync(join(root, 'dist'))
      .filter((file) => file.endsWith('.d.ts'))
      .flatMap((file) =>
        [...readFileSync(join(root, 'dist', file), 'utf8').matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)].flatMap(([, name]) =>
          isThere(name!) ? [] : [`${file}: ${name}`],
        ),
      )
    expect(foreign).toEqual([])
  })

  test('the library needs no Node', () => {
    const seen = new Set<string>()
    const visit = (file: string): string[] => {
      if (seen.has(file)) return []
      seen.add(file)
      const names = [...readFileSync(join(root, 'dist', file), 'utf8').matchAll(/^(?:import|export)[^'"]*['"]([^'"]+)['"]/gm)].map(
        ([, name]) => name!,
      )
      return names.flatMap((name) => (name.startsWith('./') ? visit(name.slice(2)) : [name]))
    }
    expect([...new Set(['index.js', 'transformers.js', 'router.js', 'testing.js'].flatMap(visit))]).toEqual([
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      'eventsource-parser',
    ])
  })

  test('the command runs', () => {
    const cli = join(root, 'dist/cli.js')
    expect(readFileSync(cli, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(execFileSync(process.execPath, [cli, '--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})
