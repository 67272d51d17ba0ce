/**
 * One member asked once, and what is learnt from it.
 *
 * @module
 */
import { fail, STATUS, type Failure } from '../../core/failure.ts'
import { totalInput } from '../../core/usage.ts'
import { protocols } from '../../transformers/registry.ts'
import { errorResponse } from '../endpoint/answer.ts'
import type { Budget } from '../budget.ts'
import { classify, type Verdict } from '../failures/classify.ts'
import { costOf } from '../cost.ts'
import { attachOutcome, outcomeOf, type AttemptReason, type Ending } from '../outcome.ts'
import { passOn } from '../trip.ts'
import { holdAnswer } from './hold.ts'
import type { PoolCall, PoolParts } from './parts.ts'
import { occupy, type Seat } from './seats.ts'
import { askStranger } from './stranger.ts'
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

  /** A stranger's fetch draws nothing from the budget itself. */
  const askOutside = ({ name, fetch, price }: Seat, passed: AbortSignal, reason: AttemptReason, waitedMs: number): Promise<Response> => {
    if (!budget.take(price && costOf(price, facts)))
      fail({ kind: 'overloaded', message: `member "${name}": this request has spent its ${budget.spent() ?? 'budget'}.` })
    const { model, adjust, attempts, route } = trip
    const written = { route, ...(model !== undefined && { model }), ...(adjust && { adjust }) }
    return askStranger({ name, fetch, request, facts, ...written, attempts, reason, waitedMs, clock, signal: passed })
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
    const forget = (): undefined => {
      signal.removeEventListener('abort', abort)
    }
    const begunAt = clock.now()

    const run = async (): Promise<Result | undefined> => {
      const entered = await breaker?.enter(seat.name)
      if (entered === false && parts.seats.length > 1) {
        const { state } = await breaker!.allows(seat.name)
        if (state === 'half-open') return forget()
      }
      if (probing[0] !== undefined && !(await cooldowns.probe(probing[0]))) {
        if (entered) await breaker?.release(seat.name)
        return forget()
      }
      const leave = occupy(seat)
      balancer.started(seat.name)
      try {
        const asked = seat.member
          ? await seat.fetch(passOn(request, facts, { nested: true, budget, reason, waitedMs }, stop.signal))
          : await askOutside(seat, stop.signal, reason, waitedMs)
        if (stop.signal.aborted) throw stop.signal.reason
        let failure = outcomeOf(asked)?.failure
        // An endpoint counts its attempts itself, but for what shows only when all of an answer has come.
        let uncounted = !seat.member
        let response = asked
        if (!failure && commit === 'complete') {
          const held = await holdAnswer(asked, stop.signal)
          if (held instanceof Response) response = held
          else {
            failure = held
            uncounted = true
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
          if (uncounted && verdict.breaker) budget.failed()
          leave()
          forget()
          balancer.finished(seat.name, { ok: false })
          await learn(seat, probing, verdict, begunAt)
          return { seat, response, verdict, failure }
        }
        await succeed(response, leave, conversation)
        return { seat, response }
      } catch (error) {
        leave()
        forget()
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
      // What has no outcome, as a count of tokens, is over at once.
      const ended = outcomeOf(response)?.ended ?? Promise.resolve<Ending>({ how: 'complete' })
      void ended.then(async ({ how, usage, failure }) => {
        leave()
        forget()
        // A client may go as soon as it reads of the failure; an answer that was given up on this side is nobody's failure.
        const gaveUp = stop.signal.aborted && how !== 'cancelled'
        const broke = !gaveUp && (how === 'truncated' || how === 'error' || failure !== undefined)
        balancer.finished(seat.name, { ok: !broke })
        if (broke) {
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
