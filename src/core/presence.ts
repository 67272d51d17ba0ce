/**
 * Whether somebody still waits for an answer: what an AbortSignal tells. Node makes one of those in 5 us, and listening takes as long; a
 * streamed request had two.
 *
 * @module
 */

export interface Presence {
  gone(): boolean
  /** Why; once it has gone. */
  reason(): unknown
  /** Calls `run` when it goes, unless the function returned is called before. Of one that has gone already nothing is told. */
  whenGone(run: () => void): () => void
  /** The same as a signal, for those who need one. */
  signal(): AbortSignal
}

export interface OwnPresence extends Presence {
  leave(reason: unknown): void
}

export function createPresence(): OwnPresence {
  let listeners: (() => void)[] = []
  let controller: AbortController | undefined
  let left: { reason: unknown } | undefined
  return {
    gone: () => left !== undefined,
    reason: () => left?.reason,
    whenGone(run) {
      listeners.push(run)
      return () => void (listeners = listeners.filter((listener) => listener !== run))
    },
    signal() {
      controller ??= new AbortController()
      if (left) controller.abort(left.reason)
      return controller.signal
    },
    leave(reason) {
      if (left) return
      left = { reason }
      const told = listeners
      listeners = []
      controller?.abort(reason)
      for (const listener of told) listener()
    },
  }
}

export const presenceBy = (signal: AbortSignal): Presence => ({
  gone: () => signal.aborted,
  reason: () => signal.reason as unknown,
  whenGone(run) {
    signal.addEventListener('abort', run, { once: true })
    return () => signal.removeEventListener('abort', run)
  },
  signal: () => signal,
})
