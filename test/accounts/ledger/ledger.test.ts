import { describe, expect, test, vi } from 'vitest'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { LedgerEvent } from '../../../src/accounts/ledger/ledger.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import type { Prices } from '../../../src/accounts/prices/prices.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { setGroup, setTenant } from '../../../src/router/caller.ts'
import { chaosProvider, type ChaosOptions } from '../../../src/testing/chaos/provider.ts'
import { ask, requestFor } from '../../router/pool/client.ts'
import { kept } from './kept.ts'

const chaotic = (options: ChaosOptions = {}) =>
  endpoint({
    name: 'up',
    protocol: 'claude',
    baseUrl: 'https://up.example',
    model: 'up-model',
    retry: { attempts: 1 },
    fetch: chaosProvider({ reply: { text: 'Hello there.', usage: { input: 10, output: 4 } }, ...options }),
  })

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A store in memory whose `add` does something else first. */
const storeThat = (first: (records: readonly ExchangeRecord[]) => void | Promise<void>) => {
  const store = memoryUsage()
  const add = vi.fn<UsageStore['add']>(async (records) => {
    await first(records)
    store.add(records)
  })
  return { ...store, add, memory: store }
}

describe('writing', () => {
  test('what ends within a tenth of a second is written together', async () => {
    const store = storeThat(() => {})
    const { app, clock } = kept(chaotic(), { store })
    for (let i = 0; i < 5; i++) await ask(app, 'claude')
    await turn()
    await clock.advance(99)
    expect(store.add).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(store.add.mock.calls.map(([records]) => records.length)).toEqual([5])
    expect(clock.waiting).toBe(0)
  })

  test('a store that throws fails no request, is told of once, and gets all of it later', async () => {
    let isDown = true
    const store = storeThat(() => {
      if (isDown) throw new Error('disk full')
    })
    const { app, clock, errors } = kept(chaotic(), { store })
    for (let i = 0; i < 3; i++) expect((await ask(app, 'claude')).response.status).toBe(200)
    await clock.advance(5000)
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('disk full')])
    isDown = false
    await clock.advance(2000)
    expect(store.memory.list({})).toHaveLength(3)
    isDown = true
    await ask(app, 'claude')
    await clock.advance(5000)
    expect(errors).toHaveLength(2)
  })

  test('a store that throws before it was asked anything else is asked no more than once a second', async () => {
    const store = storeThat(() => Promise.reject(new Error('away')))
    const { app, clock } = kept(chaotic(), { store })
    await ask(app, 'claude')
    await clock.advance(10_000)
    expect(store.add.mock.calls.length).toBeLessThanOrEqual(11)
  })

  test('what waits is bounded: what no longer fits is lost, and counted', async () => {
    let isDown = true
    const store = storeThat(() => {
      if (isDown) throw new Error('away')
    })
    const { app, clock, errors } = kept(chaotic(), { store, maxWaiting: 2 })
    for (let i = 0; i < 5; i++) await ask(app, 'claude')
    await clock.advance(3000)
    isDown = false
    await clock.advance(3000)
    expect(store.memory.list({})).toHaveLength(2)
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('what comes now is lost'),
      expect.stringContaining('away'),
      expect.stringContaining('3 were lost'),
    ])
  })

  test('a store that hangs holds nobody up', async () => {
    const store = storeThat(() => new Promise(() => {}))
    const { app, clock } = kept(chaotic(), { store })
    await ask(app, 'claude')
    await clock.advance(1000)
    expect((await ask(app, 'claude')).response.status).toBe(200)
    expect(store.add).toHaveBeenCalledTimes(1)
  })

  test('closing writes what waits, and closes the store', async () => {
    const memory = memoryUsage()
    const close = vi.fn<() => void>()
    const { app, ledger, clock } = kept(chaotic(), { store: { ...memory, close } })
    await ask(app, 'claude')
    await turn()
    await Promise.all([ledger.close(), ledger.close()])
    expect(memory.list({})).toHaveLength(1)
    expect(close).toHaveBeenCalledTimes(1)
    expect(clock.waiting).toBe(0)
  })

  test('closing tells of what its store did not take', async () => {
    const errors: string[] = []
    const store = storeThat(() => Promise.reject(new Error('the disk is full')))
    const { app, ledger } = kept(chaotic(), { store, onError: ({ message }) => errors.push(message) })
    for (let i = 0; i < 2; i++) await ask(app, 'claude')
    await turn()
    await ledger.close()
    expect(errors.at(-1)).toBe('The ledger is closed, and its store did not take the last records: 2 are lost.')
  })

  test('ids sort by the moment, and two ledgers make no two alike', async () => {
    const ids: string[] = []
    for (const random of [() => 0.1, () => 0.9]) {
      const { app, clock, records } = kept(chaotic(), { random })
      for (let i = 0; i < 3; i++) {
        await ask(app, 'claude')
        await clock.advance(1)
      }
      const own = (await records()).map(({ id }) => id)
      expect(own).toEqual(own.toSorted())
      ids.push(...own)
    }
    expect(new Set(ids).size).toBe(6)
  })
})

