import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBalancer, type Balancer, type Candidate, type Strategy } from '../../../src/router/pool/balance.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { seededRandom } from '../../../src/testing/random.ts'

const ALL: Strategy[] = [
  'priority',
  'round_robin',
  'weighted_round_robin',
  'random',
  'weighted_random',
  'least_connections',
  'fastest',
  'cheapest',
]
const member = (name: string, more: Partial<Candidate> = {}): Candidate => ({ name, weight: 1, priority: 0, ...more })
const names = (order: readonly Candidate[]): string => order.map(({ name }) => name).join('')
const setUp = (strategy: Strategy, seed = 1) => {
  const clock = virtualClock(1_000_000)
  return { clock, balancer: createBalancer(strategy, { clock, random: seededRandom(seed) }) }
}
/** Who comes first, so many times. */
function shares(balancer: Balancer, candidates: readonly Candidate[], times: number): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let i = 0; i < times; i++) {
    const { name } = balancer.order(candidates)[0]!
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

const aCandidate = fc.record({
  weight: fc.integer({ min: 0, max: 9 }),
  priority: fc.integer({ min: 0, max: 2 }),
  price: fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: undefined }),
})
const candidatesOf = (list: { weight: number; priority: number; price?: number | undefined }[]): Candidate[] =>
  list.map(({ price, ...each }, index) => ({ name: `m${index}`, ...each, ...(price !== undefined && { price }) }))

describe('every strategy', () => {
  test('gives each candidate once, the weightless last, then by priority, whatever happened before', () => {
    const step = fc.tuple(fc.constantFrom('order', 'started', 'answered', 'failed', 'ended'), fc.nat(7), fc.nat(5000))
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        fc.array(aCandidate, { maxLength: 8 }),
        fc.array(step, { maxLength: 40 }),
        fc.nat(),
        (strategy, list, steps, seed) => {
          const candidates = candidatesOf(list)
          const { balancer } = setUp(strategy, seed)
          for (const [what, index, ms] of steps) {
            const name = `m${index}`
            if (what === 'order') balancer.order(candidates.filter((_, i) => (ms >> i) % 2))
            if (what === 'started') balancer.started(name)
            if (what === 'answered') balancer.answered(name, ms)
            if (what === 'failed') balancer.finished(name, { ok: false })
            if (what === 'ended') balancer.finished(name, { ok: true, ms })
          }
          const order = balancer.order(candidates)
          expect(order.map(({ name }) => name).sort()).toEqual(candidates.map(({ name }) => name))
          const places = order.map(({ weight, priority }) => (weight > 0 ? 0 : 10) + priority)
          expect(places).toEqual([...places].sort((a, b) => a - b))
        },
      ),
    )
  })

  test('gives the same order again from the same seed', () => {
    for (const strategy of ALL) {
      const candidates = ['a', 'b', 'c', 'd'].map((name, index) => member(name, { weight: index + 1 }))
      const run = () => {
        const { balancer } = setUp(strategy, 7)
        return Array.from({ length: 20 }, () => names(balancer.order(candidates)))
      }
      expect(run()).toEqual(run())
    }
  })

  test('puts a better rank before priority, but weight 0 still last', () => {
    for (const strategy of ALL) {
      const { balancer } = setUp(strategy)
      const candidates = [member('a'), member('b', { priority: 1 }), member('c', { priority: 2 }), member('z', { weight: 0 })]
      expect(names(balancer.order(candidates, ({ name }) => 'czba'.indexOf(name)))).toBe('cbaz')
    }
  })

  test('refuses an unknown strategy by name', () => {
    expect(() => setUp('luck' as Strategy)).toThrow('pool: unknown strategy "luck". Known: priority, round_robin')
  })
})

describe('priority', () => {
  test('keeps the configured order among equals', () => {
    const { balancer } = setUp('priority')
    const candidates = [member('a', { priority: 1 }), member('b'), member('c'), member('d', { priority: 1 })]
    for (let i = 0; i < 3; i++) expect(names(balancer.order(candidates))).toBe('bcad')
  })
})

