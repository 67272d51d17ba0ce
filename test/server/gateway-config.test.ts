import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Fetch } from '../../src/router/fetch.ts'
import type { ConfigInput } from '../../src/server/config/schema.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { gateway, type ConfiguredOptions } from '../../src/server/gateway.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { clientOf, clients } from './clients.ts'

interface Call {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}
let calls: Call[] = []
let answer: (call: Call) => Response | Promise<Response> | undefined = () => undefined
beforeEach(() => {
  calls = []
  answer = () => undefined
})
const demo = createDemo()
const upstream: Fetch = async (input, init) => {
  const request = new Request(input, init)
  const call = {
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: request.body ? await request.clone().text() : '',
  }
  calls.push(call)
  return (await answer(call)) ?? demo(request)
}

const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/openai/v1', apiKey: 'gpt-secret-key', model: 'gpt-5.4' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'claude-secret-key', model: 'claude-sonnet-5' },
  google: { protocol: 'gemini', baseUrl: 'https://google.example', apiKey: 'google-secret-key' },
} satisfies ConfigInput['endpoints']
const make = (config: Partial<ConfigInput> = {}, options: ConfiguredOptions = {}) =>
  gateway({ endpoints, ...config }, { fetchFor: () => upstream, clock: virtualClock(), ...options })
const origin = 'http://localhost:3456'
const json = async (response: Response): Promise<unknown> => response.json()
const post = (app: Fetch, path: string, body: unknown, headers: Record<string, string> = {}) =>
  app(origin + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })

describe('every protocol', () => {
  test.each(clients.flatMap((client) => ['', '/anthropic', '/openai', '/gemini'].map((prefix) => [prefix + client.path, client] as const)))(
    '%s',
    async (path, { body }) => {
      const response = await post(make(), path, body)
      expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('demo')])
      expect(calls).toHaveLength(1)
    },
  )

  test('a mistake is told in the words of the client', async () => {
    for (const { path, errorOf } of clients) expect(errorOf(await json(await post(make(), path, [])))).toBeTruthy()
  })
})

describe('the list of models', () => {
  test.each([
    ['/v1/models', {}, { object: 'list', data: [{ id: 'gpt-5.4', object: 'model' }, {}] }],
    ['/openai/v1/models', { 'anthropic-version': '2023-06-01' }, { object: 'list', data: [{ id: 'gpt-5.4', object: 'model' }, {}] }],
    ['/openai/models', {}, { object: 'list' }],
    ['/anthropic/v1/models', {}, { data: [{ type: 'model', id: 'gpt-5.4' }, {}], has_more: false }],
    ['/v1/models', { 'anthropic-version': '2023-06-01' }, { data: [{ type: 'model' }, {}] }],
    ['/gemini/v1beta/models', {}, { models: [{ name: 'models/gpt-5.4' }, {}] }],
    ['/v1beta/models', {}, { models: [{}, {}] }],
    ['/v1/models?client_version=1', {}, { models: [{ slug: 'gpt-5.4' }, {}], data: [{}, {}] }],
  ])('%s %o', async (path, headers: Record<string, string>, expected) =>
    expect(await json(await make()(origin + path, { headers }))).toMatchObject(expected),
  )

  test('Claude Code finds an id that it shows for each', async () => {
    const app = make()
    const response = await app(`${origin}/v1/models?limit=1000`, { headers: { 'user-agent': 'claude-code/2.1.329' } })
    const { data } = (await json(response)) as { data: { id: string }[] }
    const shown = data.map(({ id }) => id).filter((id) => /claude|anthropic/i.test(id))
    expect(shown).toEqual(['anthropic/gpt-5.4', 'claude/claude-sonnet-5'])
    for (const model of shown) await post(app, '/v1/messages', { ...clientOf('claude').body, model })
    expect(calls.map(({ body }) => (JSON.parse(body) as { model: string }).model)).toEqual(['gpt-5.4', 'claude-sonnet-5'])
  })
})

