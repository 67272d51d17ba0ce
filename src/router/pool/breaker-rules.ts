/**
 * When a breaker opens: a pure judgement over the latest results of one member.
 *
 * @module
 */

/** What an attempt says about a member: it answered, it failed softly (counts half), it failed. */
export type BreakerResult = 'ok' | 'half' | 'full'

/**
 * What opens a breaker.
 *
 * - `window`: at least `rate` (default 0.5) of the last `size` (10) results failed, once there are `minimum` (5).
 * - `time`: the same over the results of the last `windowMs` (10 000).
 * - `consecutive`: `failures` (5) in a row. With the other two kinds it is one more reason to open, and off unless given.
 */
export type BreakerRule =
  | { kind: 'window'; size?: number; rate?: number; minimum?: number; failures?: number }
  | { kind: 'time'; windowMs?: number; rate?: number; minimum?: number; failures?: number }
  | { kind: 'consecutive'; failures?: number }

/** The latest results of a member, small enough to be kept in a shared store. */
export interface Seen {
  /** Time, results, and how many of them failed; a single result each, or with a window of time all of one tenth of it. */
  results: readonly (readonly [at: number, count: number, failed: number])[]
  /** Failures since the last answer. */
  streak: number
}

export const NOTHING_SEEN: Seen = { results: [], streak: 0 }

const WEIGHT: Record<BreakerResult, number> = { ok: 0, half: 0.5, full: 1 }
const SLOTS = 10

/** What is seen once a result is added; what has left the window is gone. */
export function withResult(rule: BreakerRule, seen: Seen, result: BreakerResult, now: number): Seen {
  const failed = WEIGHT[result]
  const streak = failed ? seen.streak + failed : 0
  if (rule.kind === 'consecutive') return { results: [], streak }
  if (rule.kind === 'window') return { results: [...seen.results, [now, 1, failed] as const].slice(-(rule.size ?? 10)), streak }
  const windowMs = rule.windowMs ?? 10_000
  const results = seen.results.filter(([at]) => at > now - windowMs)
  const last = results.at(-1)
  return last && now < last[0] + windowMs / SLOTS
    ? { results: [...results.slice(0, -1), [last[0], last[1] + 1, last[2] + failed]], streak }
    : { results: [...results, [now, 1, failed]], streak }
}

/** Nothing has failed lately. */
export const isQuiet = (seen: Seen): boolean => seen.streak === 0 && seen.results.every(([, , failed]) => failed === 0)

/** How many results there are, and which part of them failed (0..1). */
export function tally({ results }: Seen): { results: number; failureRate: number } {
  let all = 0
  let bad = 0
  for (const [, count, failed] of results) {
    all += count
    bad += failed
  }
  return { results: all, failureRate: all ? bad / all : 0 }
}

/** Whether a breaker with this rule opens upon what is seen. */
export function opens(rule: BreakerRule, seen: Seen): boolean {
  const inRow = rule.failures ?? (rule.kind === 'consecutive' ? 5 : Infinity)
  if (seen.streak >= inRow) return true
  if (rule.kind === 'consecutive') return false
  const { results, failureRate } = tally(seen)
  // A window that is smaller than the minimum could never open.
  const minimum = Math.min(rule.minimum ?? 5, rule.kind === 'window' ? (rule.size ?? 10) : Infinity)
  return results >= minimum && failureRate >= (rule.rate ?? 0.5)
}
