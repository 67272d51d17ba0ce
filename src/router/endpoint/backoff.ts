/** The first wait of a backoff at most, and the longest, in milliseconds. */
const FIRST_MS = 500
const LONGEST_MS = 8000

/**
 * Milliseconds to wait before the `times`-th retry: full jitter over a span that doubles.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backoffMs = (times: number, random: () => number): number =>
  Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1)))

/** The most that waits for one and the same time are spread by, in milliseconds. */
const SPREAD_MS = 2000

/**
 * Milliseconds to add to a wait for a time that the provider named: up to a tenth of the wait, so that all who were told the same time
 * do not come back at the same moment.
 */
export const spreadMs = (waitMs: number, random: () => number): number =>
  Math.round(random() * Math.min(SPREAD_MS, Math.max(0, waitMs) / 10))