describe('small routes', () => {
  test.each([
    'POST /api/event_logging/batch',
    'POST /api/event_logging/v2/batch',
    'POST /anthropic/api/event_logging/batch',
    'POST /api/claude_code/metrics',
  ])('%s is taken and goes nowhere', async (line) => {
    const [method, path] = line.split(' ')
    const response = await make({ server: { keys: ['a-long-key-of-a-client'] } })(origin + path, { method: method!, body: '{"events":[]}' })
    expect([response.status, calls.length]).toEqual([200, 0])
  })

  test('below a prefix, too', async () => {
    expect((await make()(`${origin}/anthropic/api/hello`, { method: 'HEAD' })).status).toBe(200)
    expect(await json(await make()(`${origin}/openai/health`))).toMatchObject({ status: 'ok' })
  })

  test('GET /status tells how it fares', async () => {
    const clock = virtualClock()
    const app = make({ endpoints: { ...endpoints, off: { ...endpoints.gpt, enabled: false } } }, { clock })
    answer = ({ url }) =>
      url.includes('gpt.example')
        ? Response.json({ error: { message: 'no credit', code: 'insufficient_quota' } }, { status: 429 })
        : undefined
    await (await post(app, '/v1/messages', clientOf('claude').body)).text()
    await (await post(app, '/v1/messages', { ...clientOf('claude').body, model: 'claude/x' })).text()
    await clock.advance(5000)
    expect(await json(await app(`${origin}/status`))).toMatchObject({
      status: 'degraded',
      uptimeSeconds: 5,
      requests: { answered: 1, failed: 1, inFlight: 1 },
      endpoints: [{ name: 'gpt', state: 'resting' }, { name: 'claude', state: 'ready' }, { name: 'google' }, { name: 'off', state: 'off' }],
    })
    const locked = make({ server: { keys: ['a-long-key-of-a-client'] } })
    expect((await locked('https://anywhere.example/status')).status).toBe(401)
  })
})

describe('who may call', () => {
  test('without keys: under names of this machine only, unless it is said otherwise', async () => {
    const ask = async (app: Fetch, url: string) => (await app(url)).status
    expect(await ask(make(), 'https://app.example/v1/models')).toBe(403)
    expect(await ask(make(), `${origin}/v1/models`)).toBe(200)
    expect(await ask(make({}, { hosts: 'any' }), 'https://app.example/v1/models')).toBe(200)
    expect(await ask(make({ server: { hosts: ['app.example'] } }), 'https://app.example/v1/models')).toBe(200)
  })

  test('with keys: whoever has one, under any name', async () => {
    const app = make({ server: { keys: ['a-long-key-of-a-client'] } })
    expect((await app('https://app.example/v1/models')).status).toBe(401)
    expect((await app('https://app.example/v1/models', { headers: { authorization: 'Bearer a-long-key-of-a-client' } })).status).toBe(200)
  })

  test('a provider that repeats its key: the client does not see it', async () => {
    answer = ({ headers }) => Response.json({ error: { message: `bad key ${headers['authorization']}` } }, { status: 401 })
    const text = await (await post(make(), '/v1/chat/completions', clientOf('openai').body)).text()
    expect(text).toContain('[gpt key-1]')
    expect(text).not.toContain('gpt-secret-key')
  })
})

