/**
 * Which member of a pool comes first, second, third: failing over goes down the whole order.
 *
 * What is counted here (turns, requests under way, latencies) belongs to this process: it describes the way from here to the
 * members, and sharing it would cost a round trip for each request to make the answer worse.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { STRATEGIES, type Standing, type Strategy } from './balance-strategies.ts'
import { fadedMs, observed, penalised, type Latency } from './latency.ts'

export type { Strategy } from './balance-strategies.ts'

export interface Candidate {
  name: string
  /** Its share with the weighted strategies, `least_connections` and `fastest`. 0: only when nothing else is left. */
  weight: number
  /** Lower comes first, whatever the strategy; the strategy orders those of equal priority. */
  priority: number
  /** US dollars that this request would cost there by estimate. Without one it comes last with `cheapest`. */
  price?: number
}

export interface BalancerOptions {
  clock: Clock
  /** From 0 up to 1. */
  random: () => number
  /** Milliseconds in which a known latency fades to a third. Default 120 000: models are asked less often than web servers. */
  decayMs?: number
}

export interface BalancerReport {
  name: string
  /** Requests under way. */
  inFlight: number
  /** Milliseconds to the first token, of late. */
  latencyMs?: number
  /** How often it was put first. */
  chosen: number
}

export interface Balancer {
  /**
   * All candidates, best first. The first one counts as chosen: it has had its turn, and for half a second, or until it has
   * {@link Balancer.started}, it counts as busy, so that requests that come together do not all go to the same one.
   *
   * `rank` (lower first) goes before priority and strategy, for a session that should stay where it is: such requests have their share in the
   * turns too, so that new sessions go to those that have fewer. Members of weight 0 still come last.
   */
  order<C extends Candidate>(candidates: readonly C[], rank?: (candidate: C) => number): C[]
  /** A request has gone to a member. */
  started(name: string): void
  /** A member has begun to answer, `ms` after it was asked: told early, others need not wait for the end of the stream to know. */
  answered(name: string, ms: number): void
  /**
   * A request has ended. `ms`: time to the first token, unless it was told by {@link Balancer.answered}. A failure (`ok: false`) counts as slower than
   * anything seen lately. An attempt that ended undecided (the client went away) is `ok` without `ms`.
   */
  finished(name: string, result: { ms?: number; ok: boolean }): void
  show(): BalancerReport[]
}

interface Entry {
  turn: number
  credit: number
  started: number
  /** When it was chosen by those that have not started yet. */
  picks: number[]
  latency?: Latency
  chosen: number
}

/** A choice that has led to no request for so long was not taken up. */
const PICK_MS = 500
/** Weight 0 among themselves: equal shares. */
const LEAST_WEIGHT = 1

/** Makes a balancer. @throws TypeError for an unknown strategy */
export function createBalancer(strategy: Strategy, { clock, random, decayMs = 120_000 }: BalancerOptions): Balancer {
  const arrange = STRATEGIES[strategy]
  if (!arrange) throw new TypeError(`pool: unknown strategy "${strategy}". Known: ${Object.keys(STRATEGIES).join(', ')}.`)
  const entries = new Map<string, Entry>()
  let turns = 0

  const entryOf = (name: string): Entry => {
    let entry = entries.get(name)
    if (!entry) entries.set(name, (entry = { turn: 0, credit: 0, started: 0, picks: [], chosen: 0 }))
    return entry
  }
  const inFlight = (entry: Entry, now: number): number => {
    if (entry.picks.length) entry.picks = entry.picks.filter((at) => now - at < PICK_MS)
    return entry.started + entry.picks.length
  }
  const weightOf = ({ weight }: Candidate): number => (weight > 0 ? weight : LEAST_WEIGHT)
  const standingOf = <C extends Candidate>(candidate: C, now: number): Standing & { candidate: C } => {
    const entry = entryOf(candidate.name)
    return {
      candidate,
      weight: weightOf(candidate),
      price: candidate.price,
      turn: entry.turn,
      credit: entry.credit,
      inFlight: inFlight(entry, now),
      latencyMs: entry.latency && fadedMs(entry.latency, now, decayMs),
    }
  }
  /** One turn of smooth weighted round robin among equals: each gets its weight, the chosen one pays for all. */
  const charge = (chosen: Candidate, equals: readonly Candidate[], now: number): void => {
    const total = equals.reduce((sum, each) => sum + weightOf(each), 0)
    for (const each of equals) {
      const entry = entryOf(each.name)
      const credit = entry.credit + weightOf(each) - (each === chosen ? total : 0)
      // Turns alone never lead out of these bounds; sessions that stay would, and nobody should pay for them for hours.
      entry.credit = Math.max(-total, Math.min(total, credit))
    }
    const entry = entryOf(chosen.name)
    entry.turn = ++turns
    entry.chosen++
    entry.picks.push(now)
  }

  return {
    order(candidates, rank = () => 0) {
      const now = clock.now()
      const groups = grouped(candidates, rank)
      const order = groups.flatMap((group) =>
        arrange(
          group.map((candidate) => standingOf(candidate, now)),
          random,
        ).map(({ candidate }) => candidate),
      )
      const first = order[0]
      if (first)
        charge(
          first,
          candidates.filter(({ priority, weight }) => priority === first.priority && weight > 0 === first.weight > 0),
          now,
        )
      return order
    },
    started(name) {
      const entry = entryOf(name)
      entry.started++
      entry.picks.shift()
    },
    answered(name, ms) {
      const entry = entryOf(name)
      entry.latency = observed(entry.latency, ms, clock.now(), decayMs)
    },
    finished(name, { ms, ok }) {
      const entry = entryOf(name)
      entry.started = Math.max(0, entry.started - 1)
      if (!ok) entry.latency = penalised(entry.latency, ms ?? 0, clock.now(), decayMs)
      else if (ms !== undefined) entry.latency = observed(entry.latency, ms, clock.now(), decayMs)
    },
    show() {
      const now = clock.now()
      return [...entries].map(([name, { started, latency, chosen }]) => ({
        name,
        inFlight: started,
        ...(latency && { latencyMs: Math.round(fadedMs(latency, now, decayMs)) }),
        chosen,
      }))
    },
  }
}

/** Candidates of equal standing together, in the order in which groups are tried; within a group as they were given. */
function grouped<C extends Candidate>(candidates: readonly C[], rank: (candidate: C) => number): C[][] {
  const ranked = candidates.map((candidate) => ({
    candidate,
    by: [candidate.weight > 0 ? 0 : 1, rank(candidate), candidate.priority] as const,
  }))
  ranked.sort((a, b) => a.by[0] - b.by[0] || a.by[1] - b.by[1] || a.by[2] - b.by[2])
  const groups: C[][] = []
  let last: (typeof ranked)[number] | undefined
  for (const each of ranked) {
    if (last && last.by.every((value, i) => value === each.by[i])) groups.at(-1)!.push(each.candidate)
    else groups.push([each.candidate])
    last = each
  }
  return groups
}
