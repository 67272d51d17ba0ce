/** A ledger with records in it, and what asks for them. */
import { join } from 'node:path'
import type { Cost } from '../../../src/accounts/prices/prices.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import type { UsageSource } from '../../../src/server/usage/source.ts'
import { folder } from '../config/folder.ts'

/** A Wednesday, at noon. */
export const NOW = Date.parse('2026-03-18T12:00:00Z')
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

let count = 0

/** What something cost, in US dollars. */
export const costOf = (amount: string): Cost => ({
  amount,
  rates: { input: '1', output: '5', cacheRead: '0.1', cacheWrite: '1.25', cacheWriteLong: '2', from: 'data' },
})

/** A request that went well: 1000 tokens in, half of them from a cache, 100 out, a cent. */
export function record(fields: Partial<ExchangeRecord> = {}): ExchangeRecord {
  const { at = NOW, endpoint = 'fast', served = 'f-1', status = 200, ...rest } = fields
  const id = `${at.toString(36).padStart(9, '0')}${String(++count).padStart(6, '0')}`
  return {
    id,
    at,
    method: 'POST',
    path: '/v1/messages',
    protocol: 'claude',
    asked: 'sonnet',
    served,
    endpoint,
    key: 'main',
    route: 'default',
    status,
    firstByteMs: 100,
    firstTokenMs: 200,
    ms: 1000,
    ended: status < 400 ? 'complete' : 'error',
    ...(status < 400 && {
      usage: { input: 500, cacheRead: 500, output: 100 },
      cost: costOf('0.01'),
    }),
    ...(status >= 400 && { failure: { kind: 'overloaded', message: 'the provider is busy' } }),
    notices: 0,
    attempts: [{ endpoint, key: 'main', reason: 'first', at, ms: 900, status, ...(status >= 400 && { message: 'said by the provider' }) }],
    ...rest,
  }
}

export interface TestSource extends UsageSource {
  /** Keeps records, and tells of them. */
  end(...records: ExchangeRecord[]): Promise<void>
  /** How many listen. */
  readonly listening: number
}

export function sourceOf(store: UsageStore = memoryUsage()): TestSource {
  const listeners = new Set<Parameters<UsageSource['listen']>[0]>()
  return {
    store,
    async flush() {},
    listen(listen) {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    async end(...records) {
      await store.add(records)
      for (const one of records) for (const listen of listeners) listen({ type: 'ended', id: one.id, record: one })
    },
    get listening() {
      return listeners.size
    },
  }
}

/** Where records may be kept, as tests go through them. */
export const STORES: readonly (readonly [string, () => UsageStore | Promise<UsageStore>])[] = [
  ['in memory', () => memoryUsage()],
  ['in SQLite', () => openSqliteStore(join(folder(), 'usage.db'))],
]