describe('what is no generation goes on as it is', () => {
  const headers = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'files-api-2025-04-14',
    'x-api-key': 'mine',
    cookie: 'c',
    'content-type': 'application/json',
  }
  test.each([
    ['POST', '/v1/embeddings', 'https://gpt.example/openai/v1/embeddings'],
    ['POST', '/openai/v1/images/generations', 'https://gpt.example/openai/v1/images/generations'],
    ['POST', '/openai/audio/speech', 'https://gpt.example/openai/v1/audio/speech'],
    ['GET', '/openai/v1/files/file-1/content', 'https://gpt.example/openai/v1/files/file-1/content'],
    ['POST', '/v1/messages/batches', 'https://claude.example/v1/messages/batches'],
    ['GET', '/v1/messages/batches?limit=2&key=mine', 'https://claude.example/v1/messages/batches?limit=2'],
    ['GET', '/v1/files', 'https://claude.example/v1/files'],
    ['DELETE', '/anthropic/v1/files/f', 'https://claude.example/v1/files/f'],
    ['POST', '/v1beta/models/e:embedContent', 'https://google.example/v1beta/models/e:embedContent'],
    ['POST', '/gemini/upload/v1beta/files', 'https://google.example/upload/v1beta/files'],
    ['GET', '/v1alpha/cachedContents', 'https://google.example/v1alpha/cachedContents'],
  ])('%s %s', async (method, path, url) => {
    answer = () =>
      new Response('{"as": "it is" }', {
        status: 201,
        headers: { 'content-type': 'application/json', 'request-id': 'r', 'x-secret': 's', 'set-cookie': 'c' },
      })
    const response = await make()(origin + path, { method, headers, ...(method === 'POST' && { body: '{"odd" : 1}' }) })
    expect(calls).toMatchObject([{ method, url, body: method === 'POST' ? '{"odd" : 1}' : '' }])
    const { headers: sent } = calls[0]!
    expect(sent['authorization'] ?? sent['x-api-key'] ?? sent['x-goog-api-key']).toMatch(/^(Bearer )?(gpt|claude|google)-secret-key$/)
    expect(Object.values(sent)).not.toContain('mine')
    expect(sent).not.toHaveProperty('cookie')
    expect([response.status, await response.text(), response.headers.get('request-id')]).toEqual([201, '{"as": "it is" }', 'r'])
    expect([response.headers.get('x-secret'), response.headers.get('set-cookie')]).toEqual([null, null])
  })

  test('the client names the endpoint', async () => {
    const more = { other: { ...endpoints.gpt, baseUrl: 'https://other.example', apiKey: 'o' } }
    const app = make({ endpoints: { ...endpoints, ...more } })
    answer = () => Response.json({})
    await post(app, '/v1/embeddings', {}, { 'x-endpoint-name': 'other' })
    await post(app, '/v1/embeddings?ep=other', {})
    expect(calls.map(({ url }) => url)).toEqual(Array(2).fill('https://other.example/v1/embeddings'))
    const wrong = await post(app, '/v1/embeddings', {}, { 'x-endpoint-name': 'claude' })
    expect([wrong.status, clientOf('openai').errorOf(await json(wrong))]).toEqual([
      404,
      expect.stringContaining('does not speak its protocol'),
    ])
  })

  test('the key that rests is not used', async () => {
    const keys = { k: { ...endpoints.gpt, apiKey: undefined, apiKeys: ['first', 'second'], keyStrategy: 'priority' as const } }
    const app = make({ endpoints: keys })
    answer = ({ headers }) =>
      headers['authorization'] === 'Bearer first' ? new Response('{"error":{"message":"no"}}', { status: 401 }) : undefined
    await post(app, '/v1/chat/completions', clientOf('openai').body)
    answer = () => Response.json({})
    await post(app, '/v1/embeddings', {})
    expect(calls.at(-1)!.headers['authorization']).toBe('Bearer second')
  })

  test.each([
    '/v1/organizations/users',
    '/openai/v1/organization/admin_api_keys',
    '/openai/v1/files/..%2f..%2fadmin',
    '/openai/v1/%6frganization/x',
    '/openai/v1//organization/x',
    '/openai/v1/Organization/x',
    '/openai/v1/%zz',
    '/v1/unheard-of',
  ])('%s does not', async (path) => {
    const response = await make()(origin + path, { headers: { 'content-type': 'application/json' } })
    expect([response.status, calls.length]).toEqual([404, 0])
  })

  test('nobody speaks the protocol', async () => {
    const response = await post(make({ endpoints: { claude: endpoints.claude } }), '/v1/embeddings', {})
    expect([response.status, clientOf('openai').errorOf(await json(response))]).toEqual([
      404,
      expect.stringContaining('There are: claude (claude).'),
    ])
  })

  test('where that is switched off', async () => {
    expect((await post(make({ server: { passOn: false } }), '/v1/embeddings', {})).status).toBe(404)
    expect(calls).toEqual([])
  })

  test('within the bounds of bodies', async () => {
    const app = make({ server: { limits: { bodyBytes: 10 } } })
    const stream = new Blob(['x'.repeat(100)]).stream()
    const chunked = await app(`${origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav' },
      body: stream,
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(413)
    expect((await post(app, '/v1/embeddings', 'x'.repeat(100), { 'content-length': '102' })).status).toBe(413)
  })

  test('an upload flows through, and an answer, piece by piece', async () => {
    const pieces: string[] = []
    let goOn!: () => void
    const rest = new Promise<void>((resolve) => (goOn = resolve))
    const app = make(
      {},
      {
        fetchFor: () => async (_, init) => {
          const reader = (init!.body as ReadableStream<Uint8Array>).getReader()
          pieces.push(new TextDecoder().decode((await reader.read()).value))
          goOn()
          pieces.push(new TextDecoder().decode((await reader.read()).value))
          return new Response(new Blob(['spoken']).stream(), { headers: { 'content-type': 'audio/mpeg' } })
        },
      },
    )
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new TextEncoder().encode('one'))
        await rest
        controller.enqueue(new TextEncoder().encode('two'))
        controller.close()
      },
    })
    const response = await app(`${origin}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: { 'content-type': 'audio/wav' },
      body,
      duplex: 'half',
    } as RequestInit)
    expect([pieces, response.headers.get('content-type'), await response.text()]).toEqual([['one', 'two'], 'audio/mpeg', 'spoken'])
  })

  test('a provider that cannot be reached, and one that takes too long', async () => {
    const clock = virtualClock()
    answer = () => Promise.reject(new TypeError('fetch failed'))
    expect((await post(make({}, { clock }), '/v1/embeddings', {})).status).toBe(502)
    const slow: Fetch = (_, init) =>
      new Promise((_resolve, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error)))
    const late = post(
      make({ endpoints: { gpt: { ...endpoints.gpt, timeouts: { headersMs: '5s' } } } }, { clock, fetchFor: () => slow }),
      '/v1/embeddings',
      {},
    )
    await new Promise(setImmediate)
    await clock.advance(5000)
    const response = await late
    expect([response.status, clientOf('openai').errorOf(await json(response))]).toEqual([
      504,
      expect.stringContaining('timeouts.headersMs'),
    ])
  })
})

