import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { folder } from '../config/folder.ts'
import { filter, narrowFilter, records, sumQuery } from './arbitrary-records.ts'
import { RATES, recordAt } from './record-at.ts'

const stores = async (path = ':memory:') => ({ sqlite: await openSqliteStore(path), memory: memoryUsage({ kept: Infinity }) })

const RUNS = { numRuns: 30 }

describe('it answers as the store in memory does', () => {
  test('records as they were, one by one and in pages', async () => {
    await fc.assert(
      fc.asyncProperty(records(), fc.array(fc.tuple(fc.oneof(filter, narrowFilter), fc.nat(10)), { maxLength: 8 }), async (made, asked) => {
        const { sqlite, memory } = await stores()
        for (const half of [made.slice(0, made.length / 2), made.slice(made.length / 2), made.slice(0, 3)]) {
          await sqlite.add(half)
          memory.add(half)
        }
        for (const { id } of made) expect(await sqlite.get(id)).toEqual(memory.get(id))
        expect(await sqlite.get('none')).toBeUndefined()
        for (const [wanted, limit] of asked) {
          expect(await sqlite.list(wanted)).toEqual(memory.list(wanted, {}))
          const before = made[limit]?.id ?? 'zz'
          expect(await sqlite.list(wanted, { limit, before })).toEqual(memory.list(wanted, { limit, before }))
        }
        await sqlite.close()
      }),
      RUNS,
    )
  })

  test('sums of every shape', async () => {
    await fc.assert(
      fc.asyncProperty(records(), fc.array(sumQuery, { minLength: 4, maxLength: 12 }), async (made, asked) => {
        const { sqlite, memory } = await stores()
        await sqlite.add(made)
        memory.add(made)
        for (const query of asked) expect(await sqlite.sum(query), JSON.stringify(query)).toEqual(memory.sum(query))
        await sqlite.close()
      }),
      RUNS,
    )
  })

  test('also after some were forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        records(),
        fc.nat(40),
        fc.constantFrom('records', 'bodies'),
        fc.array(sumQuery, { maxLength: 6 }),
        async (made, which, what, asked) => {
          const { sqlite, memory } = await stores()
          await sqlite.add(made)
          memory.add(made)
          const before = made[which]?.at ?? Date.UTC(2027, 0)
          expect(await sqlite.forget(before, what as 'records')).toBe(memory.forget(before, what as 'records'))
          await sqlite.compact?.()
          const later = made.slice(0, 2).map((record): ExchangeRecord => ({ ...record, id: `${record.id}-again` }))
          await sqlite.add(later)
          memory.add(later)
          for (const query of asked) expect(await sqlite.sum(query), JSON.stringify(query)).toEqual(memory.sum(query))
          expect(await sqlite.list({}, { limit: 99 })).toEqual(memory.list({}, { limit: 99 }))
          expect(await sqlite.list({ text: 'alpha' })).toEqual(memory.list({ text: 'alpha' }, {}))
          await sqlite.close()
        },
      ),
      RUNS,
    )
  })
})

const AT = Date.UTC(2026, 7, 1)
const some = (count: number, fields: (index: number) => Partial<ExchangeRecord> = () => ({})): ExchangeRecord[] =>
  Array.from({ length: count }, (_, index) => recordAt(AT + index, fields(index)))

test('it is there again when it is opened again', async () => {
  const path = join(folder(), 'usage.db')
  const [made] = fc.sample(records(), { numRuns: 1, seed: 7 })
  const first = await openSqliteStore(path)
  await first.add(made!)
  await first.close()
  const second = await openSqliteStore(path)
  expect(await second.list({}, { limit: 99 })).toHaveLength(made!.length)
  await second.close()
})

