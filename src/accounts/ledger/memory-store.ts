/**
 * Records in memory: for tests, for a few thousand requests, and where nothing may be written.
 *
 * @module
 */
import type { ExchangeRecord } from './record.ts'
import { fitting } from './select.ts'
import type { Page, RecordFilter, UsageStore } from './store.ts'
import { summing } from './sums.ts'

export interface MemoryUsageOptions {
  /** How many records are kept: then the oldest are forgotten. Default 10 000. */
  kept?: number
}

/** A {@link UsageStore} that ends with the process. All of it answers at once. */
export function memoryUsage({ kept = 10_000 }: MemoryUsageOptions = {}) {
  /** In the order in which they came. */
  const records = new Map<string, ExchangeRecord>()
  return {
    add(added) {
      for (const record of added) if (!records.has(record.id)) records.set(record.id, record)
      for (const id of records.keys()) {
        if (records.size <= kept) break
        records.delete(id)
      }
    },
    list: (filter: RecordFilter, page?: Page) => newest([...records.values()].filter(fitting(filter)), page),
    get: (id) => records.get(id),
    sum(query) {
      const sums = summing(query)
      for (const record of records.values()) sums.add(record)
      return sums.rows()
    },
    forget(before, what = 'records') {
      let forgotten = 0
      for (const [id, { bodies, ...record }] of records) {
        if (record.at >= before || (what === 'bodies' && !bodies)) continue
        forgotten++
        if (what === 'records') records.delete(id)
        else records.set(id, record)
      }
      return forgotten
    },
    close() {},
  } satisfies UsageStore
}

/** A page of records, the newest first, without their bodies. */
export function newest(
  records: readonly ExchangeRecord[],
  { limit = 100, before }: { limit?: number; before?: string } = {},
): ExchangeRecord[] {
  const older = before === undefined ? [...records] : records.filter(({ id }) => id < before)
  return older
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit)
    .map(({ bodies: _bodies, ...record }) => record)
}
