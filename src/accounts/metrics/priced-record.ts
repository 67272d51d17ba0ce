/**
 * What the ledger would keep of an exchange, with its cost.
 *
 * @module
 */
import { extended } from '../../core/extended.ts'
import { costOfRecord } from '../ledger/cost-of-record.ts'
import { describe, type Finished } from '../ledger/describe.ts'
import type { ExchangeRecord } from '../ledger/record.ts'
import type { Prices } from '../prices/prices.ts'

const known = new WeakMap<Finished, Promise<ExchangeRecord>>()

/** Worked out once for all that ask. Errors stand in it as they were told: nothing has been taken out of them. */
export function pricedRecord(finished: Finished, prices: Prices | undefined): Promise<ExchangeRecord> {
  let record = known.get(finished)
  if (!record) known.set(finished, (record = work(finished, prices)))
  return record
}

async function work(finished: Finished, prices: Prices | undefined): Promise<ExchangeRecord> {
  const record = describe(finished, (text) => text)
  if (!prices || !record.usage) return record
  await prices.ready().catch(() => {}) // without its data it still knows the prices of the configuration
  const cost = costOfRecord(prices, record)
  return cost ? extended(record, { cost }) : record
}
