/**
 * One attempt of an endpoint, recorded on the request's trip: it ends in an answer or in a judged failure.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { isFailureError, type Failure } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { meterOf } from '../caller.ts'
import { admitted } from '../measure.ts'
import type { Used } from '../meter.ts'
import { errorResponse } from './answer.ts'
import { callUpstream, type Call, type Upstream } from './call.ts'
import { classify, type Verdict } from '../failures/classify.ts'
import type { NamedKey } from './keys.ts'
import { attachOutcome, outcomeOf, type Attempt, type AttemptReason, type Ending, type Outcome } from '../outcome.ts'

export interface Attempted {
  /** The answer or the refusal, as the client's. */
  response: Response
  /** Set where it is a refusal. */
  verdict?: Verdict
}

export interface AttemptOptions {
  upstream: Upstream
  clock: Clock
  call: Call
  key: NamedKey
  model: string
  reason: AttemptReason
  waitedMs: number
  /** The most tokens that the model can answer with, where that is known. */
  mostOutput?: number
}

/** Rejects where the client has gone, and with what is no failure of the upstream. */
export async function attemptOnce({ upstream, clock, call, key, model, reason, waitedMs, mostOutput }: AttemptOptions): Promise<Attempted> {
  const { attempts } = call.trip
  const outcome = ({ notices, ended, failure }: Pick<Outcome, 'notices' | 'ended' | 'failure'>): Outcome => {
    const made: Outcome = { endpoint: upstream.name, protocol: upstream.protocol, model, attempts, notices, ended }
    if (key.key !== undefined) made.key = key.name
    if (failure) made.failure = failure
    return made
  }
  const refusal = (failure: Failure): Response => {
    const ended = Promise.resolve({ how: 'error' as const, failure })
    return attachOutcome(errorResponse(protocols[call.facts.protocol], failure), outcome({ notices: [], failure, ended }))
  }
  const { facts, trip, request, waiting } = call
  const meter = meterOf(request)
  const charge = meter && (await admitted(meter, { endpoint: upstream.name, model, reason, facts, trip, mostOutput, waiting }))
  if (charge && 'kind' in charge) return { response: refusal(charge), verdict: classify(charge, clock.now()) }
  const attempt: Attempt = { endpoint: upstream.name, model, reason, waitedMs, startedAt: clock.now() }
  if (key.key !== undefined) attempt.key = key.name
  attempts.push(attempt)
  let response: Response
  try {
    response = await callUpstream(upstream, call, key.key, outcome)
  } catch (error) {
    attempt.tookMs = clock.now() - attempt.startedAt
    if (waiting.gone() || !isFailureError(error)) {
      charge?.settle({ billed: 'question' })
      throw error
    }
    response = refusal(error.failure)
  }
  attempt.tookMs = clock.now() - attempt.startedAt
  const { failure, ended } = outcomeOf(response)!
  attempt.status = failure?.status ?? response.status
  if (!failure) {
    if (charge) void ended.then(({ usage, streamed, answeredBy }) => charge.settle({ billed: 'answer', usage, streamed, answeredBy }))
    return { response }
  }
  const verdict = classify(failure, clock.now())
  if (charge) void ended.then((ending) => charge.settle(usedBy(failure, verdict, ending)))
  attempt.failure = { class: verdict.class, message: failure.message }
  return { response, verdict }
}

/** What an attempt that failed may be billed as. A stream may have told what it used; of an answer that broke while it came all at once, all was there. */
const usedBy = (failure: Failure, { ambiguous }: Verdict, { usage, streamed, answeredBy }: Ending): Used => ({
  billed: ambiguous && failure.amid && streamed === undefined ? 'answer' : ambiguous || usage ? 'question' : 'nothing',
  usage,
  answeredBy,
})
