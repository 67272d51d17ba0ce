import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Fetch } from '../../src/router/fetch.ts'
import { gateway, type ConfigInput, type ConfiguredOptions } from '../../src/server/gateway.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { attachConnection } from '../../src/server/safety/connection.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { readExposition, valueOf } from '../accounts/metrics/exposition.ts'
import { clientOf } from './clients.ts'

const claude = clientOf('claude')
const ADMIN = 'admin-key-0123456789'
const READER = 'metrics-key-0123456789'
const CLIENT = 'client-key-0123456789'

let failing = new Set<string>()
beforeEach(() => void (failing = new Set()))
const demo = createDemo()
const upstream: Fetch = (input, init) => {
  const { hostname } = new URL(input as string)
  return failing.has(hostname)
    ? Promise.resolve(Response.json({ error: { message: 'Incorrect API key', code: 'invalid_api_key' } }, { status: 401 }))
    : demo(input, init)
}
const at = (host: string, rest = {}) => ({
  protocol: 'openai',
  baseUrl: `https://${host}.example/v1`,
  apiKey: `sk-${host}-0123456789`,
  model: `m-${host}`,
  ...rest,
})

function opened(config: object = {}, options: ConfiguredOptions = {}) {
  const app = gateway(
    {
      endpoints: { a: at('a', { price: { input: 1, output: 2 } }), b: at('b') },
      pools: { main: { members: ['a', 'b'] } },
      routes: { default: 'main' },
      ...config,
    } as ConfigInput,
    { fetchFor: () => upstream, clock: virtualClock(), random: () => 0, ...options },
  )
  const ask = async (headers: Record<string, string> = {}) => {
    const response = await app(`http://localhost${claude.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...claude.body, model: 'client-made-this-up' }),
    })
    await response.text()
    return response.status
  }
  const read = (key?: string, address = '127.0.0.1', init: RequestInit = {}) => {
    const request = new Request('http://localhost/metrics', {
      ...init,
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    })
    attachConnection(request, { address })
    return app(request)
  }
  return { app, ask, read }
}

describe('GET /metrics', () => {
  test('is not there by default', async () => {
    expect((await opened().read()).status).toBe(404)
  })

  test('tells what was asked, what it cost, and how the providers stand', async () => {
    const { ask, read } = opened({ server: { metrics: true } })
    failing.add('a.example')
    await ask()
    failing.clear()
    await ask()
    const response = await read()
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    const families = readExposition(text)
    expect(valueOf(families, 'cc_route_requests_total', { endpoint: 'b', model: 'm-b', protocol: 'claude', status: '2xx' })).toBe(2)
    expect(valueOf(families, 'cc_route_attempts_total', { endpoint: 'a', result: 'key-rejected' })).toBe(1)
    expect(valueOf(families, 'cc_route_unpriced_requests_total', { endpoint: 'b' })).toBe(2)
    expect(valueOf(families, 'cc_route_endpoint_ready', { endpoint: 'a' })).toBe(0)
    expect(valueOf(families, 'cc_route_keys', { endpoint: 'a', state: 'resting' })).toBe(1)
    expect(valueOf(families, 'cc_route_keys', { endpoint: 'b', state: 'ready' })).toBe(1)
    expect(valueOf(families, 'cc_route_breaker_state', { pool: 'main', member: 'b', state: 'closed' })).toBe(1)
    expect(valueOf(families, 'cc_route_requests_in_flight', { protocol: 'claude' }) ?? 0).toBe(0)
    for (const never of ['client-made-this-up', 'sk-a', 'sk-b']) expect(text).not.toContain(never)
  })

  test('costs go by the prices of the configuration, and outlive a change of it', async () => {
    const { app, ask, read } = opened({ server: { metrics: true } })
    await ask()
    const before = valueOf(readExposition(await (await read()).text()), 'cc_route_cost_dollars_total', { endpoint: 'a', model: 'm-a' })!
    expect(before).toBeGreaterThan(0)
    app.use({ endpoints: { a: at('a', { price: { input: 2, output: 4 } }) }, server: { metrics: true } } as never)
    await ask()
    const after = valueOf(readExposition(await (await read()).text()), 'cc_route_cost_dollars_total', { endpoint: 'a', model: 'm-a' })!
    expect(after).toBeCloseTo(before * 3, 12)
  })

  test('what is left of budgets', async () => {
    const { ask, read } = opened({
      server: { metrics: true },
      budgets: [
        { usd: 5, per: 'day' },
        { usd: 4, per: 'day' },
        { requests: 10, per: 'total', soft: true },
      ],
    })
    await ask()
    const families = readExposition(await (await read()).text())
    expect(valueOf(families, 'cc_route_budget_limit', { unit: 'usd', kind: 'hard' })).toBe(4)
    const left = valueOf(families, 'cc_route_budget_left', { unit: 'usd' })!
    expect(left).toBeLessThan(4)
    expect(left).toBeGreaterThan(3.9)
    expect(valueOf(families, 'cc_route_budget_left', { unit: 'requests', kind: 'soft' })).toBe(9)
  })
})

describe('who may read metrics', () => {
  const status = async (config: object, ...[key, address]: [string?, string?]) => (await opened(config).read(key, address)).status
  const keys = [{ name: 'ann', key: CLIENT }]

  test.each<[string, object, string | undefined, string | undefined, number]>([
    ['programs of this machine, where there are no keys', { metrics: true }, undefined, undefined, 200],
    ['nobody from elsewhere then', { metrics: true, hosts: ['localhost'] }, undefined, '10.0.0.9', 403],
    ['no client, whose key is for asking', { metrics: true, keys }, CLIENT, undefined, 403],
    ['the admin', { metrics: true, keys, adminKey: ADMIN }, ADMIN, '10.0.0.9', 200],
    ['no client where there is an admin', { metrics: true, keys, adminKey: ADMIN }, CLIENT, undefined, 401],
    ['whoever has the key of the metrics', { metrics: { key: READER }, keys, adminKey: ADMIN }, READER, '10.0.0.9', 200],
    ['the admin besides', { metrics: { key: READER }, keys, adminKey: ADMIN }, ADMIN, undefined, 200],
    ['nobody without it, not even here', { metrics: { key: READER } }, undefined, undefined, 401],
  ])('%s', async (_, server, key, address, expected) => {
    expect(await status({ server }, key, address)).toBe(expected)
  })

  test('the key of the metrics opens nothing else', async () => {
    const { app } = opened({ server: { metrics: { key: READER }, keys, adminKey: ADMIN } })
    const headers = { authorization: `Bearer ${READER}` }
    for (const path of ['/status', '/admin/providers', '/v1/models'])
      expect((await app(`http://localhost${path}`, { headers })).status).toBe(401)
  })

  test('it takes GET and HEAD', async () => {
    const { read } = opened({ server: { metrics: true } })
    expect((await read(undefined, undefined, { method: 'POST' })).status).toBe(405)
    const head = await read(undefined, undefined, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('OpenTelemetry', () => {
  const spans = new InMemorySpanExporter()
  afterEach(() => {
    trace.disable()
    spans.reset()
  })
  const setUp = () => trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  const names = () => spans.getFinishedSpans().map(({ name }) => name)

  test('is told where an SDK is set up, with the first request', async () => {
    const { ask } = opened()
    setUp()
    await ask()
    await vi.waitFor(() => expect(names()).toEqual(['chat m-a', 'chat client-made-this-up']))
    await ask()
    await vi.waitFor(() => expect(names()).toHaveLength(4))
    expect(spans.getFinishedSpans()[1]!.attributes).toMatchObject({
      'cc_route.endpoint': 'a',
      'cc_route.cost_usd': expect.any(Number) as number,
    })
  })

  test('is told nothing where that is switched off', async () => {
    const { ask, read } = opened({ server: { telemetry: false, metrics: true } })
    setUp()
    await ask()
    await read()
    expect(names()).toEqual([])
  })
})
