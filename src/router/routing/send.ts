/**
 * Asks a plan's candidates, one after the other, until one answers or the failure is none that another could survive.
 *
 * @module
 */
import { createBudget, DEFAULT_RETRY, type Budget, type RetryOptions, type Throttle } from '../budget.ts'
import { classify, type FailureClass, type Verdict } from '../failures/classify.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import type { Clock } from '../../core/clock.ts'
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import { notAllowed } from '../not-allowed.ts'
import { outcomeOf, type AttemptReason } from '../outcome.ts'
import { askStranger } from '../pool/stranger.ts'
import type { Awaitable } from '../state.ts'
import { passOn, tripOf } from '../trip.ts'
import { passOverBarred, readyFirst, refuseAll, type Candidate } from './candidates.ts'
import type { RouteFacts } from './facts.ts'
import { calledAtOnce, nextAfter } from './next.ts'
import type { Plan } from './plan.ts'
import { learn, unprobedFirst } from './rests.ts'
import type { Target } from './target.ts'

/** A target's failure, for a function of the user's own. */
export interface TargetFailure {
  /** The name and model of the target that failed. */
  target: string
  model?: string
  class: FailureClass
  status: number
  message: string
}

/** A function of the user's own, asked after each failure: whom to ask next, before the fallbacks that are left; `false`: nobody. Nothing: as the class says. */
export type OnError = (failure: TargetFailure, facts: RouteFacts) => Awaitable<Target | false | undefined>

export interface SendContext {
  clock: Clock
  retry?: RetryOptions
  throttle?: Throttle
  /** What is remembered of targets that failed. */
  cooldowns: Cooldowns
  onError?: OnError
}

export interface Sent {
  response: Response
  /** Whose answer or refusal it is. */
  candidate: Candidate
}

/** Resolves with the first answer; else with the failure that helps the client most. Throws where nobody can take the request, or the client has gone. */
export async function sendPlan(plan: Plan, request: Request, context: SendContext, signal: AbortSignal): Promise<Sent> {
  const { clock, retry = {}, throttle, cooldowns, onError } = context
  const { ask, rule, route } = plan
  if (plan.barred !== undefined) return notAllowed(plan.barred)
  const called = calledAtOnce(plan)
  if (called.every(({ skipped }) => skipped !== undefined)) refuseAll(called, rule, () => route.tokens)
  const waiting = await readyFirst(plan.candidates, ask, clock.now(), cooldowns)
  const trip = tripOf(request)
  const budget = waiting.length > 1 || onError ? createBudget(retry, clock, throttle, trip.budget) : trip.budget
  let left = waiting.filter((candidate) => called.includes(candidate))
  const spare = waiting.filter((candidate) => !called.includes(candidate))
  const refusals: Refusal[] = []

  for (let reason = trip.reason ?? 'first'; left.length; reason = 'next-member') {
    signal.throwIfAborted()
    const [candidate, ...others] = (await unprobedFirst(left, cooldowns)) as [Candidate, ...Candidate[]]
    const asked = askOne({
      candidate,
      plan,
      request,
      clock,
      signal,
      budget,
      reason,
      last: !others.length && !spare.length && !onError,
    })
    // One alone is asked in any case: of its failures nothing has to be known.
    const remember = (told: Parameters<typeof learn>[2]) => (waiting.length > 1 ? learn(candidate, cooldowns, told) : undefined)
    const response = await asked.catch(async (error: unknown) => {
      await remember('nothing')
      throw error
    })
    const failure = failureIn(response)
    if (!failure) {
      await remember('answered')
      throttle?.succeeded()
      for (const refusal of refusals) drop(refusal.response)
      return { response, candidate }
    }
    const verdict = classify(failure, clock.now())
    await remember(verdict)
    if (verdict.breaker && !candidate.member) budget?.failed()
    refusals.push({ response, candidate, verdict })
    left = nextAfter(candidate, { ...verdict, limit: failure.tokens?.limit }, { others, spare, retry })
    if (onError) {
      if (refusals.length >= (retry.attempts ?? DEFAULT_RETRY.attempts)) break
      const { name: target, asks: model } = candidate
      const { status, message } = failure
      const told = await onError({ target, ...(model !== undefined && { model }), class: verdict.class, status, message }, route)
      if (told === false) break
      if (told !== undefined) {
        const added = plan.add(told, 'onError')
        await passOverBarred(added, ask)
        left = [...added.filter(({ skipped }) => skipped === undefined), ...left]
      }
    }
    if (budget?.spent() !== undefined) break
  }
  const told = mostHelpful(refusals)
  for (const { response } of refusals) if (response !== told.response) drop(response)
  return told
}

interface Refusal extends Sent {
  verdict: Verdict
}

const drop = ({ body }: Response): void => void body?.cancel().catch(() => {})

function failureIn(response: Response): Failure | undefined {
  const failure = outcomeOf(response)?.failure
  if (failure || response.ok) return failure
  // a layer in between has lost what became of it
  return { kind: 'bad-response', status: STATUS['bad-response'], message: `The target answered ${response.status}.` }
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
  const route = trip.route === undefined ? plan.rule : `${trip.route} > ${plan.rule}`
  if (!member) {
    budget?.take()
    const changed = adjust ?? trip.adjust
    const wanted = model ?? trip.model
    const { attempts } = trip
    const written = { ...(wanted !== undefined && { model: wanted }), ...(changed && { adjust: changed }) }
    return askStranger({ name, fetch, request, facts, ...written, attempts, reason, route, clock, signal })
  }
  const changes = {
    nested: trip.nested || !last,
    routed: true,
    route,
    ...(reason !== trip.reason && { reason, waitedMs: 0 }),
    ...(budget && { budget }),
    ...(model !== undefined && { model }),
    ...(adjust && { adjust }),
    ...(strict !== undefined && { strict }),
  }
  return fetch(passOn(request, facts, changes, signal))
}
