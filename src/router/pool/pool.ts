/**
 * Several fetches behind one: asks the best member, and another one when it fails.
 *
 * @module
 */
import { systemClock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { createAffinity } from './affinity.ts'
import { errorResponse } from '../endpoint/answer.ts'
import { createBalancer } from './balance.ts'
import { createBreaker, type BreakerReport } from './breaker.ts'
import { createThrottle } from '../budget.ts'
import { createHealth, type HealthReport } from './health.ts'
import { createCooldowns, type Rest } from '../endpoint/cooldowns.ts'
import { DECISIONS } from '../failures/decisions.ts'
import { explainMember } from '../explain.ts'
import { clientProtocol, factsOf, MAX_BODY_BYTES } from '../facts.ts'
import { requestOf, type Fetch, type Handler } from '../fetch.ts'
import { attachMember, barredFrom, type Ask } from '../member.ts'
import { attachOutcome } from '../outcome.ts'
import { presenceOf } from '../presence.ts'
import { patiently } from '../endpoint/patience.ts'
import { memoryState } from '../state.ts'
import { tripOf } from '../trip.ts'
import type { PoolMember, PoolOptions } from './options.ts'
import { overMembers } from './over-members.ts'
import type { PoolParts } from './parts.ts'
import { seatsOf, type Seat } from './seats.ts'
import { survey } from './survey.ts'

export interface MemberReport {
  name: string
  standing: Seat['standing']
  inFlight: number
  /** What rests of it, and until when (milliseconds since 1970). */
  rests: ({ name: string } & Rest)[]
  breaker?: BreakerReport
  /** What its last health check found. */
  health?: HealthReport
  /** Milliseconds to the first token, of late. */
  latencyMs?: number
  /** Conversations that are at home there. */
  sessions: number
}

/** A pool: a {@link Handler} that can be looked at and changed while it runs. */
export interface Pool extends Handler {
  show(): Promise<MemberReport[]>
  /** Gives a member requests again. @throws TypeError for a name that is none of its members' */
  enable(member: string): void
  /** Gives a member no more requests; those under way go on. */
  disable(member: string): void
  /** As {@link Pool.disable}; resolves when those under way have ended. */
  drain(member: string): Promise<void>
  /** Checks its members' health until the signal aborts, where `health` is given. */
  watch(signal: AbortSignal): void
  /** Forgets what rests and opens all breakers, of one member or of all. */
  clear(member?: string): Promise<void>
}

/**
 * Makes a fetch that answers with the first of its members that can.
 *
 * A member that fails is rested by the class of its failure, and the next one is asked at once; only when none is idle does a request wait, within its budget. A
 * caller's own mistake is never tried elsewhere. When all fail, the client gets the failure that tells most.
 *
 * @throws TypeError for no members, two of one name, or an unknown strategy or preset
 */
export function pool(members: readonly (Fetch | PoolMember)[], options: PoolOptions = {}): Pool {
  const { name = 'pool', strategy = 'priority', clock = systemClock, random = Math.random } = options
  const { retry = {}, commit = 'first', midStream = 'end' } = options
  const { heartbeatMs = 10_000, patienceMs = 10_000, maxBodyBytes = MAX_BODY_BYTES } = options
  const state = options.state ?? memoryState({ clock })
  const seats = seatsOf(members, strategy)
  const breaker = options.breaker === false ? undefined : createBreaker(state, options.breaker ?? 'default', clock, random)
  const health = options.health && createHealth(seats, options.health, breaker, clock)
  const parts: PoolParts = {
    name,
    seats,
    retry,
    commit,
    midStream,
    heartbeatMs,
    hedge: options.hedge,
    clock,
    random,
    balancer: createBalancer(strategy, { clock, random }),
    breaker,
    health,
    cooldowns: createCooldowns(state, clock, random),
    affinity: options.affinity === false ? undefined : createAffinity(state, name, options.affinity ?? {}, clock),
    valueOfTime: options.affinity === false ? undefined : options.affinity?.valueOfTime,
    warmOnly: strategy === 'priority',
    throttle: retry.throttle === false ? undefined : createThrottle(retry.throttle ?? {}, clock),
    failing: new Set(),
    hedged: { asked: 0, twice: 0 },
  }
  const { balancer, cooldowns, affinity } = parts
  const seatOf = (member: string): Seat => {
    const seat = seats.find((candidate) => candidate.name === member)
    if (!seat) throw new TypeError(`pool "${name}": no member is named "${member}". Known: ${seats.map((known) => known.name).join(', ')}.`)
    return seat
  }
  const take = (ask: Ask) => survey({ ...parts, now: clock.now() }, ask, new Map())

  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    const trip = tripOf(request)
    try {
      const facts = await factsOf(request, maxBodyBytes)
      if (trip.nested) return await overMembers(parts, { request, facts, trip, signal: request.signal })
      return await patiently(presenceOf(request), facts, { clock, patienceMs, heartbeatMs }, (heeded) =>
        overMembers(parts, { request, facts, trip, signal: heeded.signal() }),
      )
    } catch (error) {
      if (request.signal.aborted) throw error
      const failure = failureOf(error)
      const ended = Promise.resolve({ how: 'error' as const, failure })
      const refusal = errorResponse(protocols[clientProtocol(request)], failure)
      return attachOutcome(refusal, { endpoint: name, notices: [], attempts: trip.attempts, failure, ended })
    }
  }
  const controls = {
    async show() {
      const rests = await cooldowns.list('')
      const breakers = (await breaker?.show()) ?? []
      const sessions = (await affinity?.show()) ?? {}
      return seats.map((seat): MemberReport => {
        const checked = health?.show(seat.name)
        const own = breakers.find((report) => report.name === seat.name)
        const latencyMs = balancer.show().find((report) => report.name === seat.name)?.latencyMs
        return {
          name: seat.name,
          standing: seat.standing,
          inFlight: seat.inFlight,
          rests: rests.filter((rest) => ownedBy(seat, rest.name)).map((entry) => ({ name: entry.name, ...entry.rest })),
          ...(own && { breaker: own }),
          ...(checked && { health: checked }),
          ...(latencyMs !== undefined && { latencyMs }),
          sessions: sessions[seat.name] ?? 0,
        }
      })
    },
    enable: (member: string) => void (seatOf(member).standing = 'enabled'),
    disable: (member: string) => void (seatOf(member).standing = 'disabled'),
    drain(member: string) {
      const seat = seatOf(member)
      seat.standing = 'draining'
      return new Promise<void>((resolve) => {
        if (!seat.inFlight) return resolve()
        seat.onIdle.push(resolve)
      })
    },
    watch: (signal: AbortSignal) => health?.watch(signal),
    async clear(member?: string) {
      await breaker?.clear(member)
      for (const seat of member === undefined ? seats : [seatOf(member)])
        for (const { name: rest } of await cooldowns.list('')) if (ownedBy(seat, rest)) await cooldowns.succeeded([rest])
    },
  }
  return attachMember(Object.assign(handler, controls), {
    name,
    kind: 'pool',
    model: (ask) => seats[0]!.member?.model(ask),
    async ready(ask) {
      const { idle, resting, skipped } = await take(ask)
      if (idle.length) return { at: 0 }
      const first = resting.toSorted((a, b) => a.at - b.at)[0]
      return first
        ? { at: first.at, why: first.why, told: first.told }
        : { at: Infinity, why: skipped.map(({ seat, why }) => `${seat.name}: ${why}`).join('; ') }
    },
    async barred(ask) {
      let first: string | undefined
      for (const { fetch, name: seat } of seats) {
        const why = await barredFrom(fetch, seat, ask)
        if (why === undefined) return undefined
        first ??= why
      }
      return first
    },
    // What no member can do is found out when they are asked.
    can: () => ({}),
    async explain(ask) {
      const { idle, resting, skipped } = await take(ask)
      const ordered = idle.map(({ seat }) => seat).sort((a, b) => a.priority - b.priority)
      const why = (seat: Seat): string | undefined => {
        const rest = resting.find((each) => each.seat === seat)
        return rest ? `${rest.why} until ${new Date(rest.at).toISOString()}` : skipped.find((each) => each.seat === seat)?.why
      }
      const inOrder = [...ordered, ...resting.map(({ seat }) => seat), ...skipped.map(({ seat }) => seat)]
      return {
        kind: 'pool',
        name,
        candidates: await Promise.all(inOrder.map((seat) => explainMember(seat.fetch, seat.name, ask, why(seat)))),
        onFailure: DECISIONS,
      }
    },
  })
}

const ownedBy = (seat: Seat, rest: string): boolean =>
  rest === `endpoint/${seat.name}` || rest.startsWith(`endpoint-model/${seat.name}/`) || rest === `provider/${seat.provider}`
