/**
 * A request at a pool: its members in turn, until one answers or nothing is left to try.
 *
 * @module
 */
import { sleep, type Clock } from '../../core/clock.ts'
import { extended } from '../../core/extended.ts'
import { fail, type Failure } from '../../core/failure.ts'
import { estimateInput } from '../../core/tokens.ts'
import type { Affinity, Home } from './affinity.ts'
import { conversationOf } from './conversation-key.ts'
import type { Balancer } from './balance.ts'
import type { Breaker } from './breaker.ts'
import { createBudget, type RetryOptions, type Throttle } from '../budget.ts'
import { permitOf } from '../caller.ts'
import type { Verdict } from '../failures/classify.ts'
import { costOf } from '../cost.ts'
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import { chatOf, type RequestFacts } from '../request-facts.ts'
import type { Ask } from '../member.ts'
import { notAllowed } from '../not-allowed.ts'
import { retryAt } from '../endpoint/over-keys.ts'
import type { AttemptReason } from '../outcome.ts'
import type { Trip } from '../trip.ts'
import { minterOf } from './minter.ts'
import { lasting, outliving } from './mid-stream.ts'
import { waitOrMove } from './wait-or-move.ts'
import type { Health } from './health.ts'
import type { HedgeOptions } from './options.ts'
import { race } from './race.ts'
import type { Seat } from './seats.ts'
import { survey, type Survey, type Tried } from './survey.ts'
import { createTry, type Result } from './try-member.ts'

/** What a pool is made of. */
export interface PoolParts {
  name: string
  seats: readonly Seat[]
  retry: RetryOptions
  commit: 'first' | 'complete'
  midStream: 'end' | 'continue'
  heartbeatMs: number
  hedge: HedgeOptions | undefined
  clock: Clock
  random: () => number
  balancer: Balancer
  breaker: Breaker | undefined
  health: Health | undefined
  cooldowns: Cooldowns
  affinity: Affinity | undefined
  valueOfTime: number | undefined
  /** Conversations stay only as long as their cache is warm, and then go back to the first member. */
  warmOnly: boolean
  throttle: Throttle | undefined
  /** Members whose last attempt failed. */
  failing: Set<Seat>
  hedged: { asked: number; twice: number }
}

export interface PoolCall {
  request: Request
  facts: RequestFacts
  trip: Trip
  signal: AbortSignal
  /** What this request has seen of members before. */
  tried?: ReadonlyMap<Seat, Tried>
}

