import { describe, expect, test } from 'vitest'
import type { Prices } from '../../../src/accounts/prices/prices.ts'
import { estimateInput } from '../../../src/core/tokens.ts'
import { endpoint, type EndpointOptions } from '../../../src/router/endpoint/endpoint.ts'
import { factsOf } from '../../../src/router/facts.ts'
import { chatOf } from '../../../src/router/request-facts.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { router } from '../../../src/router/routing/router.ts'
import { chaosProvider, type ChaosOptions } from '../../../src/testing/chaos/provider.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { ask, requestFor } from '../../router/pool/client.ts'
import { kept } from './kept.ts'

const USAGE = { input: 100, cacheRead: 40, cacheWrite: 5, output: 20, reasoning: 3 }

const clock = virtualClock(1_000_000)

/** An endpoint whose provider fails as it is told to. */
const chaotic = (name: string, options: ChaosOptions = {}, given: Partial<EndpointOptions> = {}) =>
  endpoint({
    name,
    protocol: 'claude',
    baseUrl: `https://${name}.example`,
    apiKeys: [{ name: 'main', key: 'secret-of-provider' }],
    model: `${name}-model`,
    clock,
    patienceMs: 1e9,
    retry: { attempts: 1 },
    fetch: chaosProvider({ clock, reply: { text: 'one two three four five six seven eight', usage: USAGE }, ...options }),
    ...given,
  })

const estimated = async (request: Request): Promise<number> => estimateInput(chatOf(await factsOf(request)))

