import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/server/config/load.ts'
import { fileStore } from '../../../src/server/config/store.ts'
import { gateway, type ConfiguredOptions, type Gateway } from '../../../src/server/gateway.ts'
import { attachConnection } from '../../../src/server/safety/connection.ts'
import { chaosProvider } from '../../../src/testing/chaos/provider.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { clientOf } from '../clients.ts'
import { root } from '../../docs/blocks.ts'
import { folder } from '../config/folder.ts'

const FILE = `{
  // the cheap one
  "endpoints": {
    "fast": { "protocol": "openai", "baseUrl": "https://fast.example/v1", "apiKey": "fast-secret-key", "model": "f-1" }, // everyday
    "best": { "protocol": "claude", "baseUrl": "https://user:pass@best.example", "apiKey": "$BEST_KEY", "model": "b-1", "headers": { "x-team": "header-secret" } },
    "off": { "protocol": "openai", "baseUrl": "https://off.example", "apiKey": "off-secret-key", "enabled": false }
  },
  "pools": { "main": { "members": ["fast", "best"] } },
  "routes": { "default": "main" }
}
`
const variables = { BEST_KEY: 'best-secret-key', OPENAI_API_KEY: 'environment-key' }
const clock = virtualClock()
let path: string
let provider = chaosProvider()

async function open(text = FILE.replace('user:pass@', ''), options: ConfiguredOptions = {}): Promise<Gateway> {
  path = join(folder(), 'config.jsonc')
  writeFileSync(path, text)
  return gateway(await loadConfig(path, { variables }), {
    store: fileStore(path, { variables }),
    fetchFor: () => provider,
    clock,
    ...options,
  })
}

interface Body {
  revision: string
  providers: { name: string }[]
  requests: { id: number }[]
  name: string
  state: string
  model: string
  key: string
  error: { type: string; message: string; revision: string; problems: { path: string }[] }
}

interface Answer {
  status: number
  body: Body
  etag: string | null
  text: string
}

async function ask(
  app: Gateway,
  line: string,
  body?: unknown,
  headers: Record<string, string> = {},
  address = '127.0.0.1',
): Promise<Answer> {
  const [method, url] = line.split(' ') as [string, string]
  const request = new Request(`http://localhost:3456${url}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  attachConnection(request, { address })
  const response = await app(request)
  const text = await response.text()
  return { status: response.status, etag: response.headers.get('etag'), text, body: (text ? JSON.parse(text) : undefined) as Body }
}
const file = () => readFileSync(path, 'utf8')
const post = async (app: Gateway, model = 'm') => {
  const response = await app(`http://localhost:3456/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...clientOf('claude').body, model }),
  })
  await response.text()
}

beforeEach(() => {
  provider = chaosProvider({ clock })
})