describe('round_robin', () => {
  test('takes turns', () => {
    const { balancer } = setUp('round_robin')
    const candidates = [member('a'), member('b'), member('c')]
    expect(Array.from({ length: 7 }, () => names(balancer.order(candidates)))).toEqual(['abc', 'bca', 'cab', 'abc', 'bca', 'cab', 'abc'])
  })

  test('owes nothing to a member that was away: it has one turn, not all those it missed', () => {
    const { balancer } = setUp('round_robin')
    const [a, b, c] = [member('a'), member('b'), member('c')]
    shares(balancer, [a, b, c], 30)
    shares(balancer, [a, b], 50)
    expect(shares(balancer, [a, b, c], 6)).toEqual({ a: 2, b: 2, c: 2 })
  })

  test('counts a session that stays as a turn, so that new sessions go to the others', () => {
    const { balancer } = setUp('round_robin')
    const candidates = [member('a'), member('b')]
    const fresh: string[] = []
    for (let i = 0; i < 10; i++) {
      balancer.order(candidates, ({ name }) => (name === 'a' ? 0 : 1))
      fresh.push(balancer.order(candidates)[0]!.name)
    }
    expect(new Set(fresh)).toEqual(new Set(['b']))
  })
})

describe('weighted_round_robin', () => {
  test('is smooth, as nginx documents it: 5, 1, 1', () => {
    const { balancer } = setUp('weighted_round_robin')
    const candidates = [member('a', { weight: 5 }), member('b'), member('c')]
    expect(Array.from({ length: 14 }, () => balancer.order(candidates)[0]!.name).join('')).toBe('aabacaaaabacaa')
  })

  test('gives exactly the shares of the weights over each round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const candidates = weights.map((weight, index) => member(`m${index}`, { weight }))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const { balancer } = setUp('weighted_round_robin')
        for (let round = 0; round < 3; round++)
          expect(shares(balancer, candidates, total)).toEqual(Object.fromEntries(weights.map((weight, index) => [`m${index}`, weight])))
      }),
    )
  })

  test('does not drift when candidates vanish and come back', () => {
    const away = fc.array(fc.tuple(fc.nat(62), fc.integer({ min: 1, max: 30 })), { maxLength: 10 })
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 6 }), away, (weights, absences) => {
        const candidates = weights.map((weight, index) => member(`m${index}`, { weight }))
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const { balancer } = setUp('weighted_round_robin')
        for (const [mask, times] of absences) {
          const there = candidates.filter((_, i) => !((mask >> i) % 2))
          if (there.length) shares(balancer, there, times)
        }
        // Whatever is still owed is less than two rounds.
        const counts = shares(balancer, candidates, 10 * total)
        weights.forEach((weight, index) => expect(Math.abs((counts[`m${index}`] ?? 0) - 10 * weight)).toBeLessThan(2 * total))
      }),
    )
  })

  test('does not pay for hours for a session that stayed with one member', () => {
    const { balancer } = setUp('weighted_round_robin')
    const candidates = [member('a'), member('b')]
    for (let i = 0; i < 1000; i++) balancer.order(candidates, ({ name }) => (name === 'a' ? 0 : 1))
    const { a = 0, b = 0 } = shares(balancer, candidates, 20)
    expect(a + b).toBe(20)
    expect(b - a).toBeLessThanOrEqual(4)
  })
})

describe('random and weighted_random', () => {
  test('share evenly, or by weight', () => {
    const candidates = [member('a', { weight: 1 }), member('b', { weight: 3 }), member('c', { weight: 6 })]
    const even = shares(setUp('random').balancer, candidates, 6000)
    for (const name of 'abc') expect(even[name]! / 6000).toBeCloseTo(1 / 3, 1)
    const weighted = shares(setUp('weighted_random').balancer, candidates, 6000)
    expect(weighted.a! / 6000).toBeCloseTo(0.1, 1)
    expect(weighted.b! / 6000).toBeCloseTo(0.3, 1)
    expect(weighted.c! / 6000).toBeCloseTo(0.6, 1)
  })

  test('fail over by weight as well', () => {
    const { balancer } = setUp('weighted_random')
    const candidates = [member('a', { weight: 1000 }), member('b', { weight: 1 }), member('c', { weight: 9 })]
    const seconds = Array.from({ length: 3000 }, () => balancer.order(candidates).find(({ name }) => name !== 'a')!.name)
    expect(seconds.filter((name) => name === 'c').length / 3000).toBeCloseTo(0.9, 1)
  })
})

