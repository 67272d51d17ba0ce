/**
 * A process that writes into a ledger: `writer <file> <what> <name> <from> <to>`. It says what it has written, a line for each batch.
 */
import { writeSync } from 'node:fs'
import { systemClock } from '../../../src/core/clock.ts'
import { createBatches } from '../../../src/accounts/ledger/batches.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { recordAt } from './record-at.ts'

const [path = '', what = '', name = '', from = '0', to = '0'] = process.argv.slice(2)
const BATCH = 7

/** At once, not when there is time for it. */
const say = (text: string) => writeSync(1, `${text}\n`)

/** `common` records are of all writers. */
const made = (index: number): ExchangeRecord =>
  recordAt(Date.UTC(2026, 7) + index * 977, {
    id: `${String(index).padStart(6, '0')}-${index % 5 === 0 ? 'common' : name}`,
    session: `s-${index % 11}`,
    tenant: name,
    ...(index % 3 === 0 && { bodies: { request: `number ${index} `.repeat(50) } }),
  })

const store = await openSqliteStore(path)

const WAYS: Record<string, (store: UsageStore) => Promise<void>> = {
  /** As fast as it goes. */
  async adding() {
    for (let index = Number(from); index < Number(to); index += BATCH) {
      await store.add(Array.from({ length: Math.min(BATCH, Number(to) - index) }, (_, more) => made(index + more)))
      say(`added ${Math.min(index + BATCH, Number(to))}`)
    }
  },
  /** As requests come, written as the ledger of a server writes them. */
  async serving() {
    const batches = createBatches({
      add: async (records) => store.add(records),
      clock: systemClock,
      batchMs: 100,
      maxWaiting: 1e6,
      onError: fail,
    })
    for (let index = Number(from); index < Number(to); index++) {
      const record = recordAt(Date.now(), { id: `${String(index).padStart(6, '0')}-${name}` })
      batches.push(record)
      say(`pushed ${record.id} ${record.at}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    await batches.flush()
  },
}

function fail(error: Error): never {
  throw error
}

say('open')
await WAYS[what]!(store)
await store.close()