describe('providers', () => {
  test('are listed without a secret', async () => {
    const { status, body, etag, text } = await ask(await open(), 'GET /providers')
    expect([status, etag]).toEqual([200, `"${body.revision}"`])
    expect(body.providers).toMatchObject([
      {
        name: 'fast',
        protocol: 'openai',
        baseUrl: 'https://fast.example/v1',
        model: 'f-1',
        state: 'ready',
        keys: [{ name: 'key-1', from: 'the configuration' }],
      },
      { name: 'best', headers: ['x-team'], keys: [{ name: 'key-1', from: 'BEST_KEY', rests: [] }] },
      { name: 'off', state: 'off', keys: [] },
    ])
    expect(text).not.toMatch(/secret/)
  })

  test('one is added, and used at once; comments stay', async () => {
    const app = await open()
    const fields = { protocol: 'openai', baseUrl: 'https://new.example/v1', apiKey: 'new-secret-key', model: 'n-1' }
    const { status, body, text } = await ask(app, 'POST /providers', { name: 'new', ...fields })
    expect([status, body.name, body.state]).toEqual([201, 'new', 'ready'])
    expect(text).not.toContain('new-secret-key')
    expect(file()).toContain('// the cheap one')
    expect(file()).toContain('// everyday')
    expect(JSON.parse(file().replaceAll(/\/\/ .*$/gm, '')).endpoints.new).toEqual(fields)
    await post(app, 'new/x')
    expect(provider.requests.map(({ url }) => new URL(url).host)).toEqual(['new.example'])
  })

  test('one is changed; null takes a field away', async () => {
    const app = await open()
    expect((await ask(app, 'PATCH /providers/FAST', { model: 'f-2', weight: 3 })).body).toMatchObject({
      name: 'fast',
      model: 'f-2',
      weight: 3,
    })
    expect((await ask(app, 'PATCH /providers/fast', { weight: null, priority: null })).body).not.toHaveProperty('weight')
    await post(app, 'fast/f-3')
    await post(app)
    expect(provider.requests.map(({ model }) => model)).toEqual(['f-3', 'f-2'])
    expect(file()).toContain('// everyday')
  })

  test('one is switched off and on again', async () => {
    const app = await open()
    expect((await ask(app, 'POST /providers/fast/disable')).body.state).toBe('off')
    await post(app)
    expect((await ask(app, 'POST /providers/fast/enable')).body.state).toBe('ready')
    await post(app)
    expect(provider.requests.map(({ model }) => model)).toEqual(['b-1', 'f-1'])
  })

  test('they are put in another order', async () => {
    const app = await open()
    const { body } = await ask(app, 'PUT /providers', { order: ['off', 'best', 'fast'] })
    expect(body.providers.map(({ name }) => name)).toEqual(['off', 'best', 'fast'])
    expect(file()).toMatch(/"off"[^]*"best"[^]*"fast"[^]*\/\/ everyday/)
    expect((await ask(app, 'PUT /providers', { order: ['off'] })).status).toBe(400)
  })

  test('one is removed; one that a pool needs is not', async () => {
    const app = await open()
    expect((await ask(app, 'DELETE /providers/off')).status).toBe(204)
    const { status, body } = await ask(app, 'DELETE /providers/best')
    expect([status, body.error.problems[0]!.path]).toEqual([422, 'pools.main.members[1]'])
    expect((await ask(app, 'GET /providers')).body.providers).toHaveLength(2)
    expect(file()).toContain('"best"')
  })

  test.each<[string, string, unknown, number, RegExp]>([
    ['a name that is taken', 'POST /providers', { name: 'Fast', preset: 'openai' }, 409, /PATCH \/providers\/fast/],
    ['no name', 'POST /providers', { preset: 'openai' }, 400, /"name"/],
    ['a name that is no name', 'POST /providers', { name: '__proto__', preset: 'openai' }, 400, /"name"/],
    ['a field that is none', 'PATCH /providers/fast', { modle: 'x' }, 422, /endpoints\.fast\.modle: there is no such field.*"model"/],
    ['an unknown preset', 'POST /providers', { name: 'x', preset: 'opnai' }, 422, /Did you mean "openai"/],
    ['a new name', 'PATCH /providers/fast', { name: 'x' }, 400, /renamed/],
    ['a provider that is not there', 'GET /providers/nobody', undefined, 404, /There are: fast, best, off/],
    ['a path that is not there', 'GET /admin/nothing', undefined, 404, /GET \/admin/],
    ['a method that is not there', 'PUT /providers/fast', {}, 405, /GET, PATCH, DELETE/],
    ['a list', 'POST /providers', [], 400, /JSON object/],
  ])('%s', async (_, line, body, status, message) => {
    const app = await open()
    const before = file()
    const answer = await ask(app, line, body)
    expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(message)])
    expect(file()).toBe(before)
  })
})

