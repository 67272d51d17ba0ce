/** Times of the providers' answers, against those of a usual one. */
export const PACE = 0.01
export const LEASE_MS = 600
