import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/budgets/memory-store.ts'
import { type BudgetStore, type Claim } from '../../../src/accounts/budgets/store.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const stores: [string, (clock: Clock) => BudgetStore | Promise<BudgetStore>][] = [
  ['memory', (clock) => memoryBudgets({ clock })],
  ['SQLite', (clock) => openSqliteBudgets(':memory:', { clock })],
]

const DAY = 86_400_000
const claim = (name: string, amount: bigint, limit?: bigint, more: Partial<Claim> = {}): Claim => ({
  name,
  from: 0,
  until: Infinity,
  unit: 'usd',
  amount,
  ...(limit !== undefined && { limit }),
  ...more,
})
const counter = (name: string) => ({ name, from: 0, until: Infinity })

describe.each(stores)('budgets in %s', (_, open) => {
  const setUp = async () => {
    const clock = virtualClock(1_000_000)
    const store = await open(clock)
    return { clock, store, stands: async (name: string) => (await store.tallies([counter(name)]))[0]! }
  }

  test('take from all counters at once, or from none', async () => {
    const { store, stands } = await setUp()
    expect(await store.reserve('a', [claim('key', 60n, 100n), claim('all', 60n, 200n)], 2e6)).toEqual({
      taken: true,
      tallies: [
        { spent: 0n, held: 60n },
        { spent: 0n, held: 60n },
      ],
    })
    expect(await store.reserve('b', [claim('all', 60n, 200n), claim('key', 60n, 60n)], 2e6)).toMatchObject({ taken: false })
    expect(await stands('all')).toEqual({ spent: 0n, held: 60n })
  })

  test('refuse where nothing is left, so that a limit is gone over by one at most', async () => {
    const { store } = await setUp()
    const taken = []
    for (let i = 0; i < 5; i++) taken.push((await store.reserve(`r${i}`, [claim('key', 40n, 100n)], 2e6)).taken)
    expect(taken).toEqual([true, true, true, false, false])
    // What ends for less makes room, and what is held over the limit keeps that room from others.
    await store.settle('r0', { usd: 30n })
    expect((await store.reserve('r5', [claim('key', 1n, 100n)], 2e6)).taken).toBe(false)
    await store.settle('r1', { usd: 20n })
    expect((await store.reserve('r6', [claim('key', 1n, 100n)], 2e6)).taken).toBe(true)
  })

  test('never take from a limit of nothing, and always from what is only counted', async () => {
    const { store } = await setUp()
    expect((await store.reserve('a', [claim('key', 0n, 0n)], 2e6)).taken).toBe(false)
    expect((await store.reserve('b', [claim('key', 10n ** 18n)], 2e6)).taken).toBe(true)
  })

  test('take nothing less than nothing, except seats that nothing bounds', async () => {
    const { store, stands } = await setUp()
    await store.reserve('a', [claim('key', 5n, 10n)], 2e6)
    await expect((async () => store.reserve('b', [claim('key', -5n, 10n)], 2e6))()).rejects.toThrow('less than nothing')
    await expect((async () => store.reserve('c', [claim('key', -5n, 10n, { seat: true })], 2e6))()).rejects.toThrow('less than nothing')
    expect(await stands('key')).toEqual({ spent: 0n, held: 5n })
    expect(await store.reserve('d', [claim('seats', -5n, undefined, { seat: true })], 2e6)).toMatchObject({ taken: true })
  })

  test('still tell how they stand where sums are larger than 64 bits hold', async () => {
    const { store, stands } = await setUp()
    for (const id of ['a', 'b', 'c']) await store.reserve(id, [claim('key', 2n ** 62n)], 2e6)
    expect((await stands('key')).held).toBeGreaterThan(2n ** 62n)
    expect((await store.reserve('d', [claim('key', 1n, 10n)], 2e6)).taken).toBe(false)
  })

  test('keep amounts of money to the last picodollar', async () => {
    const { store, stands } = await setUp()
    const most = 1_000_000n * 10n ** 12n
    await store.reserve('a', [claim('key', most - 1n, most)], 2e6)
    await store.settle('a', { usd: most - 3n })
    expect(await stands('key')).toEqual({ spent: most - 3n, held: 0n })
  })

  test('settle by unit, once; what is not told as it was taken', async () => {
    const { store, stands } = await setUp()
    const claims = [claim('usd', 50n), claim('tokens', 70n, undefined, { unit: 'tokens' }), claim('requests', 1n, 9n, { unit: 'requests' })]
    await store.reserve('a', claims, 2e6)
    for (let twice = 0; twice < 2; twice++) await store.settle('a', { usd: 5n, tokens: 0n })
    expect([await stands('usd'), await stands('tokens'), await stands('requests')]).toEqual([
      { spent: 5n, held: 0n },
      { spent: 0n, held: 0n },
      { spent: 1n, held: 0n },
    ])
    await store.reserve('b', claims, 2e6)
    await store.release('b')
    await store.settle('b', { usd: 99n })
    expect(await stands('usd')).toEqual({ spent: 5n, held: 0n })
    expect(await stands('requests')).toEqual({ spent: 1n, held: 0n })
  })

  test('take the same id once', async () => {
    const { store, stands } = await setUp()
    for (let twice = 0; twice < 2; twice++)
      expect(await store.reserve('a', [claim('key', 60n, 60n)], 2e6)).toEqual({ taken: true, tallies: [{ spent: 0n, held: 60n }] })
    expect(await stands('key')).toEqual({ spent: 0n, held: 60n })
  })

  test('charge what lapses with what was taken, and free its seats', async () => {
    const { clock, store, stands } = await setUp()
    const seat = claim('seats', 1n, 1n, { unit: 'streams', seat: true })
    await store.reserve('dead', [claim('key', 60n, 100n), seat], clock.now() + 60_000)
    await store.reserve('alive', [claim('key', 10n, 100n)], clock.now() + 60_000)
    await clock.advance(40_000)
    await store.renew(['alive', 'unknown'], clock.now() + 60_000)
    expect((await store.reserve('next', [seat], clock.now() + 60_000)).taken).toBe(false)
    await clock.advance(20_000)
    // Nobody has to sweep: a store looks before it refuses.
    expect((await store.reserve('next', [seat], clock.now() + 60_000)).taken).toBe(true)
    expect(await stands('key')).toEqual({ spent: 60n, held: 10n })
    expect(await stands('seats')).toEqual({ spent: 0n, held: 1n })
    expect(await store.sweep()).toBe(0)
  })

  test('settle and renew what has lapsed: its process had only slept', async () => {
    const { clock, store, stands } = await setUp()
    await store.reserve('a', [claim('key', 60n, 100n), claim('seats', 1n, 1n, { seat: true })], clock.now() + 1000)
    await store.reserve('b', [claim('key', 30n, 100n)], clock.now() + 1000)
    await clock.advance(2000)
    expect(await store.sweep()).toBe(2)
    expect(await stands('key')).toEqual({ spent: 90n, held: 0n })
    await store.settle('a', { usd: 7n })
    expect(await stands('key')).toEqual({ spent: 37n, held: 0n })
    expect(await stands('seats')).toEqual({ spent: 0n, held: 0n })
    await store.renew(['b'], clock.now() + 1000)
    expect(await stands('key')).toEqual({ spent: 7n, held: 30n })
    await store.settle('b', { usd: 1n })
    expect(await stands('key')).toEqual({ spent: 8n, held: 0n })
  })

  test('forget seats that lapse', async () => {
    const { clock, store, stands } = await setUp()
    const seat = claim('minute', 1n, 1n, { seat: true })
    await store.reserve('a', [seat], clock.now() + 60_000)
    await clock.advance(60_000)
    expect(await store.sweep()).toBe(1)
    await store.renew(['a'], clock.now() + 60_000)
    expect(await stands('minute')).toEqual({ spent: 0n, held: 0n })
  })

  test('forget seats that were taken before the clock was set back', async () => {
    const real = virtualClock(1e9)
    let ahead = 3_600_000
    const store = await open({ ...real, now: () => real.now() + ahead })
    const until = () => real.now() + ahead + 60_000
    const seat = claim('minute', 1n, 1n, { seat: true })
    await store.reserve('a', [seat], until())
    await store.reserve('money', [claim('key', 5n, 9n)], until())
    ahead = 0
    expect((await store.reserve('b', [seat], until())).taken).toBe(true)
    expect((await store.reserve('c', [seat], until())).taken).toBe(false)
    expect(await store.tallies([counter('key')])).toEqual([{ spent: 0n, held: 5n }])
  })

  test('forget what lapsed long ago, and spans that are over', async () => {
    const { clock, store, stands } = await setUp()
    const today = { from: 0, until: DAY }
    await store.reserve('a', [claim('day', 5n, 9n, today), claim('ever', 5n)], clock.now() + 1000)
    await store.reserve('b', [claim('day', 1n, 9n, today)], clock.now() + 1000)
    await store.settle('b', { usd: 1n })
    await clock.advance(2000)
    await store.sweep()
    expect(await store.tallies([{ name: 'day', ...today }])).toEqual([{ spent: 6n, held: 0n }])
    await clock.advance(39 * DAY)
    await store.sweep()
    // The clock may have run ahead.
    expect(await store.tallies([{ name: 'day', ...today }])).toEqual([{ spent: 6n, held: 0n }])
    await clock.advance(2 * DAY)
    await store.sweep()
    expect(await store.tallies([{ name: 'day', ...today }])).toEqual([{ spent: 0n, held: 0n }])
    await store.settle('a', { usd: 0n })
    expect(await stands('ever')).toEqual({ spent: 5n, held: 0n })
  })

  test('charge the span in which a request began', async () => {
    const { store } = await setUp()
    const days = [0, DAY].map((from) => ({ name: 'key', from, until: from + DAY }))
    await store.reserve('a', [claim('key', 5n, 5n, days[0])], 2e9)
    expect((await store.reserve('b', [claim('key', 5n, 5n, days[1])], 2e9)).taken).toBe(true)
    await store.settle('a', { usd: 4n })
    expect(await store.tallies(days)).toEqual([
      { spent: 4n, held: 0n },
      { spent: 0n, held: 5n },
    ])
  })

  test('reset what was used up, and nothing that is under way or of others', async () => {
    const { clock, store, stands } = await setUp()
    for (const id of ['gone', 'late', 'now'])
      await store.reserve(id, [claim('key', 10n), claim('other', 10n)], clock.now() + (id === 'late' ? 1 : 1e6))
    await store.settle('gone', {})
    await clock.advance(10)
    await store.sweep()
    await store.reset('key')
    expect(await stands('key')).toEqual({ spent: 0n, held: 10n })
    expect(await stands('other')).toEqual({ spent: 20n, held: 10n })
    await store.settle('late', { usd: 1n })
    await store.settle('now', { usd: 3n })
    expect(await stands('key')).toEqual({ spent: 3n, held: 0n })
  })

  test('hold every limit and lose nothing, whatever comes in whatever order', async () => {
    const names = ['a', 'b', 'c']
    const limits: Record<string, bigint> = { a: 50n, b: 120n, c: 300n }
    const ids = fc.integer({ min: 0, max: 12 }).map((id) => `id${id}`)
    const operation = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('reserve' as const),
          id: ids,
          of: fc.subarray(names, { minLength: 1 }),
          amount: fc.bigInt(0n, 60n),
          lease: fc.integer({ min: 1, max: 50 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), id: ids, used: fc.bigInt(0n, 60n) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), id: ids }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), id: ids, lease: fc.integer({ min: 1, max: 50 }) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40 }) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
        let time = 0
        const store = await open({ now: () => time, after: () => () => {} })
        // The model: what is known of each id, and what was charged for those that are over.
        const live = new Map<string, { of: string[]; amount: bigint; until: number; lapsed: boolean }>()
        const charged: Record<string, bigint> = { a: 0n, b: 0n, c: 0n }
        const sumOf = (name: string, lapsed: boolean) =>
          [...live.values()].reduce((sum, hold) => (hold.of.includes(name) && hold.lapsed === lapsed ? sum + hold.amount : sum), 0n)
        const usedUp = (name: string) => charged[name]! + sumOf(name, true) + sumOf(name, false)
        for (const each of operations) {
          const before = Object.fromEntries(names.map((name) => [name, usedUp(name)]))
          if (each.do === 'reserve') {
            const claims = each.of.map((name) => claim(name, each.amount, limits[name]))
            const { taken } = await store.reserve(each.id, claims, time + each.lease)
            const known = live.has(each.id)
            expect(taken).toBe(known || each.of.every((name) => before[name]! < limits[name]!))
            if (taken && !known) live.set(each.id, { of: each.of, amount: each.amount, until: time + each.lease, lapsed: false })
          } else if (each.do === 'pass') {
            time += each.ms
            let lapsed = 0
            for (const hold of live.values()) {
              if (hold.lapsed || hold.until > time) continue
              hold.lapsed = true
              lapsed++
            }
            expect(await store.sweep()).toBe(lapsed)
          } else if (each.do === 'renew') {
            await store.renew([each.id], time + each.lease)
            const hold = live.get(each.id)
            if (hold) Object.assign(hold, { until: time + each.lease, lapsed: false })
          } else {
            const hold = live.get(each.id)
            await (each.do === 'settle' ? store.settle(each.id, { usd: each.used }) : store.release(each.id))
            live.delete(each.id)
            for (const name of hold?.of ?? []) charged[name]! += each.do === 'settle' ? each.used : 0n
          }
          const tallies = await store.tallies(names.map(counter))
          expect(tallies).toEqual(names.map((name) => ({ spent: charged[name]! + sumOf(name, true), held: sumOf(name, false) })))
          // Nothing is taken from what is used up, and over a limit by one at most.
          for (const name of names)
            if (usedUp(name) > before[name]! && each.do === 'reserve') expect(before[name]! < limits[name]!).toBe(true)
        }
        await store.close()
      }),
      { numRuns: 60 },
    )
  })
})