describe('what only a file may say', () => {
  test.each<[string, object]>([
    ['a variable of the server', { apiKey: '$OPENAI_API_KEY' }],
    ['a variable in a header', { headers: { 'x-a': '${HOME}' } }],
    ['a file', { apiKey: 'file:/etc/passwd' }],
    ['a file in a list', { apiKeys: [{ name: 'a', key: { file: '/etc/passwd' } }] }],
    ['a program', { apiKey: { command: ['sh', '-c', 'touch owned'] } }],
    ['a program in a list', { apiKeys: [{ command: ['id'] }] }],
    ['the address of a cloud’s metadata', { baseUrl: 'http://169.254.169.254/v1', apiKey: 'k', headers: null }],
    ['the same in other words', { baseUrl: 'http://[::ffff:169.254.169.254]/v1', apiKey: 'k', headers: null }],
    ['the same by name', { baseUrl: 'http://metadata.google.internal/v1', apiKey: 'k', headers: null }],
    ['another origin for the same key', { baseUrl: 'https://elsewhere.example' }],
    ['another provider for the same key', { preset: 'openrouter' }],
    ['another origin for the same headers', { baseUrl: 'https://elsewhere.example', apiKey: 'k' }],
  ])('%s', async (_, fields) => {
    const app = await open()
    for (const [line, body] of [
      ['PATCH /providers/best', fields],
      ['POST /providers', { name: 'x', protocol: 'openai', ...fields }],
    ] as const) {
      if (line.startsWith('POST') && 'baseUrl' in fields && !/169|metadata/.test(String(fields.baseUrl))) continue
      if (line.startsWith('POST') && 'preset' in fields) continue
      const answer = await ask(app, line, body)
      expect([line, answer.status, answer.body.error.type]).toEqual([line, 400, 'invalid-request'])
    }
    expect(file()).toBe(FILE.replace('user:pass@', ''))
  })

  test('a key of the environment goes to no address that is named here', async () => {
    const own = { ...variables, AZURE_OPENAI_API_KEY: 'azure-secret-key' }
    const azure = FILE.replace('user:pass@', '').replace(
      '"off":',
      '"azure": { "preset": "azure", "baseUrl": "https://mine.openai.azure.com", "model": "gpt" },\n    "off":',
    )
    path = join(folder(), 'config.jsonc')
    writeFileSync(path, azure)
    const app = gateway(await loadConfig(path, { variables: own }), {
      store: fileStore(path, { variables: own }),
      fetchFor: () => provider,
      clock,
    })
    for (const [line, body] of [
      ['POST /providers', { name: 'x', preset: 'azure', baseUrl: 'https://evil.example', model: 'gpt' }],
      ['POST /providers', { name: 'x', preset: 'azure', baseUrl: 'https://evil.example', model: 'gpt', apiKey: '' }],
      ['PATCH /providers/azure', { baseUrl: 'https://evil.example', apiKey: null }],
    ] as const)
      expect([line, (await ask(app, line, body)).status]).toEqual([line, 400])
    expect(file()).toBe(azure)
    expect((await ask(app, 'POST /providers', { name: 'mine', preset: 'openai' })).status).toBe(201)
  })

  test('a provider that is switched off keeps its key to itself, too', async () => {
    const app = await open()
    expect((await ask(app, 'PATCH /providers/off', { baseUrl: 'https://elsewhere.example' })).status).toBe(400)
    expect((await ask(app, 'PATCH /providers/off', { baseUrl: 'https://elsewhere.example', apiKey: 'its-own-new-key' })).status).toBe(200)
  })
})

test('the page about it tells every route', async () => {
  const page = readFileSync(join(root, 'docs/admin.md'), 'utf8')
  const { body } = await ask(await open(), 'GET /admin')
  const { routes } = body as unknown as { routes: string[] }
  expect(routes.length).toBeGreaterThan(15)
  expect(routes.filter((route) => !page.includes(`\`${route.split(':')[0]}\``))).toEqual([])
})

describe('revisions', () => {
  test('a change that was made for another one is refused', async () => {
    const app = await open()
    const { etag } = await ask(app, 'GET /providers')
    const first = await ask(app, 'PATCH /providers/fast', { model: 'f-2' }, { 'if-match': etag! })
    expect([first.status, first.etag]).toEqual([200, (await ask(app, 'GET /providers/fast')).etag])
    const second = await ask(app, 'PATCH /providers/fast', { model: 'f-3' }, { 'if-match': etag! })
    expect([second.status, second.body.error.revision]).toEqual([412, first.etag!.slice(1, -1)])
    expect((await ask(app, 'GET /providers/fast')).body.model).toBe('f-2')
  })

  test('a file that somebody edited meanwhile is not overwritten; it is used once it is read again', async () => {
    const app = await open()
    writeFileSync(path, file().replace('f-1', 'f-9'))
    expect((await ask(app, 'PATCH /providers/fast', { weight: 2 })).status).toBe(409)
    const { status, etag } = await ask(app, 'POST /admin/reload')
    expect(status).toBe(200)
    const { body } = await ask(app, 'PATCH /providers/fast', { weight: 2 }, { 'if-match': etag! })
    expect(body).toMatchObject({ model: 'f-9', weight: 2 })
  })

  test('of two changes at once one is made', async () => {
    const app = await open()
    const answers = await Promise.all([1, 2].map((weight) => ask(app, 'PATCH /providers/fast', { weight })))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
  })

  test('a configuration that is kept nowhere is shown, and not changed', async () => {
    const app = gateway({ endpoints: { a: { protocol: 'openai', baseUrl: 'https://a.example' } } }, { fetchFor: () => provider })
    expect((await ask(app, 'GET /providers')).body).toMatchObject({ revision: null, providers: [{ name: 'a', keys: [] }] })
    expect(await ask(app, 'PATCH /providers/a', { model: 'x' })).toMatchObject({
      status: 409,
      body: { error: { message: /kept nowhere/ } },
    })
  })
})

