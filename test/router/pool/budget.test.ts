import { describe, expect, it } from 'vitest'
import { endpoint, outcomeOf, pool, type EndpointOptions, type PoolOptions } from '../../../src/router/index.ts'
import { chaosProvider, virtualClock, type ChaosOptions } from '../../../src/testing/index.ts'
import { ask, requestFor } from './client.ts'

const START = 1_800_000_000_000

function setUp(members: Record<string, ChaosOptions & { endpoint?: Partial<EndpointOptions> }>, options: PoolOptions = {}) {
  const clock = virtualClock(START)
  const random = () => 0.5
  const calls: string[] = []
  const made = Object.entries(members).map(([name, { endpoint: more, faults, ...chaos }]) => {
    const provider = chaosProvider({ clock, random, ...chaos, ...(faults !== undefined && { faults }) })
    const fetch: typeof provider = Object.assign((...args: Parameters<typeof provider>) => {
      calls.push(`${name} at ${clock.now() - START}`)
      return provider(...args)
    }, provider)
    return endpoint({ name, protocol: 'openai', baseUrl: `https://${name}.example`, apiKey: 'k', fetch, clock, random, ...more })
  })
  const main = pool(made, { clock, random, affinity: false, ...options })
  const get = async (ms = 600_000, request = requestFor('claude')) => {
    const asked = ask(() => main(request), 'claude')
    await clock.advance(ms)
    return (await asked).response
  }
  return { main, clock, calls, get, made }
}

describe('one budget', () => {
  it('ends with its attempts', async () => {
    const { get, calls } = setUp({ a: { faults: 'server-error' }, b: { faults: 'server-error' } }, { retry: { attempts: 3 } })
    expect((await get()).status).toBe(500)
    expect(calls).toEqual(['a at 0', 'b at 0', 'a at 250'])
  })

  it('has as many attempts as there are members, times what is said', async () => {
    const faults = { faults: 'server-error' } as const
    for (const attemptsPerMember of [1, 2]) {
      const { get, calls } = setUp({ a: faults, b: faults, c: faults }, { retry: { attemptsPerMember } })
      await get()
      expect(calls).toHaveLength(3 * attemptsPerMember)
    }
  })

  it('begins nothing after its deadline', async () => {
    const slow = { faults: { type: 'server-error', afterMs: 4000 } } as const
    const { get, calls } = setUp({ a: slow, b: slow, c: slow }, { retry: { deadlineMs: 7000 } })
    expect((await get()).status).toBe(500)
    expect(calls).toEqual(['a at 0', 'b at 4000'])
  })

  it('waits no longer than it may, all waits together', async () => {
    const limited = { faults: { type: 'rate-limit', seconds: 8 } } as const
    for (const [waitMs, asked] of [
      [5000, 1],
      [10_000, 2],
    ] as const) {
      const { get, calls } = setUp({ a: limited }, { retry: { waitMs } })
      const response = await get()
      expect([response.status, calls.length]).toEqual([429, asked])
      expect(response.headers.get('retry-after')).toBe('8')
    }
  })

  it('costs no more than it may', async () => {
    const dear = { faults: 'server-error', endpoint: { price: { input: 1000, output: 1000 } } } as const
    const { get, calls } = setUp({ a: dear, b: dear, c: dear }, { retry: { cost: 0.000001 } })
    expect((await get()).status).toBe(500)
    // The first attempt is what was asked for, whatever it costs.
    expect(calls).toEqual(['a at 0'])
    const enough = setUp({ a: dear, b: dear, c: {} }, { retry: { cost: 1000 } })
    expect((await enough.get()).status).toBe(200)
  })

  it('leaves the first attempt alone where there is not enough left to ask a second member meanwhile', async () => {
    const price = { input: 1000, output: 1000 }
    for (const [cost, served] of [
      [0.000001, ['a at 0']],
      [1000, ['a at 0', 'b at 2000']],
    ] as const) {
      const slow = { latencyMs: 5000 }
      const { get, calls } = setUp(
        { a: slow, b: { ...slow, endpoint: { price } } },
        { retry: { cost }, hedge: { afterMs: 2000, share: 1 } },
      )
      expect((await get()).status).toBe(200)
      expect(calls).toEqual(served)
    }
  })

  it('and goes on with it where a second member, a fetch of any origin, cannot be asked', async () => {
    const clock = virtualClock(START)
    const price = { input: 1000, output: 1000 }
    const member = (name: string) => ({ name, fetch: chaosProvider({ clock, latencyMs: 5000 }) })
    const main = pool([member('a'), { ...member('b'), price }], { clock, retry: { cost: 0.000001 }, hedge: { afterMs: 2000, share: 1 } })
    const asked = ask(main, 'openai')
    await clock.advance(10_000)
    expect((await asked).response.status).toBe(200)
  })

  it('tries again what may have been billed only where that is allowed', async () => {
    for (const ambiguous of [false, true]) {
      const { get, calls } = setUp({ a: { faults: 'reset' } }, { retry: { ambiguous } })
      await get()
      expect(calls.length > 1).toBe(ambiguous)
    }
  })

  it('asks another member after a refusal by policy only where that is wanted', async () => {
    for (const contentPolicy of [false, true]) {
      const { get } = setUp({ a: { faults: 'content-policy' }, b: {} }, { retry: { contentPolicy } })
      expect((await get()).status).toBe(contentPolicy ? 200 : 400)
    }
  })
})