describe('another configuration', () => {
  test('is used from the next request on; one that cannot work changes nothing', async () => {
    const app = make()
    app.use({ endpoints: { only: { ...endpoints.gpt, model: 'gpt-9' } } })
    expect(await json(await app(`${origin}/v1/models`))).toMatchObject({ data: [{ id: 'gpt-9' }] })
    expect(() => app.use({ endpoints: {} })).toThrow(/at least one endpoint/)
    expect(() => app.use({ endpoints, routes: { default: 'nobody' } })).toThrow(/nobody/)
    expect(Object.keys(app.config.endpoints)).toEqual(['only'])
  })

  test('its keys count at once', async () => {
    const app = make()
    app.use({ endpoints, server: { keys: ['a-long-key-of-a-client'] } })
    expect((await app(`${origin}/v1/models`)).status).toBe(401)
  })
})

test('nothing of Node is in it, so that it can be mounted where Node is not', () => {
  const seen = new Set<string>()
  const node: string[] = []
  const packages = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    // Types are gone when it runs.
    const code = readFileSync(file, 'utf8').replaceAll(/^(import|export) type [^]*?from '[^']*'$/gm, '')
    for (const [, from = ''] of code.matchAll(/(?:^(?:import|export)[^']*?from|^import|\bimport\() ?'([^']+)'/gm))
      if (from.startsWith('.')) visit(resolve(dirname(file), from))
      else if (from.startsWith('node:')) node.push(`${file} -> ${from}`)
      else
        packages.add(
          from
            .split('/')
            .slice(0, from.startsWith('@') ? 2 : 1)
            .join('/'),
        )
  }
  const source = fileURLToPath(new URL('../../src/', import.meta.url))
  visit(join(source, 'server/gateway.ts'))
  expect(seen.size).toBeGreaterThan(100)
  expect(node).toEqual([])
  // The first is imported when it is needed: an SDK of OpenTelemetry is set up.
  expect([...packages].toSorted()).toEqual(['@opentelemetry/api', '@noble/hashes', 'eventsource-parser', 'valibot'].toSorted())
})

test('a client that went away counts as neither answered nor failed', async () => {
  const gone = new AbortController()
  const slow: Fetch = (_, init) =>
    new Promise((_resolve, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error)))
  const app = make({}, { fetchFor: () => slow })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(clientOf('claude').body)
  const left = app(`${origin}/v1/messages`, { method: 'POST', headers, body, signal: gone.signal })
  await new Promise(setImmediate)
  gone.abort()
  expect((await left).status).toBe(499)
  expect(await json(await app(`${origin}/status`))).toMatchObject({ requests: { answered: 0, failed: 0, inFlight: 1 } })
  expect(await (await app(`${origin}/status`, { method: 'HEAD' })).text()).toBe('')
})