describe('a live test', () => {
  test('says what came back', async () => {
    const { status, body } = await ask(await open(), 'POST /providers/fast/test')
    expect([status, body]).toEqual([
      200,
      { ok: true, status: 200, ms: 0, model: 'f-1', key: 'key-1', text: expect.any(String), usage: expect.any(Object), attempts: 1 },
    ])
  })

  test('says what is wrong', async () => {
    provider.setFaults(['bad-key'])
    const { body, text } = await ask(await open(), 'POST /providers/best/test', { model: 'other' })
    expect(body).toMatchObject({ ok: false, status: 401, model: 'other', failure: { kind: 'authentication', class: 'key-rejected' } })
    expect(text).not.toContain('secret')
  })

  test('of one that is off, or has no model', async () => {
    const app = await open()
    expect((await ask(app, 'POST /providers/off/test')).body.error.message).toContain('/providers/off/enable')
    await ask(app, 'PATCH /providers/fast', { model: null })
    expect((await ask(app, 'POST /providers/fast/test')).body.error.message).toContain('"model"')
  })
})

describe('what rests', () => {
  test('is shown and cleared', async () => {
    const app = await open()
    provider.setFaults(['bad-key'])
    await post(app)
    const resting = await ask(app, 'GET /admin/breakers')
    expect(resting.body).toMatchObject({
      pools: [{ name: 'main', members: [{ name: 'fast' }, { name: 'best' }] }],
      providers: [{ name: 'fast', keys: [{ name: 'key-1', rests: [{ why: 'key-rejected' }] }] }, { name: 'best' }],
    })
    expect((await ask(app, 'GET /providers/fast')).body.state).toBe('resting')
    expect((await ask(app, 'DELETE /providers/fast/rests')).status).toBe(204)
    expect((await ask(app, 'GET /providers/fast')).body.state).toBe('ready')
    expect((await ask(app, 'DELETE /admin/breakers')).status).toBe(204)
    expect((await ask(app, 'GET /admin/breakers')).text).not.toContain('key-rejected')
    expect((await ask(app, 'DELETE /admin/breakers/main/fast')).status).toBe(204)
    expect((await ask(app, 'DELETE /admin/breakers/main/nobody')).body.error.message).toContain('It has: fast, best')
    expect((await ask(app, 'DELETE /admin/breakers/nobody')).status).toBe(404)
  })
})

describe('the latest requests', () => {
  test('with all attempts, and nothing of what was said', async () => {
    const app = await open()
    provider.setFaults(['unavailable'])
    await post(app, 'asked-for')
    const { body, text } = await ask(app, 'GET /admin/requests')
    expect(body.requests).toMatchObject([
      {
        id: 1, method: 'POST', path: '/v1/messages', protocol: 'claude', asked: 'asked-for', served: 'b-1', endpoint: 'best', key: 'key-1', status: 200, ended: 'complete',
        attempts: [{ endpoint: 'fast', status: 503, class: expect.any(String) }, { endpoint: 'best', reason: 'next-member', status: 200 }],
      },
    ]) // prettier-ignore
    expect(text).not.toMatch(/secret|"Hi"/)
  })

  test('those that were asked for', async () => {
    const app = await open()
    for (let index = 0; index < 3; index++) await post(app)
    await post(app, 'nobody/x')
    await post(app, '@nobody')
    const list = async (query: string) => (await ask(app, `GET /admin/requests${query}`)).body.requests.map(({ id }) => id)
    expect(await list('?limit=2')).toEqual([5, 4])
    expect(await list('?failed=true')).toEqual([5])
    expect(await list('?endpoint=fast&limit=x')).toEqual([4, 3, 2, 1])
  })

  test('no more than are kept', async () => {
    const app = await open()
    for (let index = 0; index < 502; index++) await post(app)
    expect((await ask(app, 'GET /admin/requests?limit=1000')).body.requests).toHaveLength(500)
  })
})