describe('costs', () => {
  const rates = { input: '1', output: '2', cacheRead: '0', cacheWrite: '0', cacheWriteLong: '0', from: 'config' as const }
  const prices = (given: Partial<Prices> = {}): Prices => ({
    cost: vi.fn<Prices['cost']>(() => ({ amount: '0.0125', rates })),
    priceOf: () => rates,
    ready: async () => {},
    unpriced: 'allow',
    ...given,
  })

  test('what an answer cost, with the prices it was worked out with', async () => {
    const told = prices()
    const { app, records, store } = kept(chaotic(), { prices: told })
    await ask(app, 'openai')
    await ask(app, 'openai')
    expect((await records())[0]).toMatchObject({ cost: { amount: '0.0125', rates } })
    expect(told.cost).toHaveBeenCalledWith(expect.objectContaining({ endpoint: 'up', model: 'up-model', at: 1_000_000 }))
    expect(store.sum({})).toMatchObject([{ cost: '0.025', unpriced: 0 }])
  })

  test('a model without a price, and prices that cannot be loaded', async () => {
    const { app, records, store } = kept(chaotic(), {
      prices: prices({ cost: () => undefined, ready: () => Promise.reject(new Error('no package')) }),
    })
    await ask(app, 'claude')
    const [record] = await records()
    expect(record!.usage).toBeDefined()
    expect(record!.cost).toBeUndefined()
    expect(store.sum({})).toMatchObject([{ cost: '0', unpriced: 1 }])
  })
})

describe('who', () => {
  const CLAUDE_CODE = { 'user-agent': 'claude-cli/2.1.329 (external, cli)', 'x-claude-code-session-id': 's-1' }

  test.each([
    ['Claude Code', 'claude', CLAUDE_CODE, {}, { session: 's-1', agent: 'claude-code' }],
    ['its sub-agents', 'claude', { ...CLAUDE_CODE, 'x-claude-code-agent-id': 'af' }, {}, { session: 's-1', subagent: 'af' }],
    [
      'Claude Code without its header',
      'claude',
      { 'user-agent': 'claude-cli/2.1.329' },
      { metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"s-2"}' } },
      { session: 's-2' },
    ],
    ['an older one', 'claude', {}, { metadata: { user_id: 'user_x_account__session_0a1b2c3d-4e5f' } }, { session: '0a1b2c3d-4e5f' }],
    [
      'Codex',
      'openai-responses',
      { 'user-agent': 'codex_exec/0.169.0', originator: 'codex_exec', 'session-id': 's-3' },
      { prompt_cache_key: 'other' },
      { session: 's-3', agent: 'codex' },
    ],
    ['Codex without its header', 'openai-responses', { originator: 'codex_exec' }, { prompt_cache_key: 's-4' }, { session: 's-4' }],
    ['Gemini CLI', 'gemini', { 'user-agent': 'GeminiCLI-tui/0.61.0' }, {}, { agent: 'gemini-cli', session: expect.any(String) }],
  ] as const)('%s', async (_, protocol, headers, body, expected) => {
    const { app, records } = kept(chaotic())
    const request = requestFor(protocol, { headers })
    const asked = new Request(request, { method: 'POST', body: JSON.stringify({ ...((await request.json()) as object), ...body }) })
    await (await app(asked)).text()
    expect(await records()).toMatchObject([expected])
  })

  test('the turns of a conversation that nobody named are one session', async () => {
    const { app, records } = kept(chaotic())
    const turns = (...said: string[]) => said.map((text, index) => ({ role: index % 2 ? 'model' : 'user', parts: [{ text }] }))
    for (const contents of [turns('Hi?'), turns('Hi?', 'Hello.', 'More'), turns('Something else')]) {
      const request = requestFor('gemini')
      await (await app(new Request(request, { method: 'POST', body: JSON.stringify({ contents }) }))).text()
    }
    const [first, second, third] = await records()
    expect(second!.session).toBe(first!.session)
    expect(third!.session).not.toBe(first!.session)
  })

  test('the tenant and the group, whoever tells them on the way', async () => {
    const inner = chaotic()
    const { app, records } = kept(async (input, init) => {
      const request = new Request(input, init)
      return inner(request)
    })
    const request = requestFor('claude')
    setTenant(request, 'alice')
    setGroup(request, 'team')
    await (await app(request)).text()
    expect(await records()).toMatchObject([{ tenant: 'alice', group: 'team' }])
  })

  test('names that clients choose are cut, and stay on one line', async () => {
    const { app, records } = kept(chaotic())
    const model = `m\n${'x'.repeat(5000)}`
    const body = JSON.stringify({ model, max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] })
    await (await app('http://client.example/v1/messages', { method: 'POST', body })).text()
    const [record] = await records()
    expect(record!.asked).toHaveLength(200)
    expect(record!.asked).not.toContain('\n')
  })
})