test('requests of one millisecond come in the order of their ids, page by page', async () => {
  const store = await openSqliteStore(':memory:')
  const made = some(700, (index) => ({ at: AT, id: `r${String((index * 311) % 700).padStart(4, '0')}` }))
  await store.add(made)
  const ids: string[] = []
  for (let before = 'z'; ;) {
    const page = await store.list({ model: 'claude-*' }, { limit: 99, before })
    ids.push(...page.map(({ id }) => id))
    if (page.length < 99) break
    before = ids.at(-1)!
  }
  expect(ids).toEqual(
    made
      .map(({ id }) => id)
      .toSorted()
      .toReversed(),
  )
  await store.close()
})

test('odd values keep nothing from being written', async () => {
  const store = await openSqliteStore(':memory:')
  const odd: Partial<ExchangeRecord>[] = [
    { ms: Infinity, firstByteMs: NaN, notices: NaN },
    { cost: { amount: '1e30', rates: RATES } },
    { at: Number.MAX_VALUE, id: 'z' },
    { tenant: 'a\0b', failure: { kind: 'internal', message: 'half \ud800' }, usage: { input: Infinity, output: NaN } },
  ]
  await store.add(some(odd.length + 1, (index) => odd[index] ?? {}))
  expect(await store.list({})).toHaveLength(odd.length + 1)
  expect(await store.list({ tenant: 'a*b' })).toMatchObject([{ tenant: 'a\uFFFDb', failure: { message: 'half \uFFFD' } }])
  expect(await store.sum({ to: AT + 1000 })).toMatchObject([{ requests: 4, output: 60, ms: 2700 }])
  expect(await store.sum({ by: ['tenant'], order: 'cost' })).toHaveLength(2)
  await store.close()
})

test('a batch that cannot be written leaves nothing, and nothing behind', async () => {
  const store = await openSqliteStore(':memory:')
  const broken = some(3, (index) => ({ tenant: 'ann', session: 'one', ...(index === 2 && { path: 1n as never }) }))
  expect(() => store.add(broken)).toThrow('BigInt')
  expect(await store.list({})).toEqual([])
  const whole = some(3, () => ({ tenant: 'ann', session: 'one' }))
  await store.add(whole)
  expect(await store.list({ tenant: 'ann', session: 'one' })).toEqual(whole.toReversed())
  expect(await store.sum({ by: ['tenant', 'session'] })).toMatchObject([{ group: { tenant: 'ann', session: 'one' }, requests: 3 }])
  await store.close()
})

test('names that another process took away are known anew', async () => {
  const path = join(folder(), 'usage.db')
  const [one, other] = [await openSqliteStore(path), await openSqliteStore(path)]
  await one.add(some(3, () => ({ tenant: 'ann', session: 'first' })))
  expect(await other.forget(AT + 99)).toBe(3)
  await other.compact?.()
  await other.add(some(2, () => ({ tenant: 'bob', session: 'second' })))
  await one.add(some(4, () => ({ tenant: 'ann', session: 'first' })).slice(2))
  for (const store of [one, other])
    expect(await store.sum({ by: ['tenant', 'session'] })).toMatchObject([
      { group: { tenant: 'ann', session: 'first' }, requests: 2 },
      { group: { tenant: 'bob', session: 'second' }, requests: 2 },
    ])
  await one.close()
  await other.close()
})

test('the room of what was forgotten is given back', async () => {
  const path = join(folder(), 'usage.db')
  const store = await openSqliteStore(path)
  await store.compact?.()
  const empty = statSync(path).size
  await store.add(some(1500, (index) => ({ session: `session-${index}`, bodies: { request: `${index} `.repeat(200) } })))
  await store.compact?.()
  const full = statSync(path).size
  expect(full).toBeGreaterThan(empty + 300_000)
  expect(await store.forget(AT + 2000, 'bodies')).toBe(1500)
  await store.compact?.()
  const bare = statSync(path).size
  expect(bare).toBeLessThan(full - 100_000)
  expect(await store.forget(AT + 2000)).toBe(1500)
  await store.compact?.()
  expect(statSync(path).size).toBeLessThan(empty + 20_000)
  expect(await store.sum({})).toMatchObject([{ requests: 0, cost: '0' }])
  await store.close()
})
