import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readCall } from '../../../src/server/cli/arguments.ts'
import { commandNamed } from '../../../src/server/cli/commands.ts'
import { explained } from '../../../src/server/cli/failure.ts'
import { run } from '../../../src/server/cli/keys.ts'
import { loadConfig } from '../../../src/server/config/load.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { chaosProvider } from '../../../src/testing/chaos/provider.ts'
import { zoneAt } from '../../../src/server/cli/local-time.ts'
import { openStore } from '../../../src/server/ledger/open-store.ts'
import { writeMoment } from '../../../src/server/usage/moments.ts'
import { aRecord } from '../../accounts/ledger/kept.ts'
import { folder } from '../config/folder.ts'

const FILE = `{
  // the providers
  "endpoints": { "a": { "protocol": "openai", "baseUrl": "https://a.example", "apiKey": "k" } },
  "groups": { "team": { "models": ["*"] } } // all of us
}
`
let path = ''
let out = ''
beforeEach(() => {
  path = join(folder(), 'config.jsonc')
  writeFileSync(path, FILE)
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true))
  vi.stubEnv('CC_ROUTE_KEYS', '')
  vi.stubEnv('XDG_STATE_HOME', join(path, '..', 'state'))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** What the command writes, or the words of its failure. */
async function keys(line: readonly string[]): Promise<string> {
  out = ''
  try {
    await run(readCall(commandNamed('keys')!, [...line, '--config', path]))
    return out
  } catch (error) {
    const { text, code } = explained(error)
    return `${code}: ${text}`
  }
}
const data = async (line: readonly string[]) => JSON.parse(await keys([...line, '--json'])) as Record<string, unknown>
const file = () => readFileSync(path, 'utf8')

/** Whether a server with the file lets a key in. */
async function status(key: unknown, model = 'm'): Promise<number> {
  const app = gateway(await loadConfig(path, { variables: {} }), { fetchFor: () => chaosProvider() })
  const headers = { 'content-type': 'application/json', 'x-api-key': String(key) }
  const body = JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] })
  return (await app('http://localhost/v1/messages', { method: 'POST', headers, body })).status
}

