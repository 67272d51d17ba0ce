import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/server/config/load.ts'
import { fileStore } from '../../../src/server/config/store.ts'
import { gateway, type Gateway } from '../../../src/server/gateway.ts'
import { chaosProvider } from '../../../src/testing/chaos/provider.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'

const START = Date.parse('2026-11-21T18:00:00Z')
const admin = { authorization: 'Bearer the-key-of-the-admin' }
const ANN = 'the-key-of-ann-is-long'
const HASH = `sha256:${'0'.repeat(64)}`

const FILES = {
  jsonc: `{
  "server": {
    "adminKey": "the-key-of-the-admin",
    // who may use it
    "keys": [
      { "name": "ann", "key": "${ANN}" }, // since ever
      "$MERE_KEY"
    ]
  },
  "endpoints": { "a": { "protocol": "openai", "baseUrl": "https://a.example", "apiKey": "k" } },
  "groups": { "team": { "requestsPerMinute": 1 } }
}
`,
  toml: `[server]
adminKey = "the-key-of-the-admin"

# since ever
[[server.keys]]
name = "ann"
key = "${ANN}"

[[server.keys]]
name = "key-2"
key = "$MERE_KEY"

[endpoints.a]
protocol = "openai"
baseUrl = "https://a.example"
apiKey = "k"

[groups.team]
requestsPerMinute = 1
`,
  yaml: `server:
  adminKey: the-key-of-the-admin
  keys:
    # since ever
    - name: ann
      key: ${ANN}
    - $MERE_KEY
endpoints:
  a: { protocol: openai, baseUrl: "https://a.example", apiKey: k }
groups:
  team: { requestsPerMinute: 1 }
`,
}
const variables = { MERE_KEY: 'the-mere-key-is-long-too' }
let clock = virtualClock(START)
let path = ''
beforeEach(() => void (clock = virtualClock(START)))
const file = () => readFileSync(path, 'utf8')

async function open(format: keyof typeof FILES = 'jsonc'): Promise<Gateway> {
  path = join(folder(), `config.${format}`)
  writeFileSync(path, FILES[format])
  const store = fileStore(path, { variables })
  return gateway(await loadConfig(path, { variables }), { store, fetchFor: () => chaosProvider({ clock }), clock })
}

async function ask(app: Gateway, what: string, body?: unknown): Promise<[status: number, body: Record<string, unknown>]> {
  const [method, where] = what.split(' ') as [string, string]
  const headers = { ...admin, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const response = await app(`http://localhost${where}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const text = await response.text()
  return [response.status, (text ? JSON.parse(text) : {}) as Record<string, unknown>]
}

async function chat(app: Gateway, key: unknown, model = 'm'): Promise<number> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${String(key)}` }
  return (await app('http://localhost/v1/chat/completions', { method: 'POST', headers, body })).status
}

describe.each(['jsonc', 'toml', 'yaml'] as const)('in %s', (format) => {
  test('a key is made with its limits, which hold from then on', async () => {
    const app = await open(format)
    const limits = { group: 'team', expires: '90d', note: 'for the tests', models: ['m'], budgets: [{ usd: 5, per: 'day' }] }
    const [status, { key, ...made }] = await ask(app, 'POST /admin/keys', { name: 'bob', ...limits, streams: null })
    expect([status, made]).toEqual([201, { name: 'bob', state: 'ready', ...limits, expires: '2027-02-19T18:00:00Z' }])
    expect([await chat(app, key, 'x'), await chat(app, key), await chat(app, key)]).toEqual([403, 200, 429])
    expect(file()).not.toContain(key)
    expect(file()).toMatch(/since ever/)
    expect((await ask(app, 'GET /admin/keys/bob'))[1]).toEqual({ ...made, lastUsed: '2026-11-21T18:00:00.000Z' })
  })

  test('a key is replaced, and the old one works on for a while', async () => {
    const app = await open(format)
    const [status, { key, ...told }] = await ask(app, 'POST /admin/keys/ann/rotate', { grace: '1h' })
    expect([status, told]).toEqual([200, { name: 'ann', state: 'ready', previousUntil: '2026-11-21T19:00:00Z' }])
    expect([await chat(app, ANN), await chat(app, key)]).toEqual([200, 200])
    expect(file()).not.toContain(ANN)
    await clock.advance(3_600_000)
    expect([await chat(app, ANN), await chat(app, key)]).toEqual([403, 200])
    const [, { key: third }] = await ask(app, 'POST /admin/keys/ann/rotate', {})
    expect([await chat(app, key), await chat(app, third)]).toEqual([401, 200])
    expect(file()).not.toContain('previous')
  })

  test('a key is switched off and on, changed, and ended; a mere key, too', async () => {
    const app = await open(format)
    for (const [name, key] of [
      ['ann', ANN],
      ['key-2', variables.MERE_KEY],
    ] as const) {
      expect((await ask(app, `POST /admin/keys/${name}/disable`))[1]).toMatchObject({ name, state: 'disabled' })
      expect(await chat(app, key)).toBe(403)
      expect((await ask(app, `POST /admin/keys/${name}/enable`))[1]).toMatchObject({ name, state: 'ready' })
      expect(await chat(app, key)).toBe(200)
      expect((await ask(app, `PATCH /admin/keys/${name}`, { models: ['x'], expires: '2026-11-22' }))[1]).toMatchObject({ models: ['x'] })
      expect(await chat(app, key)).toBe(403)
      expect((await ask(app, `PATCH /admin/keys/${name}`, { models: null }))[1]).not.toHaveProperty('models')
      expect(await chat(app, key)).toBe(200)
    }
    await clock.advance(7 * 3_600_000)
    expect((await ask(app, 'GET /admin/keys'))[1]).toMatchObject({ keys: [{ state: 'expired' }, { state: 'expired' }] })
    expect((await ask(app, 'DELETE /admin/keys/ann'))[0]).toBe(204)
    expect(await chat(app, ANN)).toBe(401)
    expect((await ask(app, 'DELETE /admin/keys/key-2'))[0]).toBe(409)
  })
})

test.each([
  ['POST /admin/keys', { name: 'bob', key: HASH }, 400, 'no field'],
  ['POST /admin/keys', { name: 'bob', rpm: 5 }, 400, 'no field'],
  ['POST /admin/keys', { name: 'bob', group: 'teem' }, 422, 'Did you mean \\"team\\"'],
  ['POST /admin/keys', { name: 'bob', expires: 'soon' }, 422, 'a time such as'],
  ['POST /admin/keys', { name: 'bob', note: '$MERE_KEY' }, 400, 'variables'],
  ['POST /admin/keys', { name: 'bob', models: ['$MERE_KEY'] }, 400, 'variables'],
  ['PATCH /admin/keys/ann', { name: 'anna' }, 400, 'renamed'],
  ['PATCH /admin/keys/ann', { key: HASH }, 400, 'rotate'],
  ['PATCH /admin/keys/nobody', {}, 404, 'There are: ann, key-2'],
  ['GET /admin/keys/nobody', undefined, 404, 'There are: ann, key-2'],
  ['POST /admin/keys/nobody/rotate', {}, 404, 'There are: ann, key-2'],
  ['POST /admin/keys/ann/rotate', { grace: 'long' }, 400, 'grace'],
])('%s %o is refused', async (what, body, status, words) => {
  const app = await open()
  const [told, answer] = await ask(app, what, body)
  expect([told, JSON.stringify(answer)]).toEqual([status, expect.stringContaining(words)])
  expect(file()).toBe(FILES.jsonc)
})
