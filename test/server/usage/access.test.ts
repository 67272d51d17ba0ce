import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAccess } from '../../../src/server/admin/access.ts'
import { createFront } from '../../../src/server/front.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { attachConnection } from '../../../src/server/safety/connection.ts'
import type { ToldBudget } from '../../../src/server/usage/allowance.ts'
import { createUsage } from '../../../src/server/usage/usage.ts'
import { virtualClock, type VirtualClock } from '../../../src/testing/clock.ts'
import { costOf, DAY, NOW, record, sourceOf, STORES, type TestSource } from './world.ts'

const ANN = 'the-key-of-ann-0001'
const BOB = 'the-key-of-bob-0001'
const ADMIN = 'the-key-of-the-admin'
const keys = [
  { name: 'ann', key: ANN },
  { name: 'Ann', key: 'the-key-of-another-ann' },
  { name: '*', key: 'the-key-of-everybody' },
  { name: 'bob', key: BOB },
]

let source: TestSource
let app: Fetch
let clock: VirtualClock

const upstreams = async () => [
  { name: 'fast', healthy: true },
  { name: 'best', healthy: false },
]
/** Of Bob's four dollars a day three are spent. */
const allowance = async (tenant: string) => {
  const amounts = { limit: '4', spent: '3', held: '0', left: '1', from: 0 }
  const daily: ToldBudget = { of: 'key bob', unit: 'usd', per: 'day', soft: false, partial: false, ...amounts }
  return { limits: { streams: 2 }, budgets: tenant === 'bob' ? [daily] : [] }
}

/** A gateway's front, asking for keys or not. */
function open({ asksForKeys = true, adminKey = ADMIN }: { asksForKeys?: boolean; adminKey?: string | false } = {}): Fetch {
  clock = virtualClock(NOW)
  const addressOf = () => '203.0.113.9'
  const admitAdmin = createAccess({ asksForKeys, addressOf, ...(adminKey !== false && { adminKey }) })
  const usage = createUsage({ ledger: source, clock, redact: (text) => text, isOpen: () => true, upstreams, allowance })
  return createFront({
    app: async () => new Response('the app'),
    ...(asksForKeys && { keys }),
    usage: (request, url, admit) => usage.own(request, url, { admit, admitAdmin }),
  })
}

beforeEach(() => {
  source = sourceOf()
  app = open()
})

interface Answer {
  status: number
  body: {
    [name: string]: unknown
    requests: Record<string, unknown>[]
    totals: { requests: number }
    error: { type: string; message: string; timestamp: string }
    success: boolean
    data: { usage: Record<string, never>; system: object; tenant: object }
  }
  headers: Headers
}

async function ask(path: string, key?: string, from = '127.0.0.1', headers: Record<string, string> = {}): Promise<Answer> {
  const request = new Request(`http://127.0.0.1${path}`, { headers: { ...headers, ...(key !== undefined && { 'x-api-key': key }) } })
  attachConnection(request, { address: from })
  const response = await app(request)
  return { status: response.status, body: (await response.json()) as Answer['body'], headers: response.headers }
}

