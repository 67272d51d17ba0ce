/**
 * How long an upstream may take for what. Each phase of an attempt has its own limit, and one timer at a time.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { STATUS, type Failure } from '../../core/failure.ts'

/** Limits in milliseconds; 0 is no limit. */
export interface Timeouts {
  /** Until the connection stands. Counts where the fetch tells it, as the server's does; otherwise `headersMs` covers it. Default 10 000. */
  connectMs?: number
  /** Until the upstream's status has come. Default 600 000: a whole answer comes with its headers. */
  headersMs?: number
  /** Until the first meaningful event of a stream. Models that think take minutes. Default 600 000. */
  firstTokenMs?: number
  /** Between two pieces of a stream, signs of life included. Default 300 000. */
  bytesMs?: number
  /** Between two meaningful events of a stream: signs of life do not count. Default none. */
  eventsMs?: number
  /** For all of an answer. Default none. */
  totalMs?: number
}

export const DEFAULT_TIMEOUTS: Required<Timeouts> = {
  connectMs: 10_000,
  headersMs: 600_000,
  firstTokenMs: 600_000,
  bytesMs: 300_000,
  eventsMs: 0,
  totalMs: 0,
}

/** What ran out. */
export type TimeoutPhase = 'connect' | 'headers' | 'first-token' | 'bytes' | 'events' | 'total'

const WORDS: Record<TimeoutPhase, string> = {
  connect: 'the connection did not stand',
  headers: 'no answer began',
  'first-token': 'the answer did not begin to say anything',
  bytes: 'nothing came amid the answer',
  events: 'nothing but signs of life came amid the answer',
  total: 'the answer was not finished',
}

export const timeoutFailure = (name: string, phase: TimeoutPhase, ms: number): Failure => ({
  kind: 'timeout',
  status: STATUS.timeout,
  code: phase,
  message: `endpoint "${name}": ${WORDS[phase]} within ${ms} ms.`,
})

export interface Watch {
  /** Begins a phase, and ends the one before. `undefined` ends watching but for the total. */
  phase(name: 'connect' | 'headers' | 'first-token' | undefined): void
  /** Ends all watching. */
  stop(): void
}

/** Watches an attempt; calls `expire` once, with the failure, when a phase or all of it takes too long. */
export function watch(name: string, limits: Required<Timeouts>, clock: Clock, expire: (failure: Failure) => void): Watch {
  const ms: Record<string, number> = { connect: limits.connectMs, headers: limits.headersMs, 'first-token': limits.firstTokenMs }
  let cancel = () => {}
  const stopTotal = limits.totalMs ? clock.after(limits.totalMs, () => fire('total', limits.totalMs)) : () => {}
  const fire = (phase: TimeoutPhase, after: number) => {
    cancel()
    stopTotal()
    expire(timeoutFailure(name, phase, after))
  }
  return {
    phase(next) {
      cancel()
      const limit = next && ms[next]
      cancel = limit ? clock.after(limit, () => fire(next, limit)) : () => {}
    },
    stop() {
      cancel()
      stopTotal()
    },
  }
}
