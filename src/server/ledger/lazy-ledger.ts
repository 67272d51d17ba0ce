/**
 * The ledger of a server: nothing of it is loaded or opened before the first request.
 *
 * @module
 */
import type { Ledger } from '../../accounts/ledger/ledger.ts'
import type { UsageStore } from '../../accounts/ledger/store.ts'
import type { Prices } from '../../accounts/prices/prices.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { keepCaller, watchRequest } from '../../router/caller.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import type { LedgerConfig } from '../config/ledger-schema.ts'
import { loadOnce } from '../load-once.ts'
import type { Log } from '../log/log.ts'

export interface ServerLedgerOptions {
  ledger?: LedgerConfig | undefined
  /** The configuration file, if there is one. */
  configPath?: string | undefined
  prices?: Prices
  redact(text: string): string
  log: Log
  clock?: Clock
}

export const KEEP_DAYS = 400
export const CAPTURE_DAYS = 7

export function serverLedger(options: ServerLedgerOptions): Ledger {
  const { ledger = {}, configPath, prices, redact, log, clock = systemClock } = options
  const onError = (error: Error) => log.error(error.message)
  let endRetention = () => {}

  const open = async (): Promise<UsageStore> => {
    const { openStore } = await import('./open-store.ts')
    return openStore({ ledger, ...(configPath !== undefined && { configPath }), hint: (message) => log.info(message) })
  }
  const store = lazyStore(open)
  const made = loadOnce(async (): Promise<Ledger> => {
    const [{ createLedger }, { retain }] = await Promise.all([
      import('../../accounts/ledger/ledger.ts'),
      import('../../accounts/ledger/retention.ts'),
    ])
    const { keepDays = KEEP_DAYS, captureDays = CAPTURE_DAYS, capture, captureBytes } = ledger
    loaded = createLedger({
      store,
      clock,
      redact,
      onError,
      ...(prices && { prices }),
      ...(capture && { capture }),
      ...(captureBytes !== undefined && { captureBytes }),
    })
    endRetention = retain(store, { clock, keepDays, captureDays, onError })
    return loaded
  })
  let loaded: Ledger | undefined
  /** What could not be loaded has nothing to be written. */
  const begun = async () => made.begun()?.catch(() => undefined)
  const once = (run: (ledger: Ledger) => void) => void made().then(run).catch(onError)
  // What is captured has to be listened to: a request that comes before this is loaded is kept without its answer.
  if (ledger.capture !== undefined && ledger.capture !== 'off') once(() => {})

  return {
    store,
    clock,
    watch(request) {
      if (loaded) return loaded.watch(request)
      const at = clock.now()
      watchRequest(request)
      return (response) => {
        const answeredAt = clock.now()
        // By then the answer is on its way: what is told of it must not touch its body.
        const told = bodiless(response)
        const tellCaller = keepCaller(request)
        once((ledger) => {
          tellCaller()
          ledger.watch(request, at)(told, answeredAt)
        })
        return response
      }
    },
    listen(listener) {
      let end = () => {}
      let ended = false
      once((ledger) => {
        if (!ended) end = ledger.listen(listener)
      })
      return () => {
        ended = true
        end()
      }
    },
    async flush() {
      await (await begun())?.flush()
    },
    async close() {
      const opened = await begun()
      endRetention()
      await (opened ?? store).close()
    },
  }
}

function bodiless(response: Response): Response {
  const outcome = outcomeOf(response)
  const told = new Response(null, { status: response.status })
  return outcome ? attachOutcome(told, outcome) : told
}

/** A store that is opened with the first question, and again with the next one where that failed. */
function lazyStore(open: () => Promise<UsageStore>): UsageStore {
  const opened = loadOnce(open)
  return {
    add: async (records) => (await opened()).add(records),
    list: async (filter, page) => (await opened()).list(filter, page),
    get: async (id) => (await opened()).get(id),
    sum: async (query) => (await opened()).sum(query),
    forget: async (before, what) => (await opened()).forget(before, what),
    compact: async () => (await opened()).compact?.(),
    close: async () => (await opened.begun()?.catch(() => undefined))?.close(),
  }
}
