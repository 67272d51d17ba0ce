import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createMetrics, createPrices, withMetrics, type MetricsOptions } from '../../../src/accounts/index.ts'
import { createCounter, createHistogram, expositionOf } from '../../../src/accounts/metrics/families.ts'
import { overheadMs } from '../../../src/accounts/metrics/overhead.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { chaosProvider, type ChaosOptions } from '../../../src/testing/index.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { readExposition, valueOf } from './exposition.ts'

const prices = createPrices({ data: false, models: { 'm-*': { input: 1, output: 10 } } })

function world(options: MetricsOptions & { faults?: ChaosOptions['faults'] } = {}) {
  const clock = virtualClock()
  const at = (name: string, faults?: ChaosOptions['faults']) =>
    endpoint({
      name,
      protocol: 'openai',
      baseUrl: `https://${name}.example/v1`,
      model: `m-${name}`,
      clock,
      fetch: chaosProvider({ clock, ...(faults !== undefined && { faults }) }),
    })
  const metrics = createMetrics({ clock, prices, ...options })
  const app = withMetrics(pool([at('a', options.faults), at('b')], { clock, random: () => 0 }), metrics)
  const ask = async (body: object = {}) => {
    const response = await app('http://localhost/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'Hello!' }], ...body }),
    })
    await response.text()
    return response
  }
  return { metrics, ask, app, clock, read: async () => readExposition(await metrics.text()) }
}

