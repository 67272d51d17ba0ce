import { expect, test, vi } from 'vitest'
import { formatMoney, memoryBudgets, withBudget, type BudgetStore } from '../../../src/accounts/index.ts'
import type { Clock } from '../../../src/core/clock.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { budgetWorld } from './world.ts'
import { simulatedClock } from '../../simulations/simulated-clock.ts'
import { seededRandom } from '../../../src/testing/index.ts'

vi.setConfig({ testTimeout: 60_000 })

const stores: [string, (clock: Clock) => BudgetStore | Promise<BudgetStore>, readonly number[]][] = [
  ['memory', (clock) => memoryBudgets({ clock }), [1, 2]],
  ['SQLite', (clock) => openSqliteBudgets(':memory:', { clock }), [3]],
]

/**
 * A thousand clients at once against a budget for a hundred of them. Providers refuse, break before and amid their answers, and are raced against each
 * other; clients give up. What they really billed is what the providers themselves have counted.
 */
test.each(stores.flatMap(([name, open, seeds]) => seeds.map((seed) => [name, seed, open] as const)))(
  'in %s, seed %i: a thousand requests spend what is there for a hundred, and no more',
  async (_, seed, open) => {
    const clock = simulatedClock(Date.UTC(2026, 10, 18))
    const world = budgetWorld({ clock, random: seededRandom(seed) })
    const store = await open(clock)
    const limit = world.usualCost * 100n
    const app = withBudget(world.app, { budgets: [{ usd: formatMoney(limit), per: 'day' }], store, prices: world.prices, clock })
    const statuses = new Map<string, number>()
    const clients = Array.from({ length: 1000 }, async (__, index) => {
      const status = await world.client(app, index)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    })
    await clock.run()
    await Promise.all(clients)
    const { billed, dearest } = world
    const [{ spent, held }] = (await store.tallies([{ name: 'everybody usd/day', from: Date.UTC(2026, 10, 18), until: 0 }])) as [
      { spent: bigint; held: bigint },
    ]
    const told = `seed ${seed}: billed $${formatMoney(billed())}, charged $${formatMoney(spent)} of $${formatMoney(limit)}; dearest $${formatMoney(dearest())}; ${JSON.stringify(Object.fromEntries(statuses))}`
    expect(held, told).toBe(0n)
    // At most one request more, and all of the budget was there to be used.
    expect(billed() <= limit + dearest(), told).toBe(true)
    expect(spent >= limit, told).toBe(true)
    expect(billed() > (limit * 7n) / 10n, told).toBe(true)
    // What was charged covers what was billed.
    expect(spent >= billed(), told).toBe(true)
    // All of it happened.
    for (const what of ['answered', 'left', 'refused by the budget', 'failed']) expect(statuses.get(what), told).toBeGreaterThan(0)
    for (const [what, times] of Object.entries(world.happened)) expect(times, what).toBeGreaterThan(0)
    expect(clock.waiting).toBe(0)
    await store.close()
  },
)