describe('capture', () => {
  const secret = 'sk-very-secret-value'
  const redact = (text: string) => text.replaceAll(secret, '[key]')

  test('off: nothing is kept, and nothing is listened to', async () => {
    const { app, records, store } = kept(chaotic())
    await ask(app, 'claude', { stream: true })
    const [record] = await records()
    expect(store.get(record!.id)!.bodies).toBeUndefined()
  })

  test.each([true, false])('all, stream %s: both bodies as the client has them, secrets taken out', async (stream) => {
    const { app, records, store } = kept(chaotic({ reply: { text: `The key is ${secret}.` } }), { capture: 'all', redact })
    const { text } = await ask(app, 'openai', { stream, question: `Is it ${secret}?` })
    const [record] = await records()
    const { bodies } = store.get(record!.id)!
    expect(bodies!.request).toContain('Is it [key]?')
    // A secret that the stream told in pieces is known, too.
    expect(JSON.parse(bodies!.response!)).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'The key is [key].' } }],
    })
    expect(text).not.toContain('[key]')
    expect(store.list({ text: 'key' })).toHaveLength(1)
  })

  test('errors: only those of requests that failed', async () => {
    const options = { faults: [undefined, 'server-error', { type: 'cut', at: 'content' }] } as ChaosOptions
    const { app, records, store } = kept(chaotic(options), { capture: 'errors' })
    for (let i = 0; i < 3; i++) await ask(app, 'claude', { stream: true })
    const bodies = (await records()).map(({ id }) => store.get(id)!.bodies)
    expect(bodies[0]).toBeUndefined()
    expect(bodies[1]!.response).toContain('error')
    const [whole, error] = bodies[2]!.response!.split('\n')
    expect(JSON.parse(whole!)).toMatchObject({ type: 'message', content: [{ type: 'text', text: expect.stringContaining('Hel') }] })
    expect(JSON.parse(error!)).toMatchObject({ type: 'error' })
  })

  test('what is longer is cut, and marked; a secret at the cut is not halved', async () => {
    const text = `${'x'.repeat(95)}${secret}${'y'.repeat(5000)}`
    const { app, records, store } = kept(async () => new Response(text, { headers: { 'content-type': 'application/json' } }), {
      capture: 'all',
      captureBytes: 100,
      redact,
    })
    await (await app(requestFor('claude', { question: 'q'.repeat(500) }))).text()
    const [record] = await records()
    const { bodies } = store.get(record!.id)!
    expect(bodies!.cut).toBe(true)
    expect(bodies!.response).toBe(`${'x'.repeat(95)}[key]`)
    expect(bodies!.request).toHaveLength(100)
  })

  test('a stream is not held: each piece is passed on as it comes', async () => {
    const clockless = chaotic()
    const { app } = kept(clockless, { capture: 'all' })
    const response = await app(requestFor('claude', { stream: true }))
    const reader = response.body!.getReader()
    const { value } = await reader.read()
    expect(value!.length).toBeGreaterThan(0)
    await reader.cancel()
  })
})

describe('looking on', () => {
  test('is told of what begins and what has been written', async () => {
    const { app, ledger, clock } = kept(chaotic())
    const events: LedgerEvent[] = []
    const stop = ledger.listen((event) => events.push(event))
    ledger.listen(() => {
      throw new Error('a viewer that fails')
    })
    await ask(app, 'claude')
    await turn()
    await clock.advance(100)
    expect(events.map(({ type, id }) => [type, id])).toEqual([
      ['begun', events[0]!.id],
      ['ended', events[0]!.id],
    ])
    expect(events[1]).toMatchObject({ record: { usage: { input: 10, output: 4 } } })
    stop()
    await ask(app, 'claude')
    await clock.advance(100)
    expect(events).toHaveLength(2)
  })

  test('each record once, however often the store refuses it', async () => {
    let isDown = true
    const store = storeThat(() => {
      if (isDown) throw new Error('away')
    })
    const { app, ledger, clock } = kept(chaotic(), { store })
    const ended: string[] = []
    ledger.listen((event) => event.type === 'ended' && ended.push(event.id))
    await ask(app, 'claude')
    await clock.advance(5000)
    isDown = false
    await clock.advance(5000)
    expect(ended).toHaveLength(1)
  })
})
