/**
 * Keeps what is taken for requests under way, as long as this process lives.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { Awaitable } from '../../router/state.ts'
import type { BudgetStore } from './store.ts'

export interface Leases {
  /** When what is taken now lapses. */
  until(): number
  /** Keeps it from lapsing; the function returned ends that with what settles it. Where that fails it is tried again with each sign of life, as else all that was taken would be charged. */
  keep(id: string): (settle: () => Awaitable<void>) => void
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

interface Kept {
  since: number
  /** Set when it is over, and not settled yet. */
  settle?: () => Awaitable<void>
}

export function createLeases({ store, clock, leaseMs, maxMs, onError }: LeaseOptions): Leases {
  const kept = new Map<string, Kept>()
  const until = () => clock.now() + leaseMs
  let stop: (() => void) | undefined
  const letGo = (id: string) => {
    kept.delete(id)
    if (kept.size) return
    stop?.()
    stop = undefined
  }
  const settle = (id: string, run: () => Awaitable<void>): Awaitable<void> => {
    try {
      const settling = run()
      if (settling instanceof Promise) return settling.then(() => letGo(id), onError)
      letGo(id)
    } catch (error) {
      onError(error)
    }
  }
  const renew = async () => {
    for (const [id, { since }] of kept) if (clock.now() - since > maxMs) kept.delete(id)
    for (const [id, { settle: run }] of kept) if (run) await settle(id, run)
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
    stop = clock.after(leaseMs / 3, beat)
    void renew()
  }
  return {
    until,
    keep(id) {
      const held: Kept = { since: clock.now() }
      kept.set(id, held)
      stop ??= clock.after(leaseMs / 3, beat)
      return (run) => {
        held.settle = run
        void settle(id, run)
      }
    },
  }
}
