/**
 * Asks a plan's candidates, one after the other, until one answers or the failure is none that another could survive.
 *
 * @module
 */
import { createBudget, type Budget, type RetryOptions } from '../budget.ts'
import { classify, type Verdict } from '../failures/classify.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import type { Clock } from '../../core/clock.ts'
import { outcomeOf, type AttemptReason } from '../outcome.ts'
import { askStranger } from '../pool/stranger.ts'
import { passOn, tripOf } from '../trip.ts'
import { isLarger, readyFirst, refuseAll, type Candidate } from './candidates.ts'
import type { Plan } from './plan.ts'

export interface SendContext {
  clock: Clock
  retry: RetryOptions | undefined
}

/** Resolves with the first answer; else with the failure that helps the client most. Throws where nobody can take the request, or the client has gone. */
export async function sendPlan(plan: Plan, request: Request, { clock, retry }: SendContext, signal: AbortSignal): Promise<Response> {
  const { ask, rule, route } = plan
  const tooLong = plan.candidates.some((candidate) => candidate.tooLong)
  const called = plan.candidates.filter(({ reserve }) => !reserve || tooLong)
  if (called.every(({ skipped }) => skipped !== undefined)) refuseAll(called, rule, () => route.tokens)
  const waiting = await readyFirst(plan.candidates, ask, clock.now())
  const trip = tripOf(request)
  const budget = waiting.length > 1 ? createBudget(retry ?? {}, clock, undefined, trip.budget) : trip.budget
  let left = waiting.filter((candidate) => called.includes(candidate))
  const spare = waiting.filter((candidate) => !called.includes(candidate))
  const refusals: Refusal[] = []

  for (let reason = trip.reason ?? 'first'; left.length; reason = 'next-member') {
    signal.throwIfAborted()
    const [candidate, ...others] = left as [Candidate, ...Candidate[]]
    const response = await askOne({ candidate, plan, request, clock, signal, budget, reason, last: !others.length && !spare.length })
    const failure = failureIn(response)
    if (!failure) {
      for (const refusal of refusals) drop(refusal.response)
      return response
    }
    const verdict = classify(failure, clock.now())
    refusals.push({ response, failure, verdict })
    left = nextAfter(candidate, failure, verdict, others, spare)
    if (budget?.spent() !== undefined) break
  }
  const told = mostHelpful(refusals)
  for (const { response } of refusals) if (response !== told.response) drop(response)
  return told.response
}

interface Refusal {
  response: Response
  failure: Failure
  verdict: Verdict
}

const drop = ({ body }: Response): void => void body?.cancel().catch(() => {})

function failureIn(response: Response): Failure | undefined {
  const failure = outcomeOf(response)?.failure
  if (failure || response.ok) return failure
  // a layer in between has lost what became of it
  return { kind: 'bad-response', status: STATUS['bad-response'], message: `The target answered ${response.status}.` }
}

/** Who may be asked after a failure: nobody after a mistake of the caller's; after one of length, whoever may be large enough. */
function nextAfter(
  failed: Candidate,
  { tokens }: Failure,
  verdict: Verdict,
  others: Candidate[],
  spare: readonly Candidate[],
): Candidate[] {
  if (verdict.nextEndpoint === true) return others
  if (verdict.nextEndpoint !== 'larger-window') return []
  const limit = tokens?.limit ?? failed.contextWindow
  return [...others, ...spare.filter((candidate) => !others.includes(candidate))]
    .filter((candidate) => candidate.fetch !== failed.fetch || candidate.model !== failed.model)
    .filter((candidate) => isLarger(candidate, limit))
}

/** The lower, the more it helps the client to know: what it must change itself, then what passes by itself, then what others must mend. */
const HELP: Record<Verdict['fault'], number> = {
  caller: 0,
  policy: 1,
  capacity: 2,
  quota: 3,
  timeout: 4,
  provider: 5,
  stream: 6,
  network: 7,
  credential: 8,
  internal: 9,
}

const mostHelpful = (refusals: readonly Refusal[]): Refusal =>
  refusals.toSorted((a, b) => HELP[a.verdict.fault] - HELP[b.verdict.fault])[0]!

interface OneAsk extends Pick<SendContext, 'clock'> {
  candidate: Candidate
  plan: Plan
  request: Request
  signal: AbortSignal
  budget: Budget | undefined
  reason: AttemptReason
  /** Nobody is left to be asked after this one: it may wait where that helps. */
  last: boolean
}

function askOne({ candidate, plan, request, signal, budget, reason, last, clock }: OneAsk): Promise<Response> {
  const { facts } = plan
  const { member, model, strict, name } = candidate
  const fetch = candidate.fetch!
  const trip = tripOf(request)
  const adjust = plan.changesOf(candidate, trip.adjust)
  if (!member) {
    budget?.take()
    const changed = adjust ?? trip.adjust
    const wanted = model ?? trip.model
    const { attempts } = trip
    const written = { ...(wanted !== undefined && { model: wanted }), ...(changed && { adjust: changed }) }
    return askStranger({ name, fetch, request, facts, ...written, attempts, reason, clock, signal })
  }
  const changes = {
    nested: trip.nested || !last,
    routed: true,
    ...(reason !== trip.reason && { reason, waitedMs: 0 }),
    ...(budget && { budget }),
    ...(model !== undefined && { model }),
    ...(adjust && { adjust }),
    ...(strict !== undefined && { strict }),
  }
  return fetch(passOn(request, facts, changes, signal))
}
