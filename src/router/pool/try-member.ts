/**
 * One member asked once, and what is learnt from it.
 *
 * @module
 */
import { respondText } from '../../core/byte-source.ts'
import { fail, isFailureError, STATUS, type Failure } from '../../core/failure.ts'
import { totalInput } from '../../core/usage.ts'
import { protocols } from '../../transformers/registry.ts'
import { errorResponse } from '../endpoint/answer.ts'
import type { Budget } from '../budget.ts'
import { classify, type Verdict } from '../failures/classify.ts'
import { withBody } from '../facts.ts'
import { costOf } from '../cost.ts'
import { attachOutcome, outcomeOf, type Attempt, type AttemptReason } from '../outcome.ts'
import { networkFailure } from '../failures/network-failure.ts'
import { failureOfResponse } from '../failures/refusal.ts'
import { passOn } from '../trip.ts'
import { holdAnswer } from './hold.ts'
import type { PoolCall, PoolParts } from './over-members.ts'
import { occupy, type Seat } from './seats.ts'
import { scopesOf } from './survey.ts'

export interface Result {
  seat: Seat
  response: Response
  /** Set where it is a refusal. */
  verdict?: Verdict
  failure?: Failure
}

export interface Candidate {
  seat: Seat
  /** Rests that are over: the attempt is their probe. */
  probing: readonly string[]
}

export interface Running {
  /** Resolves with `undefined` where somebody else probes this member. Rejects when the client has gone. */
  result: Promise<Result | undefined>
  /** Another member was faster. */
  abort(): void
}

export type TryMember = (
  candidate: Candidate,
  about: { reason: AttemptReason; waitedMs: number; conversation: string | undefined },
) => Running

