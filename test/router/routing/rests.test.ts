/** Fallbacks know who is down: what failed rests, as members of pools do. */
import { describe, expect, it } from 'vitest'
import { endpoint, memoryState, outcomeOf, pool, router, type Fetch, type State } from '../../../src/router/index.ts'
import { chaosProvider, virtualClock, type ChaosOptions } from '../../../src/testing/index.ts'
import { requestFor } from '../pool/client.ts'

const START = 1_800_000_000_000

function setUp(chaos: Record<string, ChaosOptions>, state?: State, clock = virtualClock(START)) {
  const made = Object.entries(chaos).map(([name, options]) => {
    const provider = chaosProvider({ clock, random: () => 0.5, ...options })
    const own = { name, protocol: 'openai', baseUrl: `https://${name}.example`, apiKey: 'k', model: `${name}-1` } as const
    return [name, { provider, fetch: endpoint({ ...own, fetch: provider, clock, random: () => 0.5, ...(state && { state }) }) }] as const
  })
  const endpoints = Object.fromEntries(made.map(([name, { fetch }]) => [name, fetch]))
  const [first, ...fallbacks] = Object.keys(chaos) as [string, ...string[]]
  const own = { clock, random: () => 0.5, ...(state && { state }) }
  const app = router({ default: { to: first, fallbacks }, models: { alone: first }, endpoints, ...own })
  const asked: string[] = []
  const get = async (to: Fetch = app, ms = 20) => {
    const asking = to(requestFor('claude'))
    await clock.advance(ms)
    const response = await asking
    await response.text()
    asked.push(
      outcomeOf(response)!
        .attempts.map((attempt) => attempt.endpoint)
        .join(' '),
    )
    return response.status
  }
  return { app, clock, get, asked, endpoints, providers: Object.fromEntries(made.map(([name, { provider }]) => [name, provider])) }
}
const last = (asked: string[]): string | undefined => asked.at(-1)

describe('a target that failed', () => {
  it('is not asked again by every request, but by one now and then, until it is well', async () => {
    const { get, asked, clock, providers } = setUp({ a: { faults: 'bad-gateway' }, b: {} })
    for (let turn = 0; turn < 20; turn++) expect(await get()).toBe(200)
    expect(asked[0]).toMatch(/^a .*b$/)
    expect(asked.slice(1).every((one) => one === 'b')).toBe(true)
    // Its rest is over: one request finds out that it is still down, and it rests longer.
    await clock.advance(15_000)
    await get()
    await get()
    expect(asked.slice(-2).map((one) => one.split(' ')[0])).toEqual(['a', 'b'])
    providers['a']!.setFaults(undefined)
    await clock.advance(120_000)
    for (let turn = 0; turn < 3; turn++) {
      await get()
      expect(last(asked)).toBe('a')
    }
  })

  it('is asked by one request at a time when its rest is over', async () => {
    const { app, get, clock, providers } = setUp({ a: { faults: 'bad-gateway' }, b: {} })
    await get()
    await clock.advance(15_000)
    providers['a']!.setFaults({ type: 'bad-gateway', afterMs: 3000 })
    const before = providers['a']!.requests.length
    const all = [1, 2, 3].map(() => app(requestFor('claude')))
    await clock.advance(5000)
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(providers['a']!.requests.length - before).toBe(1)
  })

  it('is asked all the same where nobody else is well', async () => {
    const { get, asked } = setUp({ a: { faults: 'bad-gateway' }, b: { faults: 'bad-gateway' } })
    await get()
    expect(await get(undefined, 20_000)).toBe(502)
    expect(last(asked)).toMatch(/a.*b/)
  })

  it('gives its place back to a request that goes before anything is known', async () => {
    const { app, get, asked, clock, providers } = setUp({ a: { faults: 'bad-gateway' }, b: {} })
    await get()
    await clock.advance(15_000)
    providers['a']!.setFaults('hang')
    const gone = new AbortController()
    const asking = app(requestFor('claude', { signal: gone.signal })).catch(() => undefined)
    await clock.advance(10)
    gone.abort()
    await asking
    providers['a']!.setFaults(undefined)
    await get()
    expect(last(asked)).toBe('a')
  })

  it('does not rest for a mistake of the client', async () => {
    const { get, asked } = setUp({ a: { faults: ({ index }) => (index ? undefined : 'bad-request') }, b: {} })
    expect(await get()).toBe(400)
    expect(await get()).toBe(200)
    expect(asked).toEqual(['a', 'a'])
  })

  it('is asked at once where somebody says that it is well', async () => {
    const clock = virtualClock(START)
    const { get, asked, endpoints } = setUp(
      { a: { faults: ({ index }) => (index ? undefined : 'bad-gateway') }, b: {} },
      memoryState({ clock }),
      clock,
    )
    await get()
    await endpoints['a']!.keys.clear()
    await get()
    expect(asked).toEqual(['a b', 'a'])
  })

  it('rests in pools, too, where they share a state', async () => {
    const clock = virtualClock(START)
    const state = memoryState({ clock })
    const { get, asked, endpoints } = setUp({ a: { faults: 'bad-gateway' }, b: {} }, state, clock)
    await get()
    await get(pool([endpoints['a']!, endpoints['b']!], { clock, state }))
    expect(last(asked)).toBe('b')
  })
})