describe('what became of a request', () => {
  test('failed over: one row with all attempts, and counted once', async () => {
    const app = pool([chaotic('bad', { faults: 'overloaded' }), chaotic('good')], { clock, patienceMs: 1e9 })
    const { app: watched, records, store } = kept(app, { clock })
    await ask(watched, 'claude', { stream: true })
    const [record, ...more] = await records()
    expect(more).toEqual([])
    expect(record).toMatchObject({
      endpoint: 'good',
      served: 'good-model',
      key: 'main',
      usage: USAGE,
      ended: 'complete',
      attempts: [
        { endpoint: 'bad', reason: 'first', status: 529, class: 'overloaded' },
        { endpoint: 'good', reason: 'next-member', status: 200 },
      ],
    })
    expect(record!.failure).toBeUndefined()
    expect(store.sum({})).toMatchObject([{ requests: 1, failed: 0, attempts: 2, input: 100, output: 20 }])
  })

  test('refused by all: it cost nothing', async () => {
    const app = pool([chaotic('one', { faults: 'server-error' }), chaotic('two', { faults: 'refuse' })], { clock, patienceMs: 1e9 })
    const { app: watched, records } = kept(app, { clock })
    const asked = ask(watched, 'openai')
    await clock.advance(60_000)
    await asked
    const [record] = await records()
    expect(record).toMatchObject({ ended: 'error', failure: { kind: expect.any(String) } })
    expect(record!.status).toBeGreaterThanOrEqual(500)
    expect(record!.attempts.length).toBeGreaterThanOrEqual(2)
    expect(record!.usage).toBeUndefined()
    expect(record!.cost).toBeUndefined()
  })

  test('never asked of anybody: it cost nothing', async () => {
    const { app, records } = kept(chaotic('up'), { clock })
    const response = await app('http://client.example/v1/messages', { method: 'POST', body: '{"model": ' })
    expect(response.status).toBe(400)
    const [record] = await records()
    expect(record).toMatchObject({ status: 400, ended: 'error', failure: { kind: 'invalid-request' }, attempts: [] })
    expect(record!.usage).toBeUndefined()
  })

  test.each(['claude', 'openai'] as const)('cut off, for a client of %s: what came of it is guessed, and said to be', async (from) => {
    const app = chaotic('up', { faults: { type: 'cut', at: { event: 5 } } })
    const { app: watched, records } = kept(app, { clock })
    await ask(watched, from, { stream: true })
    const [record] = await records()
    expect(record).toMatchObject({ ended: 'truncated', estimated: true, failure: { kind: expect.any(String) } })
    expect(record!.usage!.input).toBe(USAGE.input)
    expect(record!.usage!.cacheRead).toBe(USAGE.cacheRead)
    expect(record!.usage!.output).toBeGreaterThan(0)
    expect(record!.usage!.output).toBeLessThan(50)
  })

  test('an error amid the answer', async () => {
    const app = chaotic('up', { faults: { type: 'error-event', error: 'overloaded', at: 'content' } })
    const { app: watched, records, store } = kept(app, { clock })
    await ask(watched, 'claude', { stream: true })
    const [record] = await records()
    expect(record).toMatchObject({ status: 200, ended: 'error', failure: { kind: 'overloaded' }, estimated: true })
    expect(record!.usage!.input).toBe(USAGE.input)
    expect(store.sum({})).toMatchObject([{ failed: 1 }])
  })

  test('a client that leaves amid the answer: the input is what the provider said, the output a guess', async () => {
    const app = chaotic('up', { eventMs: 10 })
    const { app: watched, records, store } = kept(app, { clock })
    const stop = new AbortController()
    const asking = watched(requestFor('openai', { stream: true, signal: stop.signal }))
    await clock.advance(60)
    const response = await asking
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    const [record] = await records()
    expect(record).toMatchObject({ ended: 'cancelled', estimated: true, status: 200 })
    expect(record!.usage!.input).toBe(USAGE.input)
    expect(record!.usage!.output).toBeGreaterThan(0)
    expect(record!.failure).toBeUndefined()
    expect(store.sum({})).toMatchObject([{ requests: 1, failed: 0, estimated: 1 }])
  })

  test.each([
    ['an endpoint', (up: Fetch) => up],
    ['a pool', (up: Fetch) => pool([up], { clock, patienceMs: 1e9 })],
    ['a router', (up: Fetch) => router({ default: up })],
  ])('a client that leaves before the answer, of %s: its input is billed', async (_, around) => {
    const app = around(chaotic('up', { latencyMs: 5000 }))
    const { app: watched, records } = kept(app, { clock })
    const stop = new AbortController()
    const request = requestFor('claude', { signal: stop.signal, question: 'Is anybody there? '.repeat(20) })
    const expected = await estimated(request.clone())
    const asking = watched(request).catch((error: unknown) => error)
    await clock.advance(100)
    stop.abort()
    await asking
    const [record] = await records()
    expect(record).toMatchObject({
      ended: 'cancelled',
      status: 499,
      endpoint: 'up',
      served: 'up-model',
      estimated: true,
      usage: { input: expected, output: 0 },
      attempts: [{ endpoint: 'up', reason: 'first' }],
    })
  })

  test('the same, of a fetch that hides an endpoint: its attempts alone are told', async () => {
    const up = chaotic('up', { latencyMs: 5000 })
    const { app: watched, records } = kept((input, init) => up(input, init), { clock })
    const stop = new AbortController()
    const asking = watched(requestFor('claude', { signal: stop.signal })).catch((error: unknown) => error)
    await clock.advance(100)
    stop.abort()
    await asking
    const answered = watched(requestFor('claude'))
    await clock.advance(10_000)
    await (await answered).text()
    const both = await records()
    expect(both.map(({ ended }) => ended)).toEqual(['cancelled', 'complete'])
    for (const { attempts } of both) expect(attempts.map(({ endpoint }) => endpoint)).toEqual(['up'])
  })

  test('a hedge: one row, both attempts, and the counts of the answer that won', async () => {
    const app = pool([chaotic('slow', { latencyMs: 5000 }), chaotic('fast')], { clock, patienceMs: 1e9, hedge: { afterMs: 100, share: 1 } })
    const { app: watched, records, store } = kept(app, { clock })
    const asked = ask(watched, 'claude', { stream: true })
    await clock.advance(200)
    await asked
    const [record] = await records()
    expect(record).toMatchObject({ endpoint: 'fast', usage: USAGE, ended: 'complete', firstTokenMs: 100 })
    expect(record!.attempts.map(({ endpoint, reason }) => [endpoint, reason])).toEqual([
      ['slow', 'first'],
      ['fast', 'hedge'],
    ])
    expect(store.sum({})).toMatchObject([{ requests: 1, attempts: 2, input: 100, output: 20 }])
  })

  test('an answer that another endpoint finishes: the counts of both, the first guessed', async () => {
    const app = pool([chaotic('one', { faults: { type: 'cut', at: { event: 6 } } }), chaotic('two')], {
      clock,
      patienceMs: 1e9,
      midStream: 'continue',
    })
    // A word of each endpoint has a price of its own.
    const rates = { input: '1', output: '1', cacheRead: '1', cacheWrite: '1', cacheWriteLong: '1', from: 'config' } as const
    const prices: Prices = {
      cost: ({ endpoint, usage }) => ({ amount: `${(endpoint === 'one' ? 1000 : 1) * usage.output!}`, rates }),
      priceOf: () => rates,
      ready: async () => {},
      unpriced: 'allow',
    }
    const { app: watched, records } = kept(app, { clock, prices })
    const asked = ask(watched, 'claude', { stream: true })
    await clock.advance(1000)
    await asked
    const [record] = await records()
    const [one, two] = record!.attempts
    expect(one!.usage!.output! + two!.usage!.output!).toBe(record!.usage!.output)
    expect(record!.cost?.amount).toBe(String(1000 * one!.usage!.output! + two!.usage!.output!))
    expect(record).toMatchObject({ ended: 'recovered', endpoint: 'two', estimated: true })
    expect(record!.usage!.input).toBeGreaterThanOrEqual(2 * USAGE.input)
    expect(record!.usage!.output).toBeGreaterThan(USAGE.output)
    expect(record!.attempts.map(({ reason }) => reason)).toEqual(['first', 'continue'])
  })

  test('times: until the headers, the first word and the end', async () => {
    const app = chaotic('up', { latencyMs: 300, eventMs: 10 })
    const { app: watched, records } = kept(app, { clock })
    const asked = ask(watched, 'claude', { stream: true })
    await clock.advance(10_000)
    await asked
    const [record] = await records()
    expect(record!.firstByteMs).toBeGreaterThanOrEqual(300)
    expect(record!.firstTokenMs).toBeGreaterThanOrEqual(300)
    expect(record!.firstTokenMs).toBeLessThanOrEqual(record!.firstByteMs)
    expect(record!.ms).toBeGreaterThan(record!.firstByteMs)
  })

  test('which rule chose, and what was lost in translation', async () => {
    const app = router({ default: chaotic('up'), models: { 'm*': 'up' }, endpoints: { up: chaotic('up') } })
    const { app: watched, records } = kept(app, { clock })
    const request = new Request('http://client.example/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', frequency_penalty: 1, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    await (await watched(request)).text()
    const [record] = await records()
    expect(record!.route).toContain('m*')
    expect(record!.notices).toBeGreaterThan(0)
  })

  test('counts of tokens are no use of anybody', async () => {
    const { app, records } = kept(chaotic('up'), { clock })
    const response = await app('http://client.example/v1/messages/count_tokens', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(response.status).toBe(200)
    expect(await records()).toEqual([])
  })
})

describe('a fetch of somebody else', () => {
  const reply = { type: 'message', role: 'assistant', content: [], stop_reason: 'end_turn', usage: { input_tokens: 9, output_tokens: 4 } }

  test('its answer is read as it passes', async () => {
    const { app, records } = kept(async () => Response.json(reply))
    const response = await app(requestFor('claude'))
    expect(await response.json()).toEqual(reply)
    expect(await records()).toMatchObject([
      { endpoint: 'client.example', served: 'm', usage: { input: 9, output: 4 }, attempts: [{ endpoint: 'client.example', status: 200 }] },
    ])
  })

  test('its streams, whatever protocol', async () => {
    for (const protocol of ['claude', 'openai', 'openai-responses', 'gemini'] as const) {
      const provider = chaosProvider({ reply: { text: 'Hello.', usage: { input: 9, output: 4 } } })
      const { app, records } = kept((input, init) => provider(input, init))
      const { text } = await ask(app, protocol, { stream: true })
      expect(text).toContain('Hello.')
      const [record] = await records()
      expect(record!.ended).toBe('complete')
      // Chat Completions tells no counts of a stream unless it is asked to.
      expect(record!.estimated).toBe(protocol === 'openai' || undefined)
      if (protocol !== 'openai') expect(record!.usage).toMatchObject({ input: 9, output: 4 })
      else expect(record!.usage!.output).toBeGreaterThan(0)
    }
  })

  test('its errors stay what they are', async () => {
    const refusal = { type: 'error', error: { type: 'rate_limit_error', message: 'Slow down.' } }
    const { app, records } = kept(async () => Response.json(refusal, { status: 429, headers: { 'retry-after': '7' } }))
    const response = await app(requestFor('claude'))
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([429, '7', refusal])
    const [record] = await records()
    expect(record).toMatchObject({ status: 429, failure: { kind: 'rate-limit', message: expect.stringContaining('Slow down.') } })
    expect(record!.usage).toBeUndefined()
  })

  test('what it throws is thrown on', async () => {
    const thrown = new TypeError('fetch failed')
    const { app, records } = kept(() => Promise.reject(thrown))
    await expect(app(requestFor('claude'))).rejects.toBe(thrown)
    expect(await records()).toMatchObject([
      { status: 502, ended: 'error', failure: { kind: 'network' }, attempts: [{ class: expect.any(String) }] },
    ])
  })
})
