/**
 * Rows are numbered by the moment they began, so that they lie in the order of time.
 *
 * @module
 */

/** The number of the first row of a millisecond. Beyond 2^53: it is bound as it is, and read as text. */
export const firstAt = (at: number): bigint => BigInt(Math.floor(at)) << 20n
