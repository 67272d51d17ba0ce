import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint, explain, outcomeOf, pool, router, type Fetch, type HealthOptions, type PoolOptions } from '../../../src/router/index.ts'
import { chaosProvider, seededRandom, virtualClock } from '../../../src/testing/index.ts'
import { ask, requestFor } from './client.ts'

interface Upstream {
  /** What its list of models answers; a function may wait, or throw. */
  list?: (signal: AbortSignal) => Promise<Response> | Response
  protocol?: ProtocolName
  baseUrl?: string
}

/** A pool of providers that tell what was asked of their list of models. */
function setUp(upstreams: Record<string, Upstream>, health: Partial<HealthOptions> = {}, options: PoolOptions = {}) {
  const clock = virtualClock(1_800_000_000_000)
  const random = seededRandom(2)
  const listed: { name: string; url: string; headers: Headers; at: number }[] = []
  const providers = new Map(Object.keys(upstreams).map((name) => [name, chaosProvider({ clock, random })]))
  const members = Object.entries(upstreams).map(([name, { list, protocol = 'openai', baseUrl = `https://${name}.example/v1` }]) => {
    const fetch: Fetch = async (input, init) => {
      if (init?.method === 'POST') return providers.get(name)!(input, init)
      listed.push({ name, url: input instanceof Request ? input.url : String(input), headers: new Headers(init?.headers), at: clock.now() })
      return list ? list(init!.signal!) : new Response('{}')
    }
    return endpoint({ name, protocol, baseUrl, apiKey: `${name}-key`, model: 'm', fetch, clock, random })
  })
  const main = pool(members, { clock, random, affinity: false, health: { everyMs: 30_000, ...health }, ...options })
  const stop = new AbortController()
  const who = async () => outcomeOf((await ask(main, 'claude')).response)?.endpoint
  return { main, clock, random, listed, providers, stop, who, watch: () => main.watch(stop.signal) }
}
const down = () => new Response('', { status: 503 })

