/**
 * How slow a member is of late: a moving average that believes bad news at once and forgets it with time (peak EWMA,
 * https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/).
 *
 * @module
 */

/** Milliseconds, as of a time. */
export interface Latency {
  ms: number
  at: number
}

/** The least that a failure counts as, in milliseconds: a refused connection is not fast. */
const FAILURE_MS = 5000
/** The most that failures in a row make of it. */
const WORST_MS = 60_000

/** What is left of a latency at a time: it fades, so that a member that was slow is asked again one day. */
export const fadedMs = ({ ms, at }: Latency, now: number, decayMs: number): number => ms * Math.exp(-Math.max(0, now - at) / decayMs)

/** The latency once an answer took `ms`: at once where it is worse than what was known, else as the old one fades. */
export function observed(before: Latency | undefined, ms: number, now: number, decayMs: number): Latency {
  if (!before || ms >= fadedMs(before, now, decayMs)) return { ms, at: now }
  const old = Math.exp(-Math.max(0, now - before.at) / decayMs)
  return { ms: before.ms * old + ms * (1 - old), at: now }
}

/** The latency once an attempt failed: worse than anything seen lately. `ms` is what it took to fail. */
export function penalised(before: Latency | undefined, ms: number, now: number, decayMs: number): Latency {
  const known = before ? fadedMs(before, now, decayMs) : 0
  return { ms: Math.max(ms, Math.min(WORST_MS, Math.max(FAILURE_MS, 2 * known))), at: now }
}
