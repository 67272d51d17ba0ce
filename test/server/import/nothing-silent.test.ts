/**
 * Whatever stands in a file: it is carried over, or told of, or known to mean nothing here. And whatever it says, what is made of it can be served.
 */
import { describe, expect, test } from 'vitest'
import { fieldsIn } from '../../../src/server/import/section.ts'
import { SEEDS, type SeedName } from '../../../src/server/import/seeds.ts'
import { compose } from '../../../src/server/compose.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { readToml } from '../../../src/server/config/toml-source.ts'
import { ccBridge, ccgate, ccnexus, ccProxy, ccproxy, claudeCodeRouter } from './examples.ts'

const EXAMPLES: Readonly<Record<SeedName, object>> = {
  'claude-code-router': claudeCodeRouter,
  ccnexus,
  'cc-bridge': ccBridge,
  ccproxy,
  ccgate: Object.assign({}, ...Object.values(ccgate)) as object,
  'cc-proxy': readToml(ccProxy).value as object,
}

/** What changes nothing, and need not be told of: names and dates, and the details of what was told of as a whole. */
const MEANINGLESS: Readonly<Record<SeedName, RegExp>> = {
  'claude-code-router': /^(transformers|plugins)\[0\]\.(options|enabled)/,
  ccnexus: /^$/,
  'cc-bridge':
    /\.(status|quotaLimit|account_id|access_token|id|targetPool|pool)$|\.contentFilter\.rules|^failover\.rules|^upstream\[\d\]\.priority$/,
  ccproxy:
    /\.created_at$|\.conditions|transformers\[0\]\.config|rate_limit_requests_per_min$|metrics_enabled$|circuit_breaker_enabled$|^performance\.rate_limit_enabled$/,
  ccgate:
    /\.(id|enabled)$|healthCheck|^server\.(timeout|keepAlive)$|^admin\.|retryDelay$|maxUSD$|^loadBalancer\.healthCheckEnabled$|\.allowedModels/,
  'cc-proxy': /db_file$|web_search|^transformers\.deepseek\.(providers|models)/,
}

type Path = (string | number)[]

function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([name, item]) => leaves(item, [...path, Array.isArray(value) ? Number(name) : name]))
}

function objects(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).flatMap(([name, item]) => objects(item, [...path, Array.isArray(value) ? Number(name) : name]))
  return Array.isArray(value) ? below : [path, ...below]
}

function changed(value: unknown, [step, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (step === undefined) return change(value)
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[step] = changed(copy[step], rest, change)
  return copy
}

const textOf = (path: Path) => path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index ? '.' : ''}${step}`)).join('')

const other = (value: unknown): unknown =>
  typeof value === 'boolean' ? !value : typeof value === 'number' ? value + 1 : `${String(value)}x`

const anything = new Proxy({}, { get: () => 'https://variable.example/v1' })

const seedOf = (name: SeedName) => SEEDS.find((seed) => seed.name === name)!

describe.each(Object.entries(EXAMPLES) as [SeedName, object][])('%s', (name, example) => {
  const read = (value: unknown) => JSON.stringify(seedOf(name).read(fieldsIn(value)))
  const before = read(example)

  test('each value counts, or is told of', () => {
    const notes = JSON.parse(before).notes as { path: string }[]
    const silent = leaves(example)
      .filter((path) => read(changed(example, path, other)) === before)
      .map(textOf)
      .filter((path) => !notes.some((note) => path.startsWith(note.path)) && !MEANINGLESS[name].test(path))
    expect(silent).toEqual([])
  })

  test('a field that nobody knows is told of', () => {
    const within = (path: string) =>
      JSON.parse(before).notes.some((note: { path: string }) => note.path && path.startsWith(note.path)) as boolean
    const silent = objects(example)
      .filter((path) => read(changed(example, path, (at) => ({ ...(at as object), somethingNew: 'x' }))) === before)
      .map(textOf)
      .filter((path) => !within(path) && !MEANINGLESS[name].test(`${path}.id`) && !MEANINGLESS[name].test(path))
    expect(silent).toEqual([])
  })

  const strange = [
    '__proto__',
    'constructor',
    null,
    '',
    ' ',
    'x\ny',
    '$X',
    '${',
    'file:/etc/passwd',
    -1,
    0,
    0.5,
    1e99,
    true,
    [],
    {},
    [null, 1, {}],
    { a: { b: 'c' } },
  ]
  test('whatever a value is, the result can be served', () => {
    const seen = new Set<string>()
    for (const path of [...leaves(example), ...objects(example)])
      for (const value of strange) {
        const { config } = seedOf(name).read(fieldsIn(changed(example, path, () => value)))
        const text = JSON.stringify(config)
        const used = Object.values(config.endpoints).some(({ enabled }) => enabled !== false)
        if (!used || seen.has(text)) continue
        seen.add(text)
        try {
          compose(readConfig(config, { variables: anything }), { fetchFor: () => globalThis.fetch })
        } catch (error) {
          throw new Error(`${textOf(path)} = ${JSON.stringify(value)}`, { cause: error })
        }
      }
    expect(seen.size).toBeGreaterThan(5)
  })
})