describe.each(STORES)('with its key, %s', (_, store) => {
  beforeEach(async () => {
    source = sourceOf(await store())
    app = open()
    await source.end(
      record({ tenant: 'ann', group: 'team', session: 's-1' }),
      record({ tenant: 'ann', at: NOW - 1, status: 500 }),
      record({ tenant: 'bob', session: 's-1' }),
      record({ tenant: 'Ann' }),
      record(),
    )
  })

  afterEach(() => source.store.close())

  test('a tenant sees its own, in one look', async () => {
    const { status, body } = await ask('/usage', ANN)
    expect(status).toBe(200)
    expect(body).toMatchObject({ tenant: 'ann', today: { requests: 2, failed: 1, cost: '0.01' }, month: { requests: 2 } })
    expect((await ask('/usage', 'the-key-of-another-ann')).body).toMatchObject({ tenant: 'Ann', today: { requests: 1 } })
    expect((await ask('/usage', 'the-key-of-everybody')).body).toMatchObject({ tenant: '*', today: { requests: 0 } })
  })

  test('and nobody else’s, however it asks', async () => {
    const count = async (path: string) => (await ask(path, ANN)).body.totals.requests
    expect(await count('/usage/totals')).toBe(2)
    expect(await count('/usage/totals?session=*')).toBe(1)
    expect(await count('/usage/sessions/s-1')).toBe(1)
    expect((await ask('/usage/requests', ANN)).body.requests).toHaveLength(2)
    for (const query of ['tenant=bob', 'tenant=*', 'group=team', 'owner=bob'])
      expect(await ask(`/usage/totals?${query}`, ANN)).toMatchObject({ status: 400, body: { error: { type: 'invalid-request' } } })
    for (const by of ['tenant', 'group', 'key', 'route', 'model,key'])
      expect(await ask(`/usage/top?by=${by}`, ANN)).toMatchObject({ status: 400 })
    expect(await ask('/usage/top?by=status', ANN)).toMatchObject({ status: 200 })
    expect((await ask('/usage/tenants', ANN)).body).toEqual({ tenants: { ann: expect.any(Number) as number } })
    const others = await source.store.list({ tenant: 'bob' })
    expect(await ask(`/usage/requests/${others[0]!.id}`, ANN)).toMatchObject({ status: 404 })
  })

  test('and nothing of the gateway’s keys, rules, and what providers said', async () => {
    const { body } = await ask('/usage/requests', ANN)
    expect(body.requests[0]).toMatchObject({ tenant: 'ann', endpoint: 'fast', served: 'f-1', cost: { amount: '0.01' } })
    for (const text of ['"key"', '"route"', 'said by the provider']) expect(JSON.stringify(body)).not.toContain(text)
    const { body: one } = await ask(`/usage/requests/${String(body.requests[1]!['id'])}`, ANN)
    expect(one).toMatchObject({ failure: { message: 'the provider is busy' }, attempts: [{ status: 500 }] })
    expect(JSON.stringify(one)).not.toMatch(/"key"|"route"|said by the provider/)
  })

  test('and takes no more than its share of the time', async () => {
    const { sum } = source.store
    let slow = 500
    source.store.sum = async (query) => {
      await clock.advance(slow)
      return sum(query)
    }
    // One sum each: two seconds at once.
    for (let count = 0; count < 5; count++) expect(await ask('/usage/totals', ANN)).toMatchObject({ status: 200 })
    const refused = await ask('/usage/totals', ANN)
    expect(refused).toMatchObject({ status: 429, body: { error: { type: 'rate-limit' } } })
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(await ask('/usage/totals', BOB)).toMatchObject({ status: 200 })
    await clock.advance(wait * 1000)
    slow = 0
    expect(await ask('/usage/totals', ANN)).toMatchObject({ status: 200 })
    const many = await Promise.all(Array.from({ length: 40 }, () => ask('/usage/totals', ANN)))
    expect(many.filter(({ status }) => status === 200)).toHaveLength(16)
    expect(many.find(({ status }) => status === 429)!.headers.get('retry-after')).toBe('1')
  })

  test('and an export takes its time from the same share, until it has ended', async () => {
    await source.end(...Array.from({ length: 1200 }, () => record({ tenant: 'ann' })))
    const { list } = source.store
    source.store.list = async (...asked) => {
      await clock.advance(900)
      return list(...asked)
    }
    const open = () => app(new Request('http://127.0.0.1/usage/export', { headers: { 'x-api-key': ANN } }))
    const reader = (await open()).body!.getReader()
    await reader.read()
    const others = await Promise.all(Array.from({ length: 15 }, open))
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200))
    expect((await open()).status).toBe(429)
    for (const { body } of others) await body!.cancel()
    while (!(await reader.read()).done);
    const refused = await ask('/usage/totals', ANN)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1)
    const ccgate = new Request('http://127.0.0.1/usage', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'tenant', apiKey: ANN }),
    })
    attachConnection(ccgate, { address: '127.0.0.1' })
    const told = await app(ccgate)
    expect(told.status).toBe(429)
    expect(await told.json()).toMatchObject({ error: { type: 'rate_limited' } })
    expect(await ask('/usage/totals', BOB)).toMatchObject({ status: 200 })
    await clock.advance(60_000)
    expect(await ask('/usage/totals', ANN)).toMatchObject({ status: 200 })
  })

  test('and whose share is used up reads on as it comes back', async () => {
    await source.end(...Array.from({ length: 1200 }, () => record({ tenant: 'ann' })))
    const { list } = source.store
    source.store.list = async (...asked) => {
      await clock.advance(3000)
      return list(...asked)
    }
    const response = await app(new Request('http://127.0.0.1/usage/export', { headers: { 'x-api-key': ANN } }))
    const reader = response.body!.getReader()
    await reader.read()
    let isRead = false
    const reading = reader.read().then(() => (isRead = true))
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(1000)
    expect(isRead).toBe(false)
    await clock.advance(60_000)
    await reading
    await reader.cancel()
    expect(clock.waiting).toBe(0)
  })

  test('live, too', async () => {
    const request = new Request('http://127.0.0.1/usage/live', { headers: { 'x-api-key': ANN } })
    const reader = (await app(request)).body!.pipeThrough(new TextDecoderStream()).getReader()
    await reader.read()
    const mine = record({ tenant: 'ann' })
    await source.end(record({ tenant: 'bob' }), mine)
    const told = (await reader.read()).value
    expect(told).toContain(mine.id)
    expect(told).not.toMatch(/"key"|"route"/)
    await reader.cancel()
    expect(source.listening).toBe(0)
  })
})