describe('cc-route keys', () => {
  test('changes no other key where the file has changed meanwhile', async () => {
    await keys(['create', 'ann'])
    await keys(['create', 'bob'])
    const before = file()
    const other = before.replace('"name": "ann"', '"name": "eve"')
    expect(other).not.toBe(before)
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => {
      writeFileSync(path, other)
      return now
    })
    expect(await keys(['disable', 'ann'])).toMatch(/^1: .*has changed since it was read/)
    expect(file()).toBe(other)
  })

  test('makes a key, shows it once, and keeps its hash; comments stay', async () => {
    const told = await keys(['create', 'ann'])
    const key = /ccr_[\w-]{43}/.exec(told)![0]
    expect(told).toContain('From now on every client needs a key')
    expect(file()).not.toContain(key)
    expect(file()).toMatch(/the providers[^]*all of us/)
    expect(await keys(['list'])).not.toContain('ccr_')
    expect([await status(key), await status('another-key-of-some-kind')]).toEqual([200, 401])
    expect(await keys(['create', 'bob'])).not.toContain('From now on')
  })

  test('tells when each was last used, where a ledger knows', async () => {
    for (const name of ['ann', 'Ann', 'bob']) await keys(['create', name])
    expect(await keys([])).not.toContain('LAST USED')
    const store = await openStore({ configPath: path })
    const at = Date.parse('2026-03-18T10:20:30Z')
    await store.add([aRecord({ id: 'a', at: at - 86_400_000, tenant: 'ann' }), aRecord({ id: 'b', at, tenant: 'ann' })])
    await store.close()
    const used = writeMoment(at, zoneAt(at), 'hour')
    expect((await keys([])).split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'NAME | STATE | LAST USED | GROUP | LIMITS | NOTE',
      `ann | ready | ${used}`,
      'Ann | ready | -',
      'bob | ready | -',
      '',
    ])
    expect((await data(['list']))['keys']).toMatchObject([{ name: 'ann', lastUsed: '2026-03-18T10:20:30.000Z' }, { name: 'Ann' }, {}])
  })

  test('says of a key that it made whether it is refused all the same', async () => {
    expect(await keys(['create', 'ann', '--expires', '2020-01-01'])).toContain('It expired on 2020-01-01T00:00:00Z, and is refused.')
    const rotated = await keys(['rotate', 'ann', '--grace', '12h'])
    expect(rotated).toContain('and is refused. cc-route keys set ann --expires 90d gives it more time.')
    expect(rotated).not.toContain('can be used')
    expect(await keys(['set', 'ann', '--expires', 'never'])).not.toContain('refused')
    expect(await keys(['disable', 'ann'])).not.toContain('can be used')
    expect(await keys(['rotate', 'ann'])).toContain('It is switched off, and is refused.')
  })

  test('makes one with limits', async () => {
    const line = [
      'create',
      'ann',
      '--group',
      'team',
      '--models',
      'm,!x*',
      '--endpoints',
      'a',
      '--rpm',
      '60',
      '--tpm',
      '100000',
      '--streams',
      '4',
    ]
    const more = ['--budget', '5/day', '--budget', '1000000 tokens/week', '--expires', '90d', '--note', 'for tests']
    const { key, expires, ...made } = await data([...line, ...more])
    expect(made).toEqual({
      name: 'ann',
      state: 'ready',
      group: 'team',
      models: ['m', '!x*'],
      endpoints: ['a'],
      requestsPerMinute: 60,
      tokensPerMinute: 100_000,
      streams: 4,
      budgets: [
        { usd: 5, per: 'day' },
        { tokens: 1_000_000, per: 'week' },
      ],
      note: 'for tests',
    })
    expect((Date.parse(String(expires)) - Date.now()) / 86_400_000).toBeCloseTo(90, 1)
    expect([await status(key), await status(key, 'xx')]).toEqual([200, 403])
    const { keys: listed } = await data(['list'])
    expect(listed).toEqual([{ ...made, expires }])
    const text = await keys([])
    expect(text).toMatch(
      /^NAME +STATE +GROUP +LIMITS +NOTE\nann +until \S+ +team +models m, !x\*; endpoints a; 60 requests\/minute; 100000 tokens\/minute; 4 at a time; \$5\/day, 1000000 tokens\/week +for tests\n$/,
    )
    expect(await data(['set', 'ann', '--models', 'none', '--rpm', 'none', '--expires', 'never', '--budget', 'none'])).toEqual({
      name: 'ann',
      state: 'ready',
      group: 'team',
      endpoints: ['a'],
      tokensPerMinute: 100_000,
      streams: 4,
      note: 'for tests',
    })
    expect(await status(key, 'xx')).toBe(200)
  })

  test('puts another in its place, switches it off and on, and ends it', async () => {
    const { key } = await data(['create', 'ann'])
    await keys(['create', 'bob'])
    const { key: second, previousUntil } = await data(['rotate', 'ann', '--grace', '12h'])
    expect([await status(key), await status(second)]).toEqual([200, 200])
    expect((Date.parse(String(previousUntil)) - Date.now()) / 3_600_000).toBeCloseTo(12, 1)
    const { key: third } = await data(['rotate', 'ann'])
    expect([await status(second), await status(third)]).toEqual([401, 200])
    expect(await data(['disable', 'ann'])).toEqual({ name: 'ann', state: 'disabled' })
    expect(await status(third)).toBe(403)
    expect(await data(['enable', 'ann'])).toEqual({ name: 'ann', state: 'ready' })
    expect(await status(third)).toBe(200)
    expect(await data(['remove', 'ann'])).toEqual({ name: 'ann', removed: true })
    expect(await status(third)).toBe(401)
  })

  const TOML = '# mine\n[endpoints.a]\nprotocol = "openai"\nbaseUrl = "https://a.example" # near\napiKey = "k"\n'
  test.each([
    ['config.toml', TOML],
    ['config.toml', `[server]\nport = 4000 # usual\n\n${TOML}`],
    ['config.toml', `[server]\nkeys = [] # none\n\n${TOML}`],
    ['config.yaml', '# mine\nendpoints:\n  a: { protocol: openai, baseUrl: "https://a.example", apiKey: k }\n'],
    ['config.json', '{ "endpoints": { "a": { "protocol": "openai", "baseUrl": "https://a.example", "apiKey": "k" } } }'],
  ])('a first and a second one in %s', async (name, text) => {
    path = join(folder(), name)
    writeFileSync(path, text)
    const { key } = await data(['create', 'ann', '--budget', '5/day', '--models', 'm'])
    const { key: second } = await data(['create', 'bob'])
    expect([await status(key), await status(key, 'x'), await status(second, 'x')]).toEqual([200, 403, 200])
    for (const [comment] of text.matchAll(/#.*/g)) expect(file()).toContain(comment)
    expect(await data(['remove', 'ann'])).toMatchObject({ removed: true })
    expect([await status(key), await status(second)]).toEqual([401, 200])
  })

  test.each([
    [['creat', 'ann'], '2: keys takes create, set, rotate, disable, enable, remove, list, not "creat". Did you mean "create"?'],
    [['create'], '2: keys create takes the name of one key'],
    [['list', 'ann'], '2: keys list takes no name'],
    [['set', 'first'], '2: keys set takes what is to be changed'],
    [['set', 'first', '--rpm', '0'], '2: --rpm takes a number from 1'],
    [['create', 'ann', '--budget', 'much'], '2: --budget takes an amount per day'],
    [['rotate', 'first', '--grace', 'long'], '2: --grace takes a while'],
    [['create', 'first'], '1: There is a key of "first" already'],
    [['rotate', 'nobody'], '1: There is no key of "nobody". There are: first'],
    [['remove', 'first'], '1: It is the last one'],
    [['create', 'ann', '--group', 'teem'], 'Did you mean "team"'],
    [['create', 'ann', '--expires', 'soon'], 'expected a time such as'],
  ])('%j is refused, and changes nothing', async (line, words) => {
    await keys(['create', 'first'])
    const before = file()
    expect(await keys(line)).toContain(words)
    expect(file()).toBe(before)
  })

  test('leaves the file alone where the environment has the keys', async () => {
    vi.stubEnv('CC_ROUTE_KEYS', 'a-key-of-the-environment')
    expect(await keys(['create', 'ann'])).toContain('CC_ROUTE_KEYS, which is stronger')
    expect(file()).toBe(FILE)
  })
})
