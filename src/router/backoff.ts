/** The first wait of a backoff at most, and the longest, in milliseconds. */
const FIRST_MS = 500
const LONGEST_MS = 8000

/**
 * Milliseconds to wait before the `times`-th retry: full jitter over a span that doubles.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backoffMs = (times: number, random: () => number): number =>
  Math.round(random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1)))
