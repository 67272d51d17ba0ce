/**
 * Records on their way to a store: many at once, and never more than fit.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { ExchangeRecord } from './record.ts'

export interface BatchesOptions {
  /** Keeps records, all or none. */
  add(records: readonly ExchangeRecord[]): Promise<void>
  clock: Clock
  /** Milliseconds that a record waits for others at most. */
  batchMs: number
  /** How many wait at most where the store does not take them. */
  maxWaiting: number
  /** Told when the store stops taking records, and when what waits no longer fits; once each, until it takes them again. */
  onError(error: Error): void
}

export interface Batches {
  push(record: ExchangeRecord): void
  /** Resolves when all that waits now has been taken, or refused once more. */
  flush(): Promise<void>
  /** How many wait. */
  readonly waiting: number
}

/** A store that fails is asked again after this, in milliseconds, and not more often. */
const RETRY_MS = 1000
/** So many at once: one batch must not hold a store for long. */
const BATCH = 1000

export function createBatches({ add, clock, batchMs, maxWaiting, onError }: BatchesOptions): Batches {
  const waiting: ExchangeRecord[] = []
  let lost = 0
  let failing = false
  let cancel: (() => void) | undefined
  let writing: Promise<void> | undefined

  const write = async (): Promise<void> => {
    while (waiting.length) {
      const batch = waiting.slice(0, BATCH)
      try {
        await add(batch)
      } catch (error) {
        if (!failing)
          onError(new Error(`The ledger's store takes no records: ${text(error)} They are kept in memory until it does.`, { cause: error }))
        failing = true
        return
      }
      waiting.splice(0, batch.length)
      if (failing && lost) onError(new Error(`The ledger's store takes records again. ${lost} were lost.`))
      failing = false
      lost = 0
    }
  }
  const start = (): Promise<void> => {
    cancel?.()
    cancel = undefined
    return (writing ??= write().finally(() => {
      writing = undefined
      if (waiting.length) schedule()
    }))
  }
  const schedule = () => void (cancel ??= clock.after(failing ? RETRY_MS : batchMs, () => void start()))

  return {
    push(record) {
      if (waiting.length < maxWaiting) waiting.push(record)
      else if (!lost++)
        onError(new Error(`The ledger's store still takes no records, and ${maxWaiting} wait for it: what comes now is lost.`))
      if (!writing) schedule()
    },
    async flush() {
      // What is being written began before this: what came since is not in it.
      await writing
      await start()
    },
    get waiting() {
      return waiting.length
    },
  }
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replace(/[^.!?]$/, '$&.')
