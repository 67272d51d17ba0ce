import { createLedger, type LedgerOptions } from '../../../src/accounts/ledger/ledger.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { withLedger } from '../../../src/accounts/ledger/with-ledger.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

/** An app with a ledger in memory, and what is in it. */
export function kept(app: Fetch, options: Partial<LedgerOptions> = {}) {
  const clock = virtualClock(1_000_000)
  const store = memoryUsage()
  const errors: Error[] = []
  const ledger = createLedger({ store, clock, random: () => 0, onError: (error) => errors.push(error), ...options })
  return {
    clock,
    store,
    ledger,
    errors,
    app: withLedger(app, ledger),
    /** All records, the oldest first. */
    async records(): Promise<ExchangeRecord[]> {
      await new Promise<void>((resolve) => setImmediate(resolve))
      await ledger.flush()
      return store.list({}).toReversed()
    },
  }
}

/** A record as others need it: only what they say of it matters to them. */
export const aRecord = (given: Partial<ExchangeRecord> = {}): ExchangeRecord => ({
  id: '0000000000001',
  at: 0,
  method: 'POST',
  path: '/v1/messages',
  protocol: 'claude',
  status: 200,
  firstByteMs: 10,
  ms: 20,
  ended: 'complete',
  notices: 0,
  attempts: [],
  ...given,
})
