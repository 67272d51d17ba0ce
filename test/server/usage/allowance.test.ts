import { expect, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/budgets/memory-store.ts'
import { parseMoney } from '../../../src/accounts/money.ts'
import { dailyOf, standingsOf } from '../../../src/server/usage/allowance.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { termsOf, type Scope } from '../../../src/accounts/budgets/budget.ts'
import { NOW } from './world.ts'

const DAY = { from: Date.parse('2026-03-18'), resetsAt: Date.parse('2026-03-19') }
const scopes: readonly Scope[] = [
  { name: 'everybody', budgets: [{ usd: 100, per: 'total' }] },
  {
    name: 'key ann',
    budgets: [
      { usd: '5.50', per: 'day' },
      { tokens: 1000, per: 'month', models: ['opus*'], soft: true },
      { requests: 10, per: 'week' },
    ],
  },
]

test('budgets are told with what of them is left', async () => {
  const store = memoryBudgets({ clock: virtualClock(NOW) })
  const [total, day, month, week] = scopes.flatMap(termsOf).map(({ name, unit, limit, window }) => ({ name, unit, limit, ...window(NOW) }))
  await store.reserve(
    'one',
    [
      { ...day!, amount: parseMoney('1.25') },
      { ...week!, amount: 10n },
      { ...month!, amount: 1500n },
    ],
    NOW + 1000,
  )
  await store.settle('one', { usd: parseMoney('1.25'), requests: 10n, tokens: 1500n })
  await store.reserve('two', [{ ...total!, amount: parseMoney('0.000000000001') }], NOW + 1000)
  const budgets = await standingsOf(scopes, store, NOW)
  expect(budgets).toEqual([
    {
      of: 'everybody',
      unit: 'usd',
      per: 'total',
      soft: false,
      partial: false,
      limit: '100',
      spent: '0',
      held: '0.000000000001',
      left: '99.999999999999',
      from: 0,
    },
    { of: 'key ann', unit: 'usd', per: 'day', soft: false, partial: false, limit: '5.5', spent: '1.25', held: '0', left: '4.25', ...DAY },
    {
      of: 'key ann',
      unit: 'tokens',
      per: 'month',
      soft: true,
      partial: true,
      limit: 1000,
      spent: 1500,
      held: 0,
      left: 0,
      from: Date.parse('2026-03-01'),
      resetsAt: Date.parse('2026-04-01'),
    },
    {
      of: 'key ann',
      unit: 'requests',
      per: 'week',
      soft: false,
      partial: false,
      limit: 10,
      spent: 10,
      held: 0,
      left: 0,
      from: Date.parse('2026-03-16'),
      resetsAt: Date.parse('2026-03-23'),
    },
  ])
  expect(JSON.parse(JSON.stringify(budgets))).toEqual(budgets)
  expect(dailyOf({ limits: {}, budgets })).toMatchObject({ of: 'key ann', limit: '5.5' })
})

test('a day’s budget is the one of which least is left, of all models, and hard', async () => {
  const store = memoryBudgets({ clock: virtualClock(NOW) })
  const day = { per: 'day' } as const
  const budgets = await standingsOf(
    [
      {
        name: 'group team',
        budgets: [
          { usd: 20, ...day },
          { usd: 1, ...day, soft: true },
          { usd: 2, ...day, models: ['opus'] },
        ],
      },
      {
        name: 'key ann',
        budgets: [
          { usd: 10, ...day },
          { usd: 1, per: 'week' },
          { tokens: 1, ...day },
        ],
      },
    ],
    store,
    NOW,
  )
  expect(dailyOf({ limits: {}, budgets })).toMatchObject({ of: 'key ann', limit: '10' })
  expect(dailyOf({ limits: {}, budgets: [] })).toBeUndefined()
})
