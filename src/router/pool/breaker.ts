/**
 * Circuit breakers: a member that mostly fails is left alone for a while, then probed by one request at a time.
 *
 * A breaker has no say over the last member that is left: that is the pool's business, for a refusal made here would help nobody.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { breakerOptions, type BreakerOptions, type BreakerPreset } from './breaker-options.ts'
import { isQuiet, NOTHING_SEEN, opens, tally, withResult, type BreakerResult, type Seen } from './breaker-rules.ts'
import { update, type Awaitable, type State } from '../state.ts'

export interface BreakerStanding {
  state: 'closed' | 'open' | 'half-open'
  /** Until when not to ask it, in milliseconds since 1970: `open`, or `half-open` while a probe is under way (which may end sooner). */
  until?: number
  /** It is half open and nobody probes it: {@link Breaker.enter} may be tried. */
  probe?: true
}

export interface BreakerReport extends Omit<BreakerStanding, 'probe'> {
  name: string
  /** How many results the judgement rests on, and which part of them failed (0..1). */
  results: number
  failureRate: number
  /** How many probes have failed since it opened. */
  reopened: number
}

export interface Breaker {
  /** How a member stands. Only reads: it takes no probe. */
  allows(name: string): Awaitable<BreakerStanding>
  /** Before an attempt: `true` where it may go ahead, and in half-open it then is the one probe. `false`: open, or somebody else probes. */
  enter(name: string): Awaitable<boolean>
  /**
   * After an attempt. `begunAt` (milliseconds since 1970) tells answers of requests that were on their way when the breaker opened, which
   * say nothing of a recovery, from those of attempts made in spite of it. Without it results count while closed or half open alone.
   */
  record(name: string, result: BreakerResult, begunAt?: number): Awaitable<void>
  /** After an attempt that entered and ended undecided, as when the client went away: the next one may probe. */
  release(name: string): Awaitable<void>
  /** All members of which something is known to have failed lately. */
  show(): Awaitable<BreakerReport[]>
  /** Closes one breaker or all, and forgets what was seen. */
  clear(name?: string): Awaitable<void>
}

interface Opened {
  since: number
  until: number
  /** Probes that failed since it opened, which the recovery time grows with. */
  reopened: number
  /** Probes in a row that succeeded. */
  good: number
  /** Until when somebody probes. */
  lease?: number
}

interface Kept {
  seen: Seen
  open?: Opened
}

const PREFIX = 'breaker/'
const HOUR = 60 * 60_000
/** Tries to take a probe while others write: whoever loses so often leaves it to them. */
const TRIES = 8

/**
 * Breakers of many members, by name.
 *
 * Each result costs at most one write, and an answer of a member that has not failed lately none: such answers are remembered here, and
 * are written together with the next failure, so that the share of failures is right. Machines that share a state each add their own.
 *
 * @throws TypeError for options that could never open or close a breaker
 */
export function createBreaker(
  state: State,
  options: BreakerOptions | BreakerPreset,
  clock: Clock,
  random: () => number = Math.random,
): Breaker {
  const { rule, recoveryMs, factor, maxRecoveryMs, probes, probeMs } = breakerOptions(options)
  /** Results of members of which none failed lately; there is nothing to share about them. */
  const quiet = new Map<string, Seen>()
  const keepMs = maxRecoveryMs + HOUR

  const read = async (name: string): Promise<Kept | undefined> => (await state.read([PREFIX + name]))[0]?.value as Kept | undefined
  const recovery = (reopened: number): number => {
    const ms = Math.min(maxRecoveryMs, recoveryMs * factor ** reopened)
    // What failed together shall not come back together. The first time is exact: it is what was asked for.
    return reopened ? ms * (1 - 0.2 * random()) : ms
  }
  const closed = (seen: Seen, now: number): Kept =>
    opens(rule, seen) ? { seen, open: { since: now, until: now + recovery(0), reopened: 0, good: 0 } } : { seen }

  const judged = (name: string, { seen, open }: Kept, result: BreakerResult, now: number): Kept => {
    if (!open) return closed(withResult(rule, isQuiet(seen) ? (quiet.get(name) ?? seen) : seen, result, now), now)
    const { lease: _, ...rest } = open
    if (result === 'ok') return open.good + 1 >= probes ? { seen: NOTHING_SEEN } : { seen, open: { ...rest, good: open.good + 1 } }
    const reopened = open.reopened + (result === 'full' ? 1 : 0)
    return { seen, open: { since: now, until: now + recovery(reopened), reopened, good: 0 } }
  }
  /** Whether a result tells anything about a breaker that is open. */
  const counts = ({ since, until }: Opened, result: BreakerResult, now: number, begunAt: number | undefined): boolean => {
    if (begunAt !== undefined && begunAt < since) return false
    return now >= until || (result === 'ok' && begunAt !== undefined)
  }
  const standing = ({ open }: Kept): BreakerStanding => {
    const now = clock.now()
    if (!open) return { state: 'closed' }
    if (now < open.until) return { state: 'open', until: open.until }
    return open.lease !== undefined && open.lease > now ? { state: 'half-open', until: open.lease } : { state: 'half-open', probe: true }
  }
  const standingOf = (kept: unknown): BreakerStanding => (kept ? standing(kept as Kept) : { state: 'closed' })

  return {
    allows(name) {
      const found = state.read([PREFIX + name])
      return found instanceof Promise ? found.then(([entry]) => standingOf(entry?.value)) : standingOf(found[0]?.value)
    },
    async enter(name) {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        const [found] = await state.read([PREFIX + name])
        const kept = found?.value as Kept | undefined
        if (!kept?.open) return true
        if (!standing(kept).probe) return false
        const taken: Kept = { ...kept, open: { ...kept.open, lease: clock.now() + probeMs } }
        if (await state.write(PREFIX + name, taken, { ttlMs: keepMs, version: found!.version })) return true
      }
      return false
    },
    async record(name, result, begunAt) {
      const now = clock.now()
      const before = await read(name)
      if (result === 'ok' && (!before || (!before.open && isQuiet(before.seen)))) {
        quiet.set(name, withResult(rule, quiet.get(name) ?? NOTHING_SEEN, result, now))
        return
      }
      if (before?.open && !counts(before.open, result, now, begunAt)) return
      const after = await update<Kept>(
        state,
        PREFIX + name,
        (kept = { seen: NOTHING_SEEN }) => (kept.open && !counts(kept.open, result, now, begunAt) ? kept : judged(name, kept, result, now)),
        keepMs,
      )
      if (isQuiet(after.seen)) quiet.set(name, after.seen)
      else quiet.delete(name)
    },
    async release(name) {
      if ((await read(name))?.open?.lease === undefined) return
      await update<Kept>(
        state,
        PREFIX + name,
        (kept = { seen: NOTHING_SEEN }) => {
          if (!kept.open) return kept
          const { lease: _, ...open } = kept.open
          return { ...kept, open }
        },
        keepMs,
      )
    },
    async show() {
      return (await state.list(PREFIX)).map(({ name, value }) => {
        const kept = value as Kept
        const { state: phase, until } = standing(kept)
        return {
          name: name.slice(PREFIX.length),
          state: phase,
          ...(until !== undefined && { until }),
          ...tally(kept.seen),
          reopened: kept.open?.reopened ?? 0,
        }
      })
    },
    async clear(name) {
      const names = name === undefined ? (await state.list(PREFIX)).map((entry) => entry.name) : [PREFIX + name]
      if (name === undefined) quiet.clear()
      else quiet.delete(name)
      for (const each of names) await state.remove(each)
    },
  }
}
