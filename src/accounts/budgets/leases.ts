/**
 * Keeps what is taken for requests under way, as long as this process lives.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { BudgetStore } from './store.ts'

export interface Leases {
  /** When what is taken now lapses. */
  until(): number
  /** Keeps it from lapsing; the function returned ends that. */
  keep(id: string): () => void
}

export interface LeaseOptions {
  store: BudgetStore
  clock: Clock
  /** Milliseconds without a sign of life of this process after which what it took lapses. */
  leaseMs: number
  /** No request takes longer: what is never settled lapses at last. */
  maxMs: number
  onError(error: unknown): void
}

export function createLeases({ store, clock, leaseMs, maxMs, onError }: LeaseOptions): Leases {
  const kept = new Map<string, number>()
  const until = () => clock.now() + leaseMs
  let stop: (() => void) | undefined
  const renew = async () => {
    for (const [id, since] of kept) if (clock.now() - since > maxMs) kept.delete(id)
    try {
      if (kept.size) await store.renew([...kept.keys()], until())
      await store.sweep()
    } catch (error) {
      onError(error)
    }
  }
  const beat = () => {
    stop = undefined
    if (!kept.size) return
    void renew()
    stop = clock.after(leaseMs / 3, beat)
  }
  return {
    until,
    keep(id) {
      kept.set(id, clock.now())
      stop ??= clock.after(leaseMs / 3, beat)
      return () => {
        kept.delete(id)
        if (kept.size) return
        stop?.()
        stop = undefined
      }
    },
  }
}