export function createTry(parts: PoolParts, { request, facts, trip, signal, budget }: PoolCall & { budget: Budget }): TryMember {
  const { balancer, breaker, cooldowns, affinity, clock, commit } = parts

  /** A stranger's fetch tells nothing of itself: it is judged by its status. */
  const askStranger = async (seat: Seat, passed: AbortSignal, reason: AttemptReason, waitedMs: number): Promise<Response> => {
    const price = seat.price && costOf(seat.price, facts)
    if (!budget.take(price))
      fail({ kind: 'overloaded', message: `member "${seat.name}": this request has spent its ${budget.spent() ?? 'budget'}.` })
    const attempt: Attempt = { endpoint: seat.name, reason, waitedMs, startedAt: clock.now() }
    trip.attempts.push(attempt)
    const about = { endpoint: seat.name, notices: [], attempts: trip.attempts }
    const refused = (failure: Failure, response: Response) => {
      attempt.status = failure.status
      attempt.failure = { class: classify(failure, clock.now()).class, message: failure.message }
      return attachOutcome(response, { ...about, failure, ended: Promise.resolve({ how: 'error', failure }) })
    }
    const client = protocols[facts.protocol]
    try {
      const response = await seat.fetch(withBody(request, facts, facts.body, passed))
      if (outcomeOf(response)) return response
      if (!response.ok) {
        const text = await response.text()
        const failure = failureOfResponse(client, response, text, clock.now(), `member "${seat.name}"`)
        return refused(failure, respondText(text, { status: response.status, headers: response.headers }))
      }
      attempt.status = response.status
      return attachOutcome(response, { ...about, ended: Promise.resolve({ how: 'complete' }) })
    } catch (error) {
      if (passed.aborted) throw error
      const failure = isFailureError(error) ? error.failure : networkFailure(error, `member "${seat.name}": no answer`)
      return refused(failure, errorResponse(client, failure))
    } finally {
      attempt.tookMs = clock.now() - attempt.startedAt
    }
  }

  const learn = async (seat: Seat, probing: readonly string[], verdict: Verdict, begunAt: number) => {
    const scopes = scopesOf(seat, seat.member?.model({ facts, ...(trip.model !== undefined && { model: trip.model }) }))
    const scope = verdict.cool?.scope
    // What concerns a key is the endpoint's to remember; a stranger's keys are unknown, so that it rests as a whole.
    const name = scope && scope in scopes ? scopes[scope as keyof typeof scopes] : seat.member ? undefined : scopes.endpoint
    if (name !== undefined && verdict.cool) await cooldowns.rest(name, verdict)
    await cooldowns.release(probing.filter((probed) => probed !== name))
    if (verdict.breaker) await breaker?.record(seat.name, verdict.breaker, begunAt)
    else await breaker?.release(seat.name)
  }

  return ({ seat, probing }, { reason, waitedMs, conversation }) => {
    const stop = new AbortController()
    const abort = () => stop.abort(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    const begunAt = clock.now()

    const run = async (): Promise<Result | undefined> => {
      if (breaker && !(await breaker.enter(seat.name)) && parts.seats.length > 1) {
        const { state } = await breaker.allows(seat.name)
        if (state === 'half-open') return undefined
      }
      if (probing[0] !== undefined && !(await cooldowns.probe(probing[0]))) return undefined
      const leave = occupy(seat)
      balancer.started(seat.name)
      try {
        const asked = seat.member
          ? await seat.fetch(passOn(request, facts, { nested: true, budget, reason, waitedMs }, stop.signal))
          : await askStranger(seat, stop.signal, reason, waitedMs)
        if (stop.signal.aborted) throw stop.signal.reason
        let failure = outcomeOf(asked)?.failure
        let response = asked
        if (!failure && commit === 'complete') {
          const held = await holdAnswer(asked, stop.signal)
          if (held instanceof Response) response = held
          else {
            failure = held
            response = errorResponse(protocols[facts.protocol], held)
            attachOutcome(response, {
              endpoint: seat.name,
              notices: [],
              attempts: trip.attempts,
              failure: held,
              ended: Promise.resolve({ how: 'error', failure: held }),
            })
          }
        }
        if (failure || !response.ok) {
          failure ??= {
            kind: 'bad-response',
            status: STATUS['bad-response'],
            message: `member "${seat.name}" answered ${response.status}.`,
          }
          const verdict = classify(failure, clock.now())
          leave()
          balancer.finished(seat.name, { ok: false })
          await learn(seat, probing, verdict, begunAt)
          return { seat, response, verdict, failure }
        }
        await succeed(response, leave, conversation)
        return { seat, response }
      } catch (error) {
        leave()
        balancer.finished(seat.name, { ok: true })
        await breaker?.release(seat.name)
        await cooldowns.release(probing)
        throw error
      }
    }
    const succeed = async (response: Response, leave: () => void, key: string | undefined) => {
      // Told now: others need not wait for the end of a stream to know how fast this member is.
      balancer.answered(seat.name, clock.now() - begunAt)
      if (probing.length) await cooldowns.succeeded(probing)
      await breaker?.record(seat.name, 'ok', begunAt)
      if (key !== undefined) await affinity?.keep(key, seat.name, {})
      void outcomeOf(response)?.ended.then(async ({ how, usage, failure }) => {
        leave()
        signal.removeEventListener('abort', abort)
        balancer.finished(seat.name, { ok: how === 'complete' || how === 'recovered' || how === 'cancelled' })
        if (how === 'truncated' || how === 'error') {
          const verdict = failure && classify(failure, clock.now())
          await breaker?.record(seat.name, verdict?.breaker ?? 'half', begunAt)
        } else if (key !== undefined && usage) await affinity?.keep(key, seat.name, { warmTokens: warmTokensOf(usage) })
      })
    }
    return { result: run(), abort: () => stop.abort(new DOMException('Another member was faster.', 'AbortError')) }
  }
}

/** What the next turn finds in the cache: what was read from it and written to it; where the provider caches by itself, all of the question. */
const warmTokensOf = (usage: Parameters<typeof totalInput>[0]): number =>
  (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) || (usage.cacheRead === undefined ? 0 : totalInput(usage))
