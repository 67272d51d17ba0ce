/**
 * A request at a pool: its members in turn, until one answers or nothing is left to try.
 *
 * @module
 */
import { sleep } from '../../core/clock.ts'
import { extended } from '../../core/extended.ts'
import { fail } from '../../core/failure.ts'
import { estimateInput } from '../../core/tokens.ts'
import { createBudget } from '../budget.ts'
import { permitOf } from '../caller.ts'
import { costOf } from '../cost.ts'
import { retryAt } from '../endpoint/over-keys.ts'
import type { Verdict } from '../failures/classify.ts'
import type { Ask } from '../member.ts'
import { notAllowed } from '../not-allowed.ts'
import type { AttemptReason } from '../outcome.ts'
import { chatOf } from '../request-facts.ts'
import { conversationOf } from './conversation-key.ts'
import { lasting, outliving } from './mid-stream.ts'
import { minterOf } from './minter.ts'
import type { PoolCall, PoolParts } from './parts.ts'
import { race } from './race.ts'
import { rankOf, staysFor } from './rank.ts'
import { mostTelling, unavailable } from './refusals.ts'
import type { Seat } from './seats.ts'
import { survey, type Survey, type Tried } from './survey.ts'
import { createTry, type Result } from './try-member.ts'

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
      if (refusals.length && budget.spent() !== undefined) return mostTelling(refusals)
      if (first && (await pause(first.at - clock.now()))) continue
      if (refusals.length) return mostTelling(refusals)
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
        ? mostTelling(refusals)
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
      if (refusals.length) return mostTelling(refusals)
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