describe('what is counted', () => {
  test('a request, its tokens and its cost', async () => {
    const { ask, read } = world()
    await ask()
    await ask()
    const families = await read()
    const where = { endpoint: 'a', model: 'm-a' }
    expect(valueOf(families, 'cc_route_requests_total', { ...where, protocol: 'claude', status: '2xx', ended: 'complete' })).toBe(2)
    const [input, output] = ['input', 'output'].map((kind) => valueOf(families, 'cc_route_tokens_total', { ...where, kind })!)
    expect(input).toBeGreaterThan(0)
    expect(valueOf(families, 'cc_route_cost_dollars_total', where)).toBe((input! + output! * 10) / 1e6)
    expect(valueOf(families, 'cc_route_request_duration_seconds_count', { endpoint: 'a' })).toBe(2)
    expect(valueOf(families, 'cc_route_attempts_total', { endpoint: 'a', reason: 'first', result: 'answered' })).toBe(2)
    expect(families.get('cc_route_failures_total')?.samples).toEqual([])
  })

  test('a failover: each attempt, and the request where it was answered', async () => {
    const { ask, read } = world({ faults: 'overloaded' })
    await ask()
    const families = await read()
    expect(valueOf(families, 'cc_route_attempts_total', { endpoint: 'a', result: 'overloaded' })).toBe(1)
    expect(valueOf(families, 'cc_route_attempts_total', { endpoint: 'b', reason: 'next-member', result: 'answered' })).toBe(1)
    expect(valueOf(families, 'cc_route_requests_total', { endpoint: 'b', status: '2xx' })).toBe(1)
    expect(families.get('cc_route_failures_total')?.samples).toEqual([])
  })

  test('an error of the prices is told of once, and ends nothing', async () => {
    const errors: string[] = []
    const broken = { ...prices, cost: () => { throw new Error('no such list') } } // prettier-ignore
    const { ask, read } = world({ prices: broken, onError: ({ message }) => errors.push(message) })
    for (let count = 0; count < 2; count++) expect((await ask()).status).toBe(200)
    await read()
    expect(errors).toEqual(['no such list'])
  })

  test('an answer that two endpoints gave costs what each of them takes', async () => {
    const clock = virtualClock()
    const at = (name: string, faults?: ChaosOptions['faults']) =>
      endpoint({
        name,
        protocol: 'claude',
        baseUrl: `https://${name}.example`,
        model: 'm',
        clock,
        fetch: chaosProvider({
          clock,
          reply: { text: 'one two three four five six seven eight', usage: { input: 10, output: 9 } },
          ...(faults && { faults }),
        }),
      })
    const each = createPrices({
      data: false,
      endpoints: { a: { price: { input: 0, output: 1e6 } }, b: { price: { input: 0, output: 1 } } },
    })
    const metrics = createMetrics({ clock, prices: each })
    const both = pool([at('a', { type: 'cut', at: { event: 6 } }), at('b')], { clock, patienceMs: 1e9, midStream: 'continue' })
    const body = { model: 'c', stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'Hello!' }] }
    const asked = withMetrics(both, metrics)('http://localhost/v1/messages', { method: 'POST', body: JSON.stringify(body) })
    await clock.advance(1000)
    const reading = (await asked).text()
    await clock.advance(10_000)
    await reading
    expect(valueOf(readExposition(await metrics.text()), 'cc_route_cost_dollars_total', { endpoint: 'b' })).toBeGreaterThanOrEqual(1)
  })

  test('the caller’s mistake, by its class', async () => {
    const { ask, read } = world()
    expect((await ask({ messages: 'none' })).status).toBe(400)
    const families = await read()
    expect(valueOf(families, 'cc_route_requests_total', { status: '4xx', ended: 'error' })).toBe(1)
    expect(valueOf(families, 'cc_route_failures_total', { class: 'invalid-request' })).toBe(1)
  })

  test('the first word of a stream, and what is in flight', async () => {
    const { app, read, metrics } = world()
    const response = await app('http://localhost/v1/messages', {
      method: 'POST',
      body: JSON.stringify({ model: 'claude-x', stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    expect(valueOf(await read(), 'cc_route_requests_in_flight', { protocol: 'claude' })).toBe(1)
    await response.text()
    expect(valueOf(await read(), 'cc_route_requests_in_flight', { protocol: 'claude' })).toBe(0)
    expect(valueOf(readExposition(await metrics.text()), 'cc_route_time_to_first_token_seconds_count', { endpoint: 'a' })).toBe(1)
  })

  test('a client that goes away is nobody’s failure, and out of flight', async () => {
    const { app, read } = world()
    const response = await app('http://localhost/v1/messages', {
      method: 'POST',
      body: JSON.stringify({ model: 'claude-x', stream: true, max_tokens: 100, messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    await response.body!.cancel()
    await vi.waitFor(async () => expect(valueOf(await read(), 'cc_route_requests_total', { ended: 'cancelled' })).toBe(1))
    const families = await read()
    expect(valueOf(families, 'cc_route_requests_in_flight', { protocol: 'claude' })).toBe(0)
    expect(families.get('cc_route_failures_total')?.samples).toEqual([])
  })

  test('what has no price, where prices are asked for', async () => {
    const { ask, read } = world({ prices: createPrices({ data: false }) })
    await ask()
    const families = await read()
    expect(valueOf(families, 'cc_route_unpriced_requests_total', { endpoint: 'a' })).toBe(1)
    expect(families.get('cc_route_cost_dollars_total')?.samples).toEqual([])
  })

  test('no counts of tokens, and nothing that asks for no answer', async () => {
    const { app, read } = world()
    await app('http://localhost/v1/messages/count_tokens', {
      method: 'POST',
      body: JSON.stringify({ model: 'x', messages: [{ role: 'user', content: 'Hello!' }] }),
    })
    expect((await read()).get('cc_route_requests_total')?.samples).toEqual([])
  })
})

describe('labels are bounded', () => {
  test('models that nobody configured are other, unless they answered and have a price', async () => {
    const names = world({ models: () => ['m-b'], prices: createPrices({ data: false }) })
    await names.ask()
    expect(valueOf(await names.read(), 'cc_route_requests_total', { model: 'other' })).toBe(1)
    const known = world({ models: () => ['m-b'] })
    await known.ask()
    expect(valueOf(await known.read(), 'cc_route_requests_total', { model: 'm-a' })).toBe(1)
  })

  test('endpoints that are gone are other', async () => {
    const { ask, read } = world({ endpoints: () => ['b'] })
    await ask()
    expect(valueOf(await read(), 'cc_route_requests_total', { endpoint: 'other' })).toBe(1)
  })

  test('whatever is asked for, there are no more than so many series', () => {
    const counter = createCounter('x_total', 'x')
    for (let i = 0; i < 10_000; i++) counter.add({ name: `n${i}` })
    const families = readExposition(expositionOf([counter.family()]))
    expect(families.get('x_total')!.samples.length).toBeLessThanOrEqual(2001)
    expect(valueOf(families, 'x_total', { name: 'other' })).toBe(8000)
  })

  test('what clients say is in none of them', async () => {
    const { ask, read, metrics } = world({ models: () => [], prices: createPrices({ data: false }) })
    await ask({ model: 'my-secret-name', metadata: { user_id: 'user-secret' }, messages: [{ role: 'user', content: 'secret words' }] })
    await ask({ model: 'my-secret-name', messages: 'secret' })
    await read()
    expect(await metrics.text()).not.toContain('secret')
  })
})

describe('the text', () => {
  const label = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[\uD800-\uDFFF]/.test(text))

  test('holds whatever a label says', () => {
    fc.assert(
      fc.property(fc.uniqueArray(label, { maxLength: 5 }), (names) => {
        const counter = createCounter('x_total', 'Lines\nand \\ slashes.')
        for (const name of names) counter.add({ name }, 2)
        const { samples } = readExposition(expositionOf([counter.family()])).get('x_total')!
        expect(samples.map(({ labels }) => labels['name'])).toEqual(names)
      }),
    )
  })

  test('of a histogram adds up, whatever it saw', () => {
    const bounds = [0.1, 1, 10]
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (values) => {
        const histogram = createHistogram('x', 'x', bounds)
        for (const value of values) histogram.observe({ a: 'b' }, value)
        const families = readExposition(expositionOf([histogram.family()]))
        for (const bound of bounds)
          expect(valueOf(families, 'x_bucket', { le: String(bound) }) ?? 0).toBe(values.filter((value) => value <= bound).length)
      }),
    )
  })

  test.each([
    ['x_total 1\n', 'in no family'],
    ['# HELP x_total x\n# TYPE x_total counter\nx_total{a="b"} 1\nx_total{a="b"} 2\n', 'twice'],
    ['# HELP x_total x\n# TYPE x_total counter\nx_total{a="b\\"} 1\n', 'no'],
    ['# HELP x x\n# TYPE x histogram\nx_bucket{le="1"} 2\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 1\n', 'falls'],
    ['# HELP x x\n# TYPE x histogram\nx_bucket{le="1"} 1\nx_sum 1\nx_count 1\n', '+Inf'],
    ['# HELP x x\n# TYPE x histogram\nx_bucket{le="+Inf"} 1\nx_sum 1\nx_count 2\n', 'add up'],
  ])('that is wrong would be seen: %j', (text, why) => {
    expect(() => readExposition(text)).toThrow(why)
  })
})

test.each<[string, { firstByteMs: number; attempts: { at: number; ms?: number; waitedMs?: number }[] }, number | undefined]>([
  ['one attempt', { firstByteMs: 110, attempts: [{ at: 1004, ms: 100 }] }, 10],
  [
    'a wait on purpose',
    {
      firstByteMs: 160,
      attempts: [
        { at: 1004, ms: 50 },
        { at: 1104, ms: 50, waitedMs: 50 },
      ],
    },
    10,
  ],
  [
    'attempts at the same time',
    {
      firstByteMs: 110,
      attempts: [
        { at: 1005, ms: 100 },
        { at: 1055, ms: 50 },
      ],
    },
    10,
  ],
  ['one that is still under way', { firstByteMs: 110, attempts: [{ at: 1005 }] }, undefined],
  ['no attempt', { firstByteMs: 3, attempts: [] }, undefined],
])('overhead of %s', (_, record, expected) => {
  const attempts = record.attempts.map((attempt) => ({ endpoint: 'a', reason: 'first' as const, ...attempt }))
  expect(overheadMs({ at: 1000, firstByteMs: record.firstByteMs, attempts })).toBe(expected)
})
