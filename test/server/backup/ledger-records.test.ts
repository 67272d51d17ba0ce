import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { recordsIn } from '../../../src/server/backup/ledger-records.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { folder } from '../config/folder.ts'

const lengths: number[] = []
vi.mock('../../../src/server/ledger/sqlite-store.ts', async (original) => {
  const { openSqliteStore: open } = await original<{ openSqliteStore: typeof openSqliteStore }>()
  return {
    async openSqliteStore(path: string) {
      const store = await open(path)
      const list: typeof store.list = async (...asked) => {
        const found = await store.list(...asked)
        lengths.push(found.length)
        return found
      }
      return { ...store, list }
    },
  }
})

test('records of a database are read a page at a time, those with bodies too', async () => {
  const place = folder()
  const records = Array.from({ length: 2500 }, (_, number): ExchangeRecord => {
    const at = Date.UTC(2024, 10, 21) + number
    const bodies = { request: `{"n":${number}}` }
    return {
      id: `r${String(number).padStart(8, '0')}`,
      at,
      method: 'POST',
      path: '/v1/messages',
      protocol: 'claude',
      status: 200,
      firstByteMs: 1,
      ms: 2,
      ended: 'complete',
      notices: 0,
      attempts: [{ endpoint: 'one', reason: 'first', at }],
      bodies,
    }
  })
  const store = await openSqliteStore(join(place, 'usage.db'))
  await store.add(records)
  await store.close()
  const found: ExchangeRecord[] = []
  for await (const one of recordsIn(place)) found.push(one)
  expect(found.toReversed()).toEqual(records)
  expect(Math.max(...lengths)).toBe(1000)
})