describe('least_connections', () => {
  test('goes to the one with the fewest requests under way for its weight', () => {
    const { balancer } = setUp('least_connections')
    const candidates = [member('a', { weight: 3 }), member('b', { weight: 1 })]
    for (let i = 0; i < 40; i++) balancer.started(balancer.order(candidates)[0]!.name)
    expect(balancer.show()).toEqual([
      { name: 'a', inFlight: 30, chosen: 30 },
      { name: 'b', inFlight: 10, chosen: 10 },
    ])
    for (let i = 0; i < 30; i++) balancer.finished('a', { ok: true })
    expect(names(balancer.order(candidates))).toBe('ab')
  })

  test('spreads requests that choose before any of them has started', () => {
    const { balancer } = setUp('least_connections')
    balancer.started('b')
    expect(shares(balancer, [member('a'), member('b'), member('c')], 8)).toEqual({ a: 3, b: 2, c: 3 })
  })

  test('forgets a choice that led to no request', async () => {
    const { balancer, clock } = setUp('least_connections')
    const candidates = [member('a'), member('b')]
    for (let i = 0; i < 5; i++) balancer.order(candidates, ({ name }) => (name === 'a' ? 0 : 1))
    balancer.started('b')
    expect(names(balancer.order(candidates))).toBe('ba')
    await clock.advance(501)
    expect(names(balancer.order(candidates))).toBe('ab')
  })
})

describe('fastest', () => {
  const two = [member('a'), member('b')]

  test('prefers the faster of two, and the busier one less', () => {
    const { balancer } = setUp('fastest')
    balancer.answered('a', 300)
    balancer.answered('b', 400)
    expect(names(balancer.order(two))).toBe('ab')
    balancer.started('a')
    expect(names(balancer.order(two))).toBe('ba')
  })

  test('believes bad news at once and forgets it with time', async () => {
    const { balancer, clock } = setUp('fastest')
    balancer.answered('a', 300)
    balancer.answered('b', 400)
    balancer.finished('a', { ok: true, ms: 4000 })
    expect(balancer.show()[0]!.latencyMs).toBe(4000)
    balancer.finished('a', { ok: true, ms: 300 })
    expect(balancer.show()[0]!.latencyMs).toBe(4000)
    await clock.advance(240_000)
    balancer.finished('a', { ok: true, ms: 300 })
    // A seventh of the old value is left, the rest is new.
    expect(balancer.show()[0]!.latencyMs).toBeGreaterThan(541)
    expect(balancer.show()[0]!.latencyMs).toBeLessThan(805)
  })

  test('does not take a fast failure for a fast answer', async () => {
    const { balancer, clock } = setUp('fastest')
    balancer.answered('a', 100)
    balancer.answered('b', 2000)
    balancer.started('a')
    balancer.finished('a', { ok: false, ms: 1 })
    expect(balancer.order(two)[0]!.name).toBe('b')
    for (let i = 0; i < 50; i++) balancer.finished('a', { ok: false })
    expect(balancer.show()[0]!.latencyMs).toBe(60_000)
    await clock.advance(600_000)
    expect(balancer.show()[0]!.latencyMs).toBeLessThan(1000)
  })

  test('says nothing of a request that ended undecided', () => {
    const { balancer } = setUp('fastest')
    balancer.started('a')
    balancer.finished('a', { ok: true })
    expect(balancer.show()).toEqual([{ name: 'a', inFlight: 0, chosen: 0 }])
  })

  test('tries an unknown member soon, but one request at a time', () => {
    const { balancer } = setUp('fastest')
    const candidates = ['a', 'b', 'c', 'new'].map((name) => member(name))
    for (const name of 'abc') balancer.answered(name, 500)
    const chosen: string[] = []
    for (let i = 0; i < 20; i++) {
      const { name } = balancer.order(candidates)[0]!
      balancer.started(name)
      chosen.push(name)
    }
    expect(chosen.filter((name) => name === 'new')).toHaveLength(1)
  })

  test('gets most of the work to the fast ones without a herd', async () => {
    const { balancer, clock } = setUp('fastest')
    const speed: Record<string, number> = { a: 200, b: 220, c: 2500, d: 240 }
    const candidates = Object.keys(speed).map((name) => member(name))
    const counts: Record<string, number> = {}
    for (let i = 0; i < 400; i++) {
      const { name } = balancer.order(candidates)[0]!
      balancer.started(name)
      counts[name] = (counts[name] ?? 0) + 1
      clock.after(speed[name]!, () => balancer.finished(name, { ok: true, ms: speed[name]! }))
      if (i % 10 === 9) await clock.advance(500)
    }
    expect(counts.c!).toBeLessThan(20)
    for (const name of ['a', 'b', 'd']) expect(counts[name]!).toBeGreaterThan(90)
  })
})

describe('cheapest', () => {
  test('orders by price, unknown prices last, and takes turns among equals', () => {
    const { balancer } = setUp('cheapest')
    const candidates = [member('x'), member('a', { price: 0.2 }), member('b', { price: 0.1 }), member('c', { price: 0.1 })]
    expect(names(balancer.order(candidates))).toBe('bcax')
    expect(names(balancer.order(candidates))).toBe('cbax')
    expect(names(balancer.order(candidates))).toBe('bcax')
  })
})