describe('without one of the keys', () => {
  test('nobody sees anything', async () => {
    expect(await ask('/usage')).toMatchObject({ status: 401 })
    expect(await ask('/usage', 'no-key-of-anybody')).toMatchObject({ status: 401, body: { error: { type: 'authentication' } } })
    expect(await ask('/usage', ADMIN)).toMatchObject({ status: 401 })
  })

  test('where none is asked for, programs of this machine see all', async () => {
    await source.end(record())
    app = open({ asksForKeys: false, adminKey: false })
    expect(await ask('/usage/totals')).toMatchObject({ status: 200, body: { totals: { requests: 1 } } })
    expect((await ask('/usage')).body).not.toHaveProperty('tenant')
    expect(await ask('/usage', undefined, '203.0.113.9')).toMatchObject({ status: 403 })
    expect(await ask('/usage', undefined, '127.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toMatchObject({ status: 403 })
  })

  test('where only the admin API asks for one, that is it', async () => {
    app = open({ asksForKeys: false })
    expect(await ask('/usage')).toMatchObject({ status: 401 })
    expect(await ask('/usage', ADMIN)).toMatchObject({ status: 200 })
  })
})

describe('POST /usage, as CCGate has it', () => {
  let from = 0
  async function post(body: unknown, address = `198.51.100.${++from}`, headers: Record<string, string> = {}): Promise<Answer> {
    const request = new Request('http://127.0.0.1/usage', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    attachConnection(request, { address })
    const response = await app(request)
    return { status: response.status, body: (await response.json()) as Answer['body'], headers: response.headers }
  }

  beforeEach(async () => {
    await source.end(
      record({ tenant: 'ann' }),
      record({ tenant: 'ann', status: 500, at: NOW - 5 * 3_600_000 }),
      record({ tenant: 'bob', cost: costOf('1.0000004') }),
      record({ tenant: 'ann', at: NOW - DAY }),
    )
  })

  test('a tenant’s own', async () => {
    const { status, body } = await post({ type: 'tenant', apiKey: ANN })
    expect(status).toBe(200)
    const sum = { totalRequests: 1, totalTokens: 1100, inputTokens: 500, outputTokens: 100, cacheReadTokens: 500, totalCost: 0.01 }
    expect(body).toMatchObject({
      success: true,
      type: 'tenant',
      data: {
        tenant: { id: 'ann', name: 'ann' },
        usage: {
          tenantId: 'ann',
          date: '2026-03-18',
          limits: {},
          todayUsage: {
            totalRequests: 2,
            totalTokens: 1100,
            totalCost: 0.01,
            errorRate: 0.5,
            byModel: { 'f-1': {} },
            byHour: { 7: {}, 12: sum },
          },
        },
      },
    })
  })

  test('with the budget of its day', async () => {
    const { body } = await post({ type: 'tenant', apiKey: BOB })
    expect(body.data.usage).toMatchObject({ limits: { usd: { used: 3, limit: 4, percentage: 75, exceeded: false } } })
    expect((await ask('/usage', BOB)).body).toMatchObject({
      tenant: 'bob',
      allowance: { limits: { streams: 2 }, budgets: [{ left: '1' }] },
    })
  })

  test('everybody’s', async () => {
    const { status, body } = await post({ type: 'admin', username: 'admin', password: ADMIN })
    expect(status).toBe(200)
    expect(body).toMatchObject({ success: true, type: 'admin' })
    expect(body.data.usage).toMatchObject({
      todayUsage: { totalRequests: 3, totalCost: 1.01 },
      tenants: [
        { id: 'bob', name: 'bob', todayUsage: { totalRequests: 1, totalCost: 1 } },
        { id: 'ann', todayUsage: { totalRequests: 2 } },
      ],
    })
    expect(body.data).toMatchObject({
      system: { totalRequests: 3, totalCost: 1.01, activeTenants: 2, totalUpstreams: 2, healthyUpstreams: 1 },
      upstreams: { total: 2, healthy: 1, unhealthy: 1, healthStatus: { fast: true, best: false } },
    })
  })

  test.each([
    [{ type: 'tenant' }, 401, 'missing_auth'],
    [{ type: 'admin', username: 'admin' }, 401, 'missing_auth'],
    [{ type: 'tenant', apiKey: 'wrong-key-of-nobody' }, 401, 'invalid_key'],
    [{ type: 'tenant', apiKey: ADMIN }, 401, 'invalid_key'],
    [{ type: 'tenant', apiKey: 'a key\nwith: more' }, 401, 'invalid_key'],
    [{ type: 'tenant', apiKey: 17 }, 401, 'missing_auth'],
    [{ type: 'admin', username: 'admin', password: ANN }, 401, 'invalid_key'],
    [{ type: 'root' }, 400, 'invalid_request'],
    ['not JSON', 400, 'invalid_request'],
    ['[]', 400, 'invalid_request'],
    [{ type: 'tenant', apiKey: 'x'.repeat(20_000) }, 413, 'too-large'],
  ])('%j is refused with %s %s', async (body, status, type) => {
    const answer = await post(body)
    expect(answer).toMatchObject({ status, body: { error: { type, message: expect.any(String) }, requestId: expect.any(String) } })
    expect(new Date(answer.body.error.timestamp).getTime()).toBe(NOW)
    // What stands in the headers is nobody's key here.
    expect(await post(body, undefined, { 'x-api-key': ANN, authorization: `Bearer ${ADMIN}` })).toMatchObject({ status })
  })

  test('guesses are limited as those with headers are', async () => {
    const guesser = '203.0.113.77'
    for (let guess = 0; guess < 5; guess++) await post({ type: 'tenant', apiKey: `guess-number-${guess}-of-many` }, guesser)
    const limited = await post({ type: 'tenant', apiKey: BOB }, guesser)
    expect(limited).toMatchObject({ status: 429, body: { error: { type: 'rate_limited' } } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('only JSON, and only where keys are', async () => {
    expect(await post('{}', undefined, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
    app = open({ asksForKeys: false, adminKey: false })
    expect(await post({ type: 'tenant', apiKey: ANN })).toMatchObject({ status: 401, body: { error: { type: 'invalid_key' } } })
    expect(await post({ type: 'admin', username: 'x', password: 'any' })).toMatchObject({
      status: 403,
      body: { error: { type: 'forbidden' } },
    })
    expect(await post({ type: 'admin', username: 'x', password: 'any' }, '127.0.0.1')).toMatchObject({ status: 200 })
  })
})
