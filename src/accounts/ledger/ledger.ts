/**
 * The ledger: a row for each request and its attempts, written when the answer has ended.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { extended } from '../../core/extended.ts'
import { mapped } from '../../core/mapped.ts'
import { watchRequest, type Seen } from '../../router/caller.ts'
import { clientProtocol, routeOf } from '../../router/facts.ts'
import type { RequestFacts } from '../../router/request-facts.ts'
import { outcomeOf, type Ending, type Outcome } from '../../router/outcome.ts'
import type { Prices } from '../prices/prices.ts'
import { costOfRecord } from './cost-of-record.ts'
import { createBatches } from './batches.ts'
import { bodiesOf, listen, type Heard } from './capture.ts'
import { describe } from './describe.ts'
import { endingOf } from './ending.ts'
import { isFailed } from './failed.ts'
import type { ExchangeRecord } from './record.ts'
import { createRecordIds } from './record-id.ts'
import type { UsageStore } from './store.ts'
import { askWho } from './who.ts'

export interface LedgerOptions {
  /** Where records are kept. The ledger closes it. */
  store: UsageStore
  /** Tells what answers cost. Default: records have no cost. */
  prices?: Prices
  clock?: Clock
  /**
   * Keeps what was asked and answered, too, as the client saw it: of requests that failed, or of all. **Important:** it may hold anything that
   * people told the model. Default `off`: nothing is listened to.
   */
  capture?: 'off' | 'errors' | 'all'
  /** How much of a body is kept, in characters. Default 65 536. */
  captureBytes?: number
  /** Takes secrets out of errors and bodies. Default: none is known. */
  redact?: (text: string) => string
  /** Milliseconds that a record waits for others, so that they are written together. Default 100. */
  batchMs?: number
  /** How many records wait at most while the store takes none; then new ones are lost. Default 10 000. */
  maxWaiting?: number
  /** Told, once each, that the store takes no records, and that some are lost. Requests go on all the same. Default: nobody is told. */
  onError?: (error: Error) => void
  /** From 0 up to 1, for ids. Default `Math.random`. */
  random?: () => number
}

/** What those who look on are told. */
export type LedgerEvent =
  | { type: 'begun'; id: string; at: number; method: string; url: string }
  /** `record` is absent where the request turned out to be none that is kept. */
  | { type: 'ended'; id: string; record?: ExchangeRecord }

export interface Ledger {
  /**
   * Told of a request; what it returns is told of the answer, and gives the answer that is to go on.
   *
   * @param at when the request came, and `answeredAt`, when it was answered; default: now
   */
  watch(request: Request, at?: number): (response: Response, answeredAt?: number) => Response
  /** Tells of requests as they begin, and of records as they are written; the function returned ends that. */
  listen(listener: (event: LedgerEvent) => void): () => void
  /** Resolves when all records of answers that have ended are written, or the store has refused them. */
  flush(): Promise<void>
  /** Writes what waits, and closes the store. */
  close(): Promise<void>
  readonly store: UsageStore
  readonly clock: Clock
}

export function createLedger(options: LedgerOptions): Ledger {
  const { store, prices, clock = systemClock, capture = 'off', captureBytes = 65_536, redact = (text) => text } = options
  const { batchMs = 100, maxWaiting = 10_000, onError = () => {}, random = Math.random } = options
  const newId = createRecordIds(random)
  const listeners = new Set<(event: LedgerEvent) => void>()
  const tell = (event: LedgerEvent) => {
    for (const listener of listeners) {
      try {
        listener(event)
      } catch {
        // who looks on cannot stop what it looks at
      }
    }
  }

  const priced = (record: ExchangeRecord): ExchangeRecord => {
    const found = prices && !record.cost ? costOfRecord(prices, record) : undefined
    return found ? extended(record, { cost: found }) : record
  }
  /** Those that were told of already, while the store takes none. */
  const told = new WeakSet<ExchangeRecord>()
  const batches = createBatches({
    async add(records) {
      await prices?.ready().catch(() => {}) // without its data it still knows the prices of the configuration
      const all = mapped(records, priced)
      if (listeners.size)
        for (const [index, record] of all.entries()) {
          if (told.has(records[index]!)) continue
          told.add(records[index]!)
          tell({ type: 'ended', id: record.id, record })
        }
      await store.add(all)
    },
    clock,
    batchMs,
    maxWaiting,
    onError,
  })
  const flush = async () => {
    // An answer that has ended is a record a few turns later: what is promised of it passes through the layers that it came through.
    for (let turn = 0; turn < TURNS; turn++) await Promise.resolve()
    await batches.flush()
  }
  let closing: Promise<void> | undefined

  return {
    store,
    clock,
    watch(request, at = clock.now()) {
      const id = newId(at)
      const seen = watchRequest(request)
      askWho(seen)
      if (listeners.size) tell({ type: 'begun', id, at, method: request.method, url: request.url })
      return (given, answeredAt = clock.now()) => {
        const outcome = outcomeOf(given)
        if (!isKept(request, given, outcome, seen)) {
          if (listeners.size) tell({ type: 'ended', id })
          return given
        }
        const { status } = given
        const { response, heard } = capture === 'off' ? { response: given } : listen(given, captureBytes)
        const end = (ending: Ending) => {
          const endedAt = clock.now()
          const { facts } = seen
          const finished = { id, request, protocol: clientProtocol(request), facts, status, outcome, seen, ending, at, answeredAt, endedAt }
          try {
            const record = describe(finished, redact)
            batches.push(heard && (capture === 'all' || isFailed(record)) ? withBodies(record, facts, heard) : record)
          } catch (error) {
            onError(new Error(`The ledger cannot describe a request: ${String(error)}`, { cause: error }))
          }
        }
        void (outcome?.ended ?? Promise.resolve(endingOf(status))).then(end)
        return response
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush,
    close: () =>
      (closing ??= (async () => {
        await flush()
        const { waiting } = batches
        if (waiting) onError(new Error(`The ledger is closed, and its store did not take the last records: ${waiting} are lost.`))
        await store.close()
      })()),
  }

  function withBodies(record: ExchangeRecord, facts: RequestFacts | undefined, heard: Heard): ExchangeRecord {
    const { protocol } = record
    return { ...record, bodies: bodiesOf({ asked: facts?.text, heard, protocol, maxLength: captureBytes, redact }) }
  }
}

const TURNS = 16

/** What strangers at the door are told: the log has it, and nobody shall fill a disk with it. */
const AT_THE_DOOR = new Set([401, 403, 421, 429])

/** Generations, and whatever else a provider was asked for; no counts of tokens, and nobody who was not let in. */
function isKept(request: Request, { status }: Response, outcome: Outcome | undefined, seen: Seen): boolean {
  const action = routeOf(request)?.route.action
  if (action === 'count-tokens' || (!outcome && action === undefined)) return false
  if (seen.tenant !== undefined || outcome?.endpoint) return true
  // Some programs are told so in another status than it is meant in.
  return !AT_THE_DOOR.has((outcome?.failure ?? seen.refusal)?.status ?? status)
}
