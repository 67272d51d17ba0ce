/**
 * One attempt of an endpoint, recorded on the request's trip: it ends in an answer or in a judged failure.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { isFailureError } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { errorResponse } from './answer.ts'
import { callUpstream, type Call, type Upstream } from './call.ts'
import { classify, type Verdict } from '../failures/classify.ts'
import type { NamedKey } from './keys.ts'
import { attachOutcome, outcomeOf, type Attempt, type AttemptReason, type Outcome } from '../outcome.ts'

export interface Attempted {
  /** The answer or the refusal, as the client's. */
  response: Response
  /** Set where it is a refusal. */
  verdict?: Verdict
}

export interface AttemptOptions {
  upstream: Upstream
  clock: Clock
  call: Omit<Call, 'apiKey'>
  key: NamedKey
  model: string
  reason: AttemptReason
  waitedMs: number
}

/** Rejects where the client has gone, and with what is no failure of the upstream. */
export async function attemptOnce({ upstream, clock, call, key, model, reason, waitedMs }: AttemptOptions): Promise<Attempted> {
  const { attempts } = call.trip
  const keyName = key.key === undefined ? undefined : { key: key.name }
  const attempt: Attempt = { endpoint: upstream.name, model, ...keyName, reason, waitedMs, startedAt: clock.now() }
  attempts.push(attempt)
  const outcome = (part: Pick<Outcome, 'notices' | 'ended' | 'failure'>): Outcome => ({
    endpoint: upstream.name,
    protocol: upstream.protocol,
    model,
    ...keyName,
    attempts,
    ...part,
  })
  let response: Response
  try {
    response = await callUpstream(upstream, { ...call, ...(key.key !== undefined && { apiKey: key.key }) }, outcome)
  } catch (error) {
    attempt.tookMs = clock.now() - attempt.startedAt
    if (call.signal.aborted || !isFailureError(error)) throw error
    const { failure } = error
    const ended = Promise.resolve({ how: 'error' as const, failure })
    response = attachOutcome(errorResponse(protocols[call.facts.protocol], failure), outcome({ notices: [], failure, ended }))
  }
  attempt.tookMs = clock.now() - attempt.startedAt
  const failure = outcomeOf(response)?.failure
  attempt.status = failure?.status ?? response.status
  if (!failure) return { response }
  const verdict = classify(failure, clock.now())
  attempt.failure = { class: verdict.class, message: failure.message }
  return { response, verdict }
}
