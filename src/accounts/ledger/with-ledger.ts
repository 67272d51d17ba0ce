/**
 * A ledger around any fetch.
 *
 * @module
 */
import { isFailureError, STATUS } from '../../core/failure.ts'
import { inheritCaller, seenOf } from '../../router/caller.ts'
import { createAnswerReader } from '../../router/endpoint/read-answer.ts'
import { classify } from '../../router/failures/classify.ts'
import { networkFailure } from '../../router/failures/network-failure.ts'
import { failureOfResponse } from '../../router/failures/refusal.ts'
import { factsOf, knownFacts, routeOf, withBody } from '../../router/facts.ts'
import { askedModel, type RequestFacts } from '../../router/request-facts.ts'
import { requestOf, urlOf, type Fetch, type Handler } from '../../router/fetch.ts'
import { memberOf } from '../../router/member.ts'
import { attachOutcome, outcomeOf, type Attempt, type Outcome } from '../../router/outcome.ts'
import { watched } from '../../router/pool/stranger.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Ledger } from './ledger.ts'

/**
 * The same fetch, of whose requests the ledger keeps a record. What it answers, and what it throws, stays as it is.
 *
 * Any fetch will do. Of one that is not of this library the request and the answer are read here, and its endpoint is called by its host.
 */
export function withLedger(fetch: Fetch, ledger: Pick<Ledger, 'watch' | 'clock'>): Handler {
  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    const told = ledger.watch(request)
    try {
      return told(memberOf(fetch) || !routeOf(request) ? await fetch(request) : await askedOf(fetch, request, ledger))
    } catch (error) {
      told(unanswered(request, error))
      throw error
    }
  }
  return handler
}

/** Asks a fetch of which nothing is known. What cannot be read as a request of its protocol it gets as it came: the refusal, if any, is its own. */
async function askedOf(fetch: Fetch, request: Request, ledger: Pick<Ledger, 'clock'>): Promise<Response> {
  if (request.bodyUsed) return asked(fetch, request, await factsOf(request), ledger)
  // A copy is read, which shares its bytes.
  const copy = request.clone()
  inheritCaller(request, copy)
  const facts = await (knownFacts(request) ?? factsOf(copy)).catch(() => undefined)
  if (!facts) return fetch(request)
  request.body?.cancel().catch(() => {})
  return asked(fetch, request, facts, ledger)
}

async function asked(fetch: Fetch, request: Request, facts: RequestFacts, { clock }: Pick<Ledger, 'clock'>): Promise<Response> {
  const passed = withBody(request, facts)
  const attempts = seenOf(request)?.attempts ?? []
  const before = attempts.length
  const model = askedModel(facts)
  const attempt: Attempt = {
    endpoint: urlOf(request).host,
    ...(model !== undefined && { model }),
    reason: 'first',
    waitedMs: 0,
    startedAt: clock.now(),
  }
  attempts.push(attempt)
  const settle = (status?: number) => {
    attempt.tookMs = clock.now() - attempt.startedAt
    if (status !== undefined) attempt.status = status
  }
  let response: Response
  try {
    response = await fetch(passed)
  } catch (error) {
    settle()
    if (attempts.length > before + 1) attempts.splice(before, 1)
    else if (!request.signal.aborted) attempt.failure = failedBy(networkFailure(error, attempt.endpoint), clock.now())
    throw error
  }
  settle(response.status)
  if (outcomeOf(response)) {
    // It is of this library after all, and has noted its attempts itself.
    attempts.splice(before, 1)
    return response
  }
  const known: Omit<Outcome, 'ended'> = { endpoint: attempt.endpoint, ...(model !== undefined && { model }), notices: [], attempts }
  if (response.ok) return watched(response, known, createAnswerReader(facts.protocol, response.headers.get('content-type') ?? ''))
  const text = await response.clone().text()
  const failure = failureOfResponse(protocols[facts.protocol], response, text, clock.now(), attempt.endpoint)
  attempt.failure = failedBy(failure, clock.now())
  return attachOutcome(response, { ...known, failure, ended: Promise.resolve({ how: 'error', failure }) })
}

const failedBy = (failure: Outcome['failure'] & object, now: number): NonNullable<Attempt['failure']> => ({
  class: classify(failure, now).class,
  message: failure.message,
})

/** What the ledger is told of a request that has no answer. */
function unanswered(request: Request, error: unknown): Response {
  if (request.signal.aborted) return new Response(null, { status: STATUS.cancelled })
  const failure = isFailureError(error) ? error.failure : networkFailure(error, 'no answer')
  const attempts = seenOf(request)?.attempts ?? []
  const about = { endpoint: attempts.at(-1)?.endpoint ?? '', notices: [], attempts, failure }
  return attachOutcome(new Response(null, { status: failure.status }), { ...about, ended: Promise.resolve({ how: 'error', failure }) })
}