/** Resolves with an answer, or with the refusal that tells most. */
export async function overMembers(parts: PoolParts, call: PoolCall): Promise<Response> {
  const { seats, retry, clock, random, balancer, breaker, health, cooldowns, affinity, throttle, failing } = parts
  const { facts, trip, signal, request } = call
  const permit = permitOf(request)
  const ask: Ask = { facts, ...(trip.model !== undefined && { model: trip.model }), ...(permit && { permit, request }) }
  const attempts = retry.attemptsPerMember === undefined ? retry.attempts : retry.attemptsPerMember * seats.length
  let isWell = false
  // A member that answers is open to every request that failed elsewhere: the bound is for an outage, in which there is none.
  const allows = () => isWell || throttle!.allows()
  // What fails when an answer is gone on with is counted by the budget above, which is this pool's own.
  const bound = throttle && { ...throttle, allows, ...(call.tried && { failed: () => {} }) }
  const budget = createBudget({ ...retry, ...(attempts !== undefined && { attempts }) }, clock, bound, trip.budget)
  const tryMember = createTry(parts, extended(call, { budget }))
  const conversation = affinity && seats.length > 1 ? conversationOf(request, facts) : undefined
  const home = conversation === undefined ? undefined : await affinity!.find(conversation)
  const minter = home || parts.warmOnly || seats.length === 1 ? undefined : minterOf(facts.text)
  const chat = parts.midStream === 'continue' ? lasting(call) : undefined
  const tried = new Map<Seat, Tried>(call.tried)
  const refusals: Result[] = []
  let window: number | undefined
  const tooSmall = new Set<string>()
  let barred: string | undefined
  let waitedMs = trip.waitedMs ?? 0

  const best = (): Response => refusals.toSorted((a, b) => telling(b) - telling(a))[0]!.response
  const isBarred = (seat: Seat): boolean => {
    if (window === undefined) return false
    const { contextWindow } = seat.can(ask)
    return contextWindow === undefined ? tooSmall.has(modelAt(seat)) : contextWindow <= window
  }
  const modelAt = ({ provider, member }: Seat) => `${provider}/${member?.model(ask) ?? ''}`
  const priced = (seat: Seat) => {
    const price = seat.price && costOf(seat.price, facts)
    return { name: seat.name, weight: seat.weight, priority: seat.priority, ...(price !== undefined && { price }), seat }
  }
  const ordered = ({ idle }: Survey) => {
    const open = idle.filter(({ seat }) => !isBarred(seat))
    const rank = rankOf(seats, home, { warmOnly: parts.warmOnly, minter: minter?.origin, provider: barred })
    return balancer
      .order(
        open.map(({ seat }) => priced(seat)),
        ({ seat }) => rank(seat),
      )
      .map(({ seat }) => open.find((candidate) => candidate.seat === seat)!)
  }
  const reasonFor = (seat: Seat): AttemptReason => {
    if (trip.reason === 'continue') return 'continue'
    return tried.has(seat) ? 'same-key' : tried.size ? 'next-member' : (trip.reason ?? 'first')
  }
  const costAt = ({ price }: Seat): number | undefined => price && costOf(price, facts)
  const pause = async (ms: number): Promise<boolean> => {
    if (trip.nested || !(ms < Infinity) || !budget.wait(ms)) return false
    await sleep(clock, ms, signal)
    waitedMs += ms
    return true
  }

  for (;;) {
    const seen = await survey({ seats, cooldowns, breaker, health, now: clock.now() }, ask, tried)
    let candidates = ordered(seen)
    const resting = seen.resting.filter(({ seat }) => !isBarred(seat)).sort((a, b) => a.at - b.at)
    const homeRest = home && resting.find(({ seat, at }) => seat.name === home.member && at < home.warmUntil)
    if (
      homeRest &&
      mayReturn(tried.get(homeRest.seat)) &&
      candidates.length &&
      staysFor(homeRest.at - clock.now(), home, homeRest.seat, candidates[0]!.seat, parts)
    ) {
      if (await pause(homeRest.at - clock.now())) continue
    }
    if (!candidates.length) {
      const first = resting[0]
      // What may not be tried any more is not waited for.
      isWell = first !== undefined && !failing.has(first.seat)
      if (refusals.length && budget.spent() !== undefined) return best()
      if (first && (await pause(first.at - clock.now()))) continue
      if (refusals.length) return best()
      // Rests that were only guessed are no reason to refuse without having asked.
      const barred = seen.skipped.filter((skipped) => skipped.barred)
      if (barred.length === seats.length) return notAllowed(barred[0]!.why)
      const guessed = resting.find(({ told }) => !told)
      if (!guessed) return fail(unavailable(parts.name, seen, first?.at, clock.now()))
      candidates = [{ seat: guessed.seat, probing: [] }]
    }
    // A member of this library takes from the budget itself, for each of its attempts.
    isWell = !failing.has(candidates[0]!.seat)
    const spent = budget.spent(costAt(candidates[0]!.seat))
    candidates = candidates.filter(({ seat }) => budget.spent(costAt(seat)) === undefined)
    if (!candidates.length)
      return refusals.length
        ? best()
        : fail({ kind: 'overloaded', message: `pool "${parts.name}": this request has spent its ${spent ?? 'budget'}.` })
    const result = await race(
      parts,
      candidates,
      (candidate, reason) => tryMember(candidate, { reason: reason ?? reasonFor(candidate.seat), waitedMs, conversation }),
      ({ seat }) => budget.spent(costAt(seat)) === undefined,
    )
    if (!result) {
      // Others probe what is left: look again soon.
      if (await pause(PROBED_MS)) continue
      if (refusals.length) return best()
      return fail(unavailable(parts.name, seen, clock.now() + PROBED_MS, clock.now()))
    }
    waitedMs = 0
    if (!result.verdict) {
      throttle?.succeeded()
      failing.delete(result.seat)
      return parts.midStream === 'continue' ? outliving(result, { parts, call, budget, tried, chat, ask: overMembers }) : result.response
    }
    for (const failed of result.failed) {
      refusals.push(failed)
      const { seat, verdict } = failed
      if (verdict!.breaker) failing.add(seat)
      const times = (tried.get(seat)?.times ?? 0) + 1
      const again = verdict!.ambiguous && !retry.ambiguous ? undefined : retryAt(verdict!, times, clock.now(), random)
      tried.set(seat, {
        times,
        verdict: verdict!,
        ...(again !== undefined && { again: Math.max(again, soon(verdict!, seat, seats, clock.now())) }),
      })
      if (verdict!.providerWide) barred = seat.provider
      if (verdict!.nextEndpoint === 'larger-window') {
        tooSmall.add(modelAt(seat))
        window = seat.can(ask).contextWindow ?? failed.failure?.tokens?.limit ?? estimateInput(chatOf(facts))
      }
    }
    const { verdict } = result
    const elsewhere = verdict.nextEndpoint ?? (verdict.optIn && retry.contentPolicy)
    if (!elsewhere && tried.get(result.seat)?.again === undefined) return result.response
  }
}

