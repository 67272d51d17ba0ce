/** More than any answer can have. What a store adds up over many requests must stay a number that it can read back. */
const MOST = 1e12

/** A count as it can be kept, whatever a provider says: whole, and not below 0. */
export const wholeCount = (count: number): number => Math.min(MOST, Math.max(0, Math.round(count) || 0))
