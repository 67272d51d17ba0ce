/**
 * What a failure means for failing over: whose fault it is, how far it reaches, until when, and what may be tried next.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import { DECISIONS, type Decision, type FailureClass, type Fault } from './decisions.ts'
import { fits, SIGNS } from './signs.ts'

export type { Decision, FailureClass, Scope } from './decisions.ts'

/** A failure, judged. */
export interface Verdict extends Decision {
  class: FailureClass
  /** When the provider says that it will answer again, in milliseconds since 1970. */
  resetAt?: number
}

/** Judges a failure. `now` in milliseconds since 1970. */
export function classify(failure: Failure, now: number): Verdict {
  const name = SIGNS.find((sign) => fits(sign, failure))?.class ?? 'server-error'
  const verdict: Verdict = { class: name, ...DECISIONS[name] }
  const resetAt = resetOf(failure, verdict, now)
  if (resetAt !== undefined) verdict.resetAt = resetAt
  if (failure.retryable === false) delete verdict.sameKey
  if (failure.retryable === true && RETRIED_ON_REQUEST.has(verdict.fault))
    verdict.sameKey ??= { tries: 1, after: resetAt === undefined ? 'backoff' : 'reset' }
  return verdict
}

/** Where a provider may ask for a retry (`x-should-retry: true`) that the table does not foresee: not of a refusal, nor of what the client gave up. */
const RETRIED_ON_REQUEST: ReadonlySet<Fault> = new Set(['capacity', 'provider', 'network', 'timeout', 'stream', 'quota'])

/** Of these no provider knows when they pass: some name hours, which are believed no longer than the table rests. */
const GUESSED: ReadonlySet<Fault> = new Set(['capacity', 'provider'])

function resetOf({ retryAfter }: Failure, { fault, cool }: Verdict, now: number): number | undefined {
  if (retryAfter === undefined || !Number.isFinite(retryAfter)) return undefined
  const ms = Math.max(0, retryAfter * 1000)
  return now + (GUESSED.has(fault) && cool?.atMost !== undefined ? Math.min(ms, cool.atMost) : ms)
}
