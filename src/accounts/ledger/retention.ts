/**
 * Forgetting: records and bodies that are older than they are to be kept.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { UsageStore } from './store.ts'

export interface RetentionOptions {
  clock: Clock
  /** How many days records are kept; 0 is for ever. */
  keepDays: number
  /** How many days bodies are kept; 0 is as long as their records. */
  captureDays: number
  onError(error: Error): void
}

const DAY_MS = 86_400_000
/** A server that was just started has other things to do. */
const FIRST_MS = 60_000

/** Has a store forget what is too old: a minute from now, and once a day. The function returned ends that. */
export function retain(store: UsageStore, { clock, keepDays, captureDays, onError }: RetentionOptions): () => void {
  let cancel = () => {}
  let over = false
  const forget = async () => {
    try {
      const now = clock.now()
      const bodies = captureDays ? await store.forget(now - captureDays * DAY_MS, 'bodies') : 0
      const records = keepDays ? await store.forget(now - keepDays * DAY_MS) : 0
      if (bodies || records) await store.compact?.()
    } catch (error) {
      onError(
        new Error(`The ledger cannot forget what is too old: ${error instanceof Error ? error.message : String(error)}`, { cause: error }),
      )
    }
    if (!over) cancel = clock.after(DAY_MS, () => void forget())
  }
  if (keepDays || captureDays) cancel = clock.after(FIRST_MS, () => void forget())
  return () => {
    over = true
    cancel()
  }
}
