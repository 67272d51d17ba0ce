/**
 * What a failure means for failing over: whose fault it is, how far it reaches, until when, and what may be tried next.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'

/** Whose fault it is. */
export type Fault = 'caller' | 'policy' | 'credential' | 'quota' | 'capacity' | 'provider' | 'network' | 'timeout' | 'stream' | 'internal'

/** What a cooldown reaches. `org`: all keys of one organisation, which share quotas and money; `provider`: all endpoints of one provider. */
export type Scope = 'key' | 'key-model' | 'org' | 'endpoint-model' | 'endpoint' | 'provider'

/** What a class of failures leads to. The rows are in {@link DECISIONS}. */
export interface Decision {
  fault: Fault
  /** How often the same key may be tried again, and after what: `reset` waits for the time the provider named, `backoff` for a growing time with full jitter. */
  sameKey?: { tries: number; after: 'at once' | 'backoff' | 'reset' }
  /** Another key of the same endpoint: any, or one of another organisation. */
  nextKey?: 'any' | 'other-org'
  /** Another endpoint. */
  nextEndpoint?: true | 'larger-window'
  /** Rests for as long as the provider said (`reset`), else for `ms`, which doubles with each failure in a row up to `atMost`. */
  cool?: { scope: Scope; ms: number; atMost?: number; reset?: true }
  /** What it counts against the breaker: all, half, or nothing. Default nothing. */
  breaker?: 'full' | 'half'
  /** The request may have been answered and billed: tried elsewhere only where that is allowed. */
  ambiguous?: true
}

export type FailureClass = keyof typeof DECISIONS

/** A failure, judged. */
export interface Verdict extends Decision {
  class: FailureClass
  /** When the provider says that it will answer again, in milliseconds since 1970. */
  resetAt?: number
}

export const DECISIONS = {
  'server-error': { fault: 'provider', nextEndpoint: true, breaker: 'full' },
} as const satisfies Record<string, Decision>

/** Judges a failure. `now` in milliseconds since 1970. */
export function classify(failure: Failure, now: number): Verdict {
  return {
    class: 'server-error',
    ...DECISIONS['server-error'],
    ...(failure.retryAfter !== undefined && { resetAt: now + failure.retryAfter * 1000 }),
  }
}