describe('who is asked after a failure', () => {
  it('members of other providers, where one is overloaded', async () => {
    const provider = (name: string) => ({ provider: name })
    const { get, calls } = setUp({
      a: { faults: 'overloaded', endpoint: provider('x') },
      b: { endpoint: provider('x') },
      c: { endpoint: provider('y') },
    })
    await get()
    expect(calls).toEqual(['a at 0', 'c at 0'])
  })

  it('nobody twice who was silent until the time ran out', async () => {
    const silent = { faults: 'hang', endpoint: { timeouts: { headersMs: 1000 } } } as const
    const { get, calls } = setUp({ a: silent, b: silent })
    expect((await get()).status).toBe(504)
    expect(calls).toEqual(['a at 0', 'b at 1000'])
  })

  it('the only member, however often it failed before', async () => {
    const { get, calls } = setUp(
      { a: { faults: 'server-error' } },
      { breaker: { kind: 'consecutive', failures: 1 }, retry: { attempts: 1 } },
    )
    for (let times = 0; times < 20; times++) await get(10)
    expect(calls).toHaveLength(20)
  })

  it('and a client that goes while it waits ends it there', async () => {
    const { main, clock, calls } = setUp({ a: { faults: { type: 'rate-limit', seconds: 8 } } })
    const stop = new AbortController()
    const asked = main(requestFor('claude', { signal: stop.signal })).catch((error: unknown) => error)
    await clock.advance(1000)
    stop.abort(new DOMException('gone', 'AbortError'))
    expect(await asked).toMatchObject({ name: 'AbortError' })
    await clock.advance(60_000)
    expect([calls.length, clock.waiting]).toEqual([1, 0])
  })

  it('and neither clients that go nor callers that err open a breaker', async () => {
    const { main, clock, get } = setUp(
      { a: { faults: ({ index }) => (index < 10 ? 'bad-request' : index < 20 ? 'hang' : undefined) }, b: {} },
      { breaker: { kind: 'consecutive', failures: 1 } },
    )
    for (let times = 0; times < 10; times++) expect((await get(10)).status).toBe(400)
    for (let times = 0; times < 10; times++) {
      const stop = new AbortController()
      const asked = main(requestFor('claude', { signal: stop.signal })).catch(() => undefined)
      await clock.advance(10)
      stop.abort()
      await asked
    }
    expect((await main.show())[0]!.breaker).toBeUndefined()
    expect(outcomeOf(await get(10))!.endpoint).toBe('a')
  })
})