describe('keys of clients', () => {
  const locked = FILE.replace('user:pass@', '').replace(
    '{\n  //',
    '{\n  "server": { "adminKey": "the-key-of-the-admin", "keys": [{ "name": "ann", "key": "the-key-of-ann-is-long" }] },\n  //',
  )
  const admin = { authorization: 'Bearer the-key-of-the-admin' }

  test('are made, shown once, and ended', async () => {
    const app = await open(locked)
    const { status, body } = await ask(app, 'POST /admin/keys', { name: 'bob' }, admin)
    expect([status, body]).toEqual([201, { name: 'bob', state: 'ready', key: expect.stringMatching(/^ccr_/) }])
    expect(file()).not.toContain(body.key)
    const models = async () => (await ask(app, 'GET /v1/models', undefined, { 'x-api-key': body.key })).status
    expect(await models()).toBe(200)
    expect((await ask(app, 'GET /admin/keys', undefined, admin)).body).toMatchObject({ keys: [{ name: 'ann' }, { name: 'bob' }] })
    expect((await ask(app, 'POST /admin/keys', { name: 'bob' }, admin)).status).toBe(409)
    expect((await ask(app, 'DELETE /admin/keys/bob', undefined, admin)).status).toBe(204)
    expect(await models()).toBe(401)
    expect((await ask(app, 'DELETE /admin/keys/ann', undefined, admin)).body.error.message).toContain('last one')
    expect((await ask(app, 'DELETE /admin/keys/nobody', undefined, admin)).status).toBe(404)
  })

  test('are not changed in the file where the environment has the last word', async () => {
    const own = { ...variables, CC_ROUTE_KEYS: 'first-key-of-all-clients,second-key-of-all-clients' }
    path = join(folder(), 'config.jsonc')
    const two = locked.replace('"keys": [', '"keys": [{ "name": "eve", "key": "the-key-of-eve-is-long" }, ')
    writeFileSync(path, two)
    const app = gateway(await loadConfig(path, { variables: own }), {
      store: fileStore(path, { variables: own }),
      fetchFor: () => provider,
      clock,
    })
    const names = (await ask(app, 'GET /admin/keys', undefined, admin)).body as unknown as { keys: { name: string }[] }
    expect((await ask(app, `DELETE /admin/keys/${names.keys[0]!.name}`, undefined, admin)).status).toBe(409)
    expect((await ask(app, 'POST /admin/keys', { name: 'bob' }, admin)).status).toBe(409)
    expect(file()).toBe(two)
  })

  test('a first one would lock its maker out', async () => {
    const { status, body } = await ask(await open(), 'POST /admin/keys', { name: 'bob' })
    expect([status, body.error.message]).toEqual([409, expect.stringContaining('adminKey')])
  })

  describe('who may use the API', () => {
    const status = async (text: string, headers: Record<string, string>, address?: string) =>
      (await ask(await open(text), 'GET /providers', undefined, headers, address)).status
    const open0 = FILE.replace('user:pass@', '')
    const keysOnly = locked.replace('"adminKey": "the-key-of-the-admin", ', '')

    test('who has its key, from anywhere', async () => {
      expect(await status(locked, admin, '192.0.2.1')).toBe(200)
      expect(await status(locked, { 'x-api-key': 'the-key-of-ann-is-long' })).toBe(401)
      expect(await status(locked, {})).toBe(401)
    })
    test('nobody, where clients have keys and it has none', async () => {
      expect(await status(keysOnly, { 'x-api-key': 'the-key-of-ann-is-long' })).toBe(403)
    })
    test('without any key programs of this machine, and nobody behind a proxy', async () => {
      expect(await status(open0, {})).toBe(200)
      expect(await status(open0, {}, '::ffff:127.0.0.1')).toBe(200)
      expect(await status(open0, {}, '192.0.2.1')).toBe(403)
      expect(await status(open0, { 'x-forwarded-for': '192.0.2.1' })).toBe(403)
      expect((await (await open())('http://localhost:3456/providers')).status).toBe(403)
    })
    test('no web page', async () => {
      expect(await status(open0, { origin: 'https://evil.example' })).toBe(403)
      const chats = open0.replace('{\n  //', '{\n  "server": { "origins": ["https://chat.example"] },\n  //')
      expect(await status(chats, { origin: 'https://chat.example', host: 'localhost:3456' })).toBe(403)
      const app = await open()
      const request = new Request('http://localhost:3456/providers/fast/disable', { method: 'POST', headers: { host: 'rebound.example' } })
      attachConnection(request, { address: '127.0.0.1' })
      expect((await app(request)).status).toBe(403)
      const form = new Request('http://localhost:3456/providers', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '{"name":"x"}',
      })
      attachConnection(form, { address: '127.0.0.1' })
      expect((await app(form)).status).toBe(415)
    })
    test('nobody, where it is switched off', async () => {
      const app = await open(locked.replace('"adminKey"', '"admin": false, "adminKey"'))
      expect((await ask(app, 'GET /providers', undefined, { 'x-api-key': 'the-key-of-ann-is-long' })).status).toBe(404)
    })
    test('an admin key is none of a client', async () => {
      expect((await ask(await open(locked), 'GET /v1/models', undefined, admin)).status).toBe(401)
    })
  })
})
