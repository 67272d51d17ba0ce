import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { folder } from '../config/folder.ts'
import { filter, narrowFilter, records, sumQuery } from './arbitrary-records.ts'

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