describe('health checks', () => {
  it('ask nothing before somebody wants to know, and nothing after', async () => {
    const { clock, listed, stop, watch, main } = setUp({ a: {}, b: {} })
    await clock.advance(100_000)
    expect([listed.length, clock.waiting]).toEqual([0, 0])
    watch()
    await clock.advance(60_000)
    expect(listed.map(({ name }) => name)).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
    expect((await main.show())[0]!.health).toEqual({ up: true, at: clock.now() })
    stop.abort()
    await clock.advance(100_000)
    expect([listed.length, clock.waiting]).toEqual([6, 0])
    expect((await main.show())[0]!.health).toBeUndefined()
  })

  it.each<[ProtocolName, string, string, string]>([
    ['claude', 'https://a.example', 'https://a.example/v1/models', 'x-api-key'],
    ['openai', 'https://a.example/v1', 'https://a.example/v1/models', 'authorization'],
    ['openai', 'https://a.example/api/v4/chat/completions', 'https://a.example/api/v4/models', 'authorization'],
    ['openai-responses', 'https://a.example/v1', 'https://a.example/v1/models', 'authorization'],
    ['gemini', 'https://a.example', 'https://a.example/v1beta/models', 'x-goog-api-key'],
  ])('ask %s at %s for its list of models with its own key', async (protocol, baseUrl, url, header) => {
    const { clock, listed, stop, watch } = setUp({ a: { protocol, baseUrl } })
    watch()
    await clock.advance(0)
    stop.abort()
    expect(listed[0]!.url).toBe(url)
    expect(listed[0]!.headers.get(header)).toContain('a-key')
  })

  it('keep requests from a member that is down, until it is up again', async () => {
    let list = down
    const { clock, main, watch, who, stop, providers } = setUp({ a: { list: () => list() }, b: {} })
    watch()
    await clock.advance(0)
    // Once may be chance.
    expect(await who()).toBe('a')
    await clock.advance(30_000)
    expect(await who()).toBe('b')
    expect((await main.show())[0]!.health).toMatchObject({ up: false, why: expect.stringContaining('503') as string })
    const { candidates } = await explain(main, requestFor('claude'))
    expect(candidates!.map(({ name, skipped }) => [name, skipped])).toEqual([
      ['b', undefined],
      ['a', expect.stringContaining('its health check failed')],
    ])
    list = () => new Response('{}')
    await clock.advance(30_000)
    expect(await who()).toBe('a')
    expect(providers.get('a')!.requests).toHaveLength(2)
    stop.abort()
  })

  it.each<[string, Upstream['list'], boolean]>([
    ['has no list', () => new Response('', { status: 404 }), true],
    ['does not like the key', () => new Response('', { status: 401 }), true],
    ['asks to come back later', () => new Response('', { status: 429 }), true],
    ['fails', () => new Response('', { status: 500 }), false],
    ['is overloaded', () => new Response('', { status: 529 }), false],
    ['refuses connections', () => Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })), false],
    [
      'says nothing',
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })),
      false,
    ],
  ])('take a provider that %s for what it is', async (_, list, up) => {
    const { clock, main, watch, stop } = setUp({ a: { list: list! }, b: {} }, { failures: 1, timeoutMs: 5000 })
    watch()
    await clock.advance(6000)
    expect((await main.show())[0]!.health!.up).toBe(up)
    stop.abort()
    expect(clock.waiting).toBe(0)
  })

  it('do not keep requests from the only member, nor from the last ones', async () => {
    for (const upstreams of [{ a: { list: down } }, { a: { list: down }, b: { list: down } }] as Record<string, Upstream>[]) {
      const { clock, watch, who, stop } = setUp(upstreams, { failures: 1, everyMs: 60_000 })
      watch()
      await clock.advance(0)
      expect(await who()).toBe('a')
      stop.abort()
    }
  })

  it('leave a member alone that is switched off, and fetches that cannot be asked', async () => {
    const { clock, main, watch, listed, stop } = setUp({ a: {}, b: {} })
    main.disable('a')
    watch()
    await clock.advance(0)
    expect(listed.map(({ name }) => name)).toEqual(['b'])
    stop.abort()
    const mixed = pool([{ fetch: chaosProvider(), name: 'mine' }], { clock, health: { everyMs: 1000 } })
    const stopMixed = new AbortController()
    mixed.watch(stopMixed.signal)
    await clock.advance(0)
    expect((await mixed.show())[0]!.health).toBeUndefined()
    stopMixed.abort()
  })

  it('reach the endpoint behind a router that has one', async () => {
    const { clock, random, listed, stop } = setUp({ b: {} })
    const fetch: Fetch = () => {
      listed.push({ name: 'a', url: '', headers: new Headers(), at: 0 })
      return Promise.resolve(new Response('{}'))
    }
    const plain = endpoint({ protocol: 'openai', baseUrl: 'https://a.example', fetch, clock, random })
    pool([router({ default: { to: plain, model: 'n' } })], { clock, health: { everyMs: 1000 } }).watch(stop.signal)
    await clock.advance(0)
    expect(listed).toHaveLength(1)
    stop.abort()
  })

  it('do not begin for a signal that has aborted, nor with times that cannot be', async () => {
    const { clock, main, listed, stop } = setUp({ a: {} })
    stop.abort()
    main.watch(stop.signal)
    await clock.advance(100_000)
    expect(listed).toHaveLength(0)
    expect(() => setUp({ a: {} }, { everyMs: 0 })).toThrow('health.everyMs')
  })
})

describe('checks that ask for a token', () => {
  it('go the way of every request, and bring a member back whose breaker has opened', async () => {
    const { clock, main, watch, providers, who, stop } = setUp(
      { a: {}, b: {} },
      { ask: 'message', model: 'small', everyMs: 10_000 },
      { breaker: { kind: 'consecutive', failures: 2, recoveryMs: 30_000 } },
    )
    const first = providers.get('a')!
    first.setFaults('server-error')
    watch()
    await clock.advance(15_000)
    expect(first.requests.map(({ body }) => [body.model, body.max_tokens ?? body.max_completion_tokens])).toEqual(
      first.requests.map(() => ['m', 1]),
    )
    expect((await main.show())[0]).toMatchObject({ breaker: { state: 'open' }, health: { up: false } })
    const before = first.requests.length
    // Nobody asks while it is open.
    await clock.advance(20_000)
    expect(first.requests).toHaveLength(before)
    first.setFaults(undefined)
    await clock.advance(10_000)
    expect((await main.show())[0]).toMatchObject({ health: { up: true } })
    expect(first.requests).toHaveLength(before + 1)
    expect(await who()).toBe('a')
    stop.abort()
    expect(clock.waiting).toBe(0)
  })

  it('ask any fetch', async () => {
    const clock = virtualClock()
    const provider = chaosProvider({ clock, faults: 'server-error' })
    const main = pool([{ fetch: provider, name: 'mine' }], {
      clock,
      health: { everyMs: 1000, ask: 'message', model: 'small', failures: 1 },
    })
    const stop = new AbortController()
    main.watch(stop.signal)
    await clock.advance(0)
    expect(provider.requests[0]!.body.model).toBe('small')
    expect((await main.show())[0]!.health).toMatchObject({ up: false })
    stop.abort()
  })
})
