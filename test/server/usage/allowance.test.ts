import { expect, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/budgets/memory-store.ts'
import { parseMoney } from '../../../src/accounts/money.ts'
import { allowanceOf, dailyOf, type Allowing } from '../../../src/server/usage/allowance.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { termsOf, type Scope } from '../../../src/accounts/budgets/budget.ts'
import { NOW } from './world.ts'

const DAY = { from: Date.parse('2026-03-18'), resetsAt: Date.parse('2026-03-19') }
const allowing: Allowing = {
  budgets: [{ usd: 100, per: 'total' }],
  groups: { team: { streams: 4, budgets: [{ requests: 10, per: 'week' }] }, other: { budgets: [{ usd: 1, per: 'day' }] } },
  keys: [
    {
      name: 'ann',
      group: 'team',
      models: ['claude-*'],
      requestsPerMinute: 20,
      budgets: [
        { usd: '5.50', per: 'day' },
        { tokens: 1000, per: 'month', models: ['opus*'], soft: true },
      ],
    },
    { name: 'bob', budgets: [{ usd: 2, per: 'day' }] },
  ],
}
const scopes: readonly Scope[] = [
  { name: 'everybody', budgets: allowing.budgets! },
  { name: 'group team', budgets: allowing.groups!['team']!.budgets! },
  { name: 'key ann', budgets: allowing.keys[0]!.budgets! },
]
const unused = () => Promise.reject(new Error('nothing is counted'))

test('budgets are told with what of them is left', async () => {
  const store = memoryBudgets({ clock: virtualClock(NOW) })
  const [total, week, day, month] = scopes.flatMap(termsOf).map(({ name, unit, limit, window }) => ({ name, unit, limit, ...window(NOW) }))
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
  const { budgets, ...rest } = await allowanceOf('ann', allowing, async () => store, NOW)
  expect(rest).toEqual({ group: 'team', limits: { models: ['claude-*'], requestsPerMinute: 20 }, groupLimits: { streams: 4 } })
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
    {
      of: 'group team',
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
  ])
  expect(JSON.parse(JSON.stringify(budgets))).toEqual(budgets)
  expect(dailyOf({ limits: {}, budgets })).toMatchObject({ of: 'key ann', limit: '5.5' })
})

test('a day’s budget is the one of which least is left, of all models, and hard', async () => {
  const store = memoryBudgets({ clock: virtualClock(NOW) })
  const day = { per: 'day' } as const
  const allowance = await allowanceOf(
    'ann',
    {
      groups: {
        team: {
          budgets: [
            { usd: 20, ...day },
            { usd: 1, ...day, soft: true },
            { usd: 2, ...day, models: ['opus'] },
          ],
        },
      },
      keys: [
        {
          name: 'ann',
          group: 'team',
          budgets: [
            { usd: 10, ...day },
            { usd: 1, per: 'week' },
            { tokens: 1, ...day },
          ],
        },
      ],
    },
    async () => store,
    NOW,
  )
  expect(dailyOf(allowance)).toMatchObject({ of: 'key ann', limit: '10' })
})

test('who has no budgets has none, and nothing is opened for that', async () => {
  expect(await allowanceOf('local', { keys: [{ name: 'ann' }] }, unused, NOW)).toEqual({ limits: {}, budgets: [] })
  expect(await allowanceOf('ann', { keys: [{ name: 'ann', streams: 1 }] }, unused, NOW)).toEqual({ limits: { streams: 1 }, budgets: [] })
  expect(dailyOf({ limits: {}, budgets: [] })).toBeUndefined()
})
