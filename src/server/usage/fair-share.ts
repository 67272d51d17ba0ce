/**
 * How much of the server's time questions of one tenant may take: answers over a million records take a tenth of a second each, in which
 * nobody else has an answer.
 *
 * @module
 */
import { sleep, type Clock } from '../../core/clock.ts'

/** A tenth of the time, and two seconds at once for whoever has asked nothing for a while. */
const SHARE = 0.1
const MOST_MS = 2000

/** Questions of one tenant at a time: a page of charts asks for several. */
const MOST_AT_ONCE = 16

/** What those are told who have to wait. */
export const TOO_MUCH = 'Questions about your usage take too much time, or are too many at once. Wait, and ask less often.'

/** Answers a tenant's question, or tells how many seconds it has to wait. */
export type FairShare = <T>(tenant: string, run: (turn: Turn) => Promise<T>) => Promise<T | { wait: number }>

/** The time of one question. */
export interface Turn {
  /** Makes the question last until `end`: its answer is worked out while it is read. */
  keep(): KeptTurn
}

export interface KeptTurn {
  /** Does a part of the work once the tenant's share allows for it, and charges its time. */
  part<T>(run: () => Promise<T>): Promise<T>
  end(): void
}

export function createFairShare(clock: Clock): FairShare {
  /** What they may take still, at a moment, and how many questions are being answered. Tenants are as many as the configuration has keys. */
  const states = new Map<string, { ms: number; at: number; running: number }>()
  return async (tenant, run) => {
    let state = states.get(tenant)
    if (!state) states.set(tenant, (state = { ms: MOST_MS, at: clock.now(), running: 0 }))
    const charge = (ms: number) => {
      const now = clock.now()
      state.ms = Math.min(MOST_MS, state.ms + (now - state.at) * SHARE) - ms
      state.at = now
    }
    charge(0)
    if (state.ms < 0) return { wait: Math.ceil(-state.ms / SHARE / 1000) }
    if (state.running >= MOST_AT_ONCE) return { wait: 1 }
    const timed = async <R>(part: () => Promise<R>): Promise<R> => {
      const begun = clock.now()
      try {
        return await part()
      } finally {
        charge(clock.now() - begun)
      }
    }
    let isKept = false
    const over = new AbortController()
    const end = () => {
      if (!over.signal.aborted) state.running--
      over.abort()
    }
    const keep = (): KeptTurn => {
      isKept = true
      return {
        async part(work) {
          charge(0)
          if (state.ms < 0) await sleep(clock, -state.ms / SHARE, over.signal)
          return timed(work)
        },
        end,
      }
    }
    state.running++
    try {
      return await timed(() => run({ keep }))
    } catch (error) {
      end()
      throw error
    } finally {
      if (!isKept) end()
    }
  }
}