const PROBED_MS = 500

/** What may be tried again at once was tried again by the endpoint itself, and for a stranger's fetch the others come first. */
const soon = ({ sameKey }: Verdict, { member }: Seat, seats: readonly Seat[], now: number): number =>
  sameKey?.after === 'at once' && (member || seats.length > 1) ? now + PROBED_MS : now

/** A home that has just refused this request is waited for only where it said until when. */
const mayReturn = (before: Tried | undefined): boolean => !before || before.verdict.resetAt !== undefined

/** Home first, then those that share its cache, then those whose own is still warm, then the others; those of a provider that is overloaded last. Where no home is
 * known, who minted the reasoning that the request brings back is first: others cannot go on with it. */
function rankOf(
  seats: readonly Seat[],
  home: Home | undefined,
  { warmOnly, minter, provider }: { warmOnly: boolean; minter: string | undefined; provider: string | undefined },
): (seat: Seat) => number {
  const at = home && (!warmOnly || home.warmTokens > 0) ? seats.find(({ name }) => name === home.member) : undefined
  return (seat) => {
    const strange = minter !== undefined && seat.provider !== minter
    const away =
      at === undefined ? Number(strange) : seat === at ? 0 : seat.cacheDomain === at.cacheDomain ? 1 : home!.warmAt(seat.name) ? 2 : 3
    return away + (provider !== undefined && seat.provider === provider ? 4 : 0)
  }
}

/** Whether to wait for the member whose cache is warm rather than to move to an idle one. */
function staysFor(waitMs: number, home: Home, from: Seat, to: Seat, { valueOfTime }: PoolParts): boolean {
  if (to.cacheDomain === from.cacheDomain) return false
  const { input, cacheRead } = from.price ?? {}
  const cacheWrite = to.price && (to.price.cacheWrite ?? to.price.input)
  return (
    waitOrMove({
      warmTokens: home.warmTokens - home.warmAt(to.name),
      waitMs,
      price: {
        ...(input !== undefined && { input }),
        ...(cacheRead !== undefined && { cacheRead }),
        ...(cacheWrite !== undefined && { cacheWrite }),
      },
      ...(valueOfTime !== undefined && { valueOfTime }),
    }).choice === 'wait'
  )
}

/** How much a refusal tells the client: what it can mend or wait for before what just broke. */
const TELLING: Record<Verdict['fault'], number> = {
  caller: 9,
  policy: 8,
  quota: 7,
  capacity: 6,
  provider: 5,
  timeout: 4,
  stream: 3,
  credential: 2,
  network: 1,
  internal: 0,
}

const telling = ({ verdict, failure }: Result): number =>
  (verdict ? TELLING[verdict.fault] : 0) + (failure?.retryAfter === undefined ? 0 : 0.5)

function unavailable(name: string, { idle, resting, skipped }: Survey, at: number | undefined, now: number): Omit<Failure, 'status'> {
  const probed = idle.map(({ seat }) => ({ seat, why: 'another request finds out whether it is back' }))
  const reasons = [...probed, ...resting, ...skipped].map(({ seat, why }) => `${seat.name}: ${why}`).join('; ')
  // What no member can do is the request's to change; what rests is worth another try.
  const unable = !idle.length && !resting.length && skipped.every(({ seat }) => seat.standing === 'enabled')
  return {
    kind: unable ? 'unsupported' : resting.some(({ told }) => told) ? 'rate-limit' : 'overloaded',
    message: `pool "${name}": no member can take this request now (${reasons}).`,
    ...(at !== undefined && { retryAfter: Math.max(1, Math.ceil((at - now) / 1000)) }),
  }
}
