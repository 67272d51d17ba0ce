/**
 * Which members could take a request now, which later, and which not at all.
 *
 * @module
 */
import type { Breaker } from './breaker.ts'
import { missing, needsOf } from '../capability.ts'
import type { Verdict } from '../failures/classify.ts'
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import { tokensOf } from '../request-facts.ts'
import { barredFrom, type Ask } from '../member.ts'
import type { Health } from './health.ts'
import type { Seat } from './seats.ts'

/** What this request has seen of a member. */
export interface Tried {
  times: number
  verdict: Verdict
  /** When it may be tried again for this request; absent: not at all. */
  again?: number
}

export interface Resting {
  seat: Seat
  /** Milliseconds since 1970. */
  at: number
  why: string
  /** The provider itself named the time. */
  told: boolean
}

export interface Survey {
  idle: { seat: Seat; probing: string[] }[]
  resting: Resting[]
  /** `barred`: whoever asks may not use it. */
  skipped: { seat: Seat; why: string; barred?: true }[]
}

export interface SurveyOptions {
  seats: readonly Seat[]
  cooldowns: Cooldowns
  breaker: Breaker | undefined
  health: Health | undefined
  now: number
}

/** The names under which a member's rests are kept, the one scope after the other. */
export const scopesOf = (seat: Seat, model: string | undefined): Record<'endpoint' | 'endpoint-model' | 'provider', string> => ({
  endpoint: `endpoint/${seat.name}`,
  'endpoint-model': `endpoint-model/${seat.name}/${model ?? ''}`,
  provider: `provider/${seat.provider}`,
})

export async function survey(
  { seats, cooldowns, breaker, health, now }: SurveyOptions,
  ask: Ask,
  tried: ReadonlyMap<Seat, Tried>,
): Promise<Survey> {
  const found: Survey = { idle: [], resting: [], skipped: [] }
  const names = seats.map((seat) => Object.values(scopesOf(seat, seat.member?.model(ask))))
  const rests = await cooldowns.read(names.flat())
  for (const [index, seat] of seats.entries()) {
    if (seat.standing !== 'enabled') {
      found.skipped.push({ seat, why: seat.standing })
      continue
    }
    const barred = ask.permit && (await barredFrom(seat.fetch, seat.name, ask))
    if (barred !== undefined) {
      found.skipped.push({ seat, why: barred, barred: true })
      continue
    }
    const can = seat.can(ask)
    const tokens = can.contextWindow === undefined ? undefined : tokensOf(ask.facts)
    const lacking = can.lacks?.length || can.contextWindow !== undefined ? missing(needsOf(ask.facts), can, tokens) : undefined
    if (lacking !== undefined) {
      found.skipped.push({ seat, why: lacking })
      continue
    }
    const before = tried.get(seat)
    if (before && before.again === undefined) {
      found.skipped.push({ seat, why: `has failed this request already (${before.verdict.class})` })
      continue
    }
    // A pool of one never locks itself out, nor does a failure of this very request keep it from the retry that it is granted.
    if (before) {
      if (before.again! <= now) found.idle.push({ seat, probing: [] })
      else found.resting.push({ seat, at: before.again!, why: before.verdict.class, told: before.verdict.resetAt !== undefined })
      continue
    }
    if (seats.length === 1) {
      found.idle.push({ seat, probing: [] })
      continue
    }
    const own = names[index]!.flatMap((name, scope) => {
      const rest = rests[index * 3 + scope]
      return rest ? [{ name, ...rest }] : []
    })
    const current = own.filter(({ until }) => until > now).sort((a, b) => b.until - a.until)[0]
    const standing = await breaker?.allows(seat.name)
    const ready = await seat.member?.ready(ask)
    const down = health?.down(seat.name)
    if (current) found.resting.push({ seat, at: current.until, why: current.why, told: current.told })
    else if (ready && ready.at > now) found.resting.push({ seat, at: ready.at, why: ready.why ?? 'not ready', told: ready.told ?? false })
    else if (standing && standing.state !== 'closed' && !standing.probe)
      found.resting.push({ seat, at: Math.max(standing.until ?? 0, now + 1), why: 'its breaker is open', told: false })
    else if (down) found.resting.push({ seat, at: Math.max(down.until, now + 1), why: down.why, told: false })
    else found.idle.push({ seat, probing: own.map(({ name }) => name) })
  }
  return found
}
