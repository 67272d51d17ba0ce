import { expect, test } from 'vitest'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { createGateway, type GatewayOptions } from '../../../src/server/gateway.ts'
import { clientOf } from '../clients.ts'

const page = 'https://chat.example'
const url = 'http://127.0.0.1:3456/v1/messages'
const key = 'a-key-of-some-length'
const gatewayWith = (options: Partial<GatewayOptions> = {}) =>
  createGateway({
    app: async () => Response.json({ ok: true }),
    hosts: 'loopback',
    origins: [page],
    keys: [{ name: 'page', key }],
    ...options,
  })
const preflight = (origin: string, more: Record<string, string> = {}) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,x-api-key',
    'sec-fetch-site': 'cross-site',
    ...more,
  },
})
const ask = (origin: string, more: Record<string, string> = {}) => ({
  method: 'POST',
  body: '{}',
  headers: { 'content-type': 'application/json', origin, 'x-api-key': key, 'sec-fetch-site': 'cross-site', ...more },
})

test('a listed page may ask beforehand without its key, and is told what it may send', async () => {
  const response = await gatewayWith()(url, preflight(page))
  expect(response.status).toBe(204)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'access-control-allow-origin': page,
    'access-control-allow-methods': 'GET, POST, DELETE',
    'access-control-allow-headers': 'content-type,x-api-key',
    vary: 'origin, access-control-request-headers',
  })
  expect(response.headers.has('access-control-allow-credentials')).toBe(false)
  expect(response.headers.has('access-control-allow-private-network')).toBe(false)
})

test('on another network as well, where the browser asks for that', async () => {
  const response = await gatewayWith()(url, preflight(page, { 'access-control-request-private-network': 'true' }))
  expect(response.headers.get('access-control-allow-private-network')).toBe('true')
})

test('header names that are none are not echoed', async () => {
  const response = await gatewayWith()(url, preflight(page, { 'access-control-request-headers': 'a b, <x>' }))
  expect(response.headers.has('access-control-allow-headers')).toBe(false)
})

test('a listed page reads answers and errors, with its key only', async () => {
  const gateway = gatewayWith()
  for (const [more, status] of [
    [{}, 200],
    [{ 'x-api-key': 'not-the-right-key-at-all' }, 401],
    [{ 'content-type': 'text/plain' }, 415],
  ] as const) {
    const response = await gateway(url, ask(page, more))
    expect(response.status).toBe(status)
    expect(response.headers.get('access-control-allow-origin')).toBe(page)
    expect(response.headers.get('vary')).toBe('origin')
  }
})

test.each(['https://evil.example', 'https://chat.example.evil.example', 'http://chat.example', 'https://chat.example:8443', 'null'])(
  'the page of %s is refused',
  async (origin) => {
    for (const init of [preflight(origin), ask(origin)]) {
      const response = await gatewayWith()(url, init)
      expect(response.status).toBe(403)
      expect(response.headers.has('access-control-allow-origin')).toBe(false)
    }
  },
)

test('without origins no page is let in, and nothing of CORS is said', async () => {
  for (const init of [preflight(page), ask(page)]) {
    const response = await gatewayWith({ origins: undefined })(url, init)
    expect(response.status).toBe(403)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('clients that are no pages see nothing of it', async () => {
  const response = await gatewayWith()(url, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json', 'x-api-key': key },
  })
  expect(response.status).toBe(200)
  expect(response.headers.has('access-control-allow-origin')).toBe(false)
})

test.each(['*', 'chat.example', 'https://chat.example/', 'https://chat.example/path', 'null'])('%s cannot be listed', (origin) =>
  expect(() => gatewayWith({ origins: [origin] })).toThrow(/is no origin/),
)

test('the name under which the server is called still counts', async () => {
  const response = await gatewayWith()(url, ask(page, { host: 'evil.example' }))
  expect(response.status).toBe(403)
  expect(clientOf('claude').errorOf(await response.json())).toContain('host name')
})

test('answers of an app’s own fetch, whose headers nobody may change, keep what is known of them', async () => {
  const app = endpoint({ protocol: 'claude', baseUrl: 'https://up.example', fetch: async () => Response.json({ type: 'message' }) })
  let known: unknown
  const gateway = gatewayWith({
    app: async (input, init) => {
      const response = await app(input, init)
      known = outcomeOf(response)
      Object.defineProperty(response, 'headers', {
        value: new Proxy(response.headers, {
          get: (headers, name) => {
            if (name === 'set') throw new TypeError('immutable')
            const value: unknown = Reflect.get(headers, name)
            return typeof value === 'function' ? (value.bind(headers) as unknown) : value
          },
        }),
      })
      return response
    },
  })
  const response = await gateway(url, { ...ask(page), body: JSON.stringify(clientOf('claude').body) })
  expect(response.headers.get('access-control-allow-origin')).toBe(page)
  expect(known).toBeDefined()
  expect(outcomeOf(response)).toBe(known)
})
