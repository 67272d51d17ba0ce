/**
 * When the member that holds a session's warm prompt cache rests: wait for it, or move and pay for the prefix once more.
 *
 * @module
 */

/** US dollars per million input tokens. */
export interface CachePrice {
  input?: number
  /** What the member that holds the cache takes for reading it. Default a tenth of `input`. */
  cacheRead?: number
  /** What the member to move to takes for what it has not cached yet. Default 1.25 times `input`. */
  cacheWrite?: number
}

export interface WaitOrMove {
  choice: 'wait' | 'move'
  /** What moving costs more than staying, in US dollars. */
  moveCost: number
  /** What the wait is worth, in US dollars. */
  waitCost: number
}

/** US dollars per million tokens where no price is known: what larger models cost, so that a long warm prefix is not thrown away lightly. */
const UNKNOWN_INPUT = 3
/** US dollars that a second of waiting is worth unless said otherwise: 36 an hour. */
export const VALUE_OF_TIME = 0.01

/**
 * Weighs the cost of moving a warm prefix, (write price - read price) x tokens, against the value of the time that waiting takes. A hundred
 * thousand tokens of a model at $5 a million are worth $0.575, which is 57 s of waiting by default.
 *
 * `waitMs`: until the member is back, at most; `warmMs`: how long its cache stays warm: a wait beyond that gains nothing. Where nothing is
 * warm it always moves, and where moving is free (the other shares the cache: give it no tokens) as well.
 */
export function waitOrMove(ask: {
  warmTokens: number
  waitMs: number
  warmMs?: number
  price?: CachePrice
  /** US dollars per second. */
  valueOfTime?: number
}): WaitOrMove {
  const {
    warmTokens,
    waitMs,
    warmMs = Infinity,
    price: { input = UNKNOWN_INPUT, cacheRead = input * 0.1, cacheWrite = input * 1.25 } = {},
  } = ask
  const kept = waitMs < warmMs ? warmTokens : 0
  const moveCost = Math.max(0, ((cacheWrite - cacheRead) * kept) / 1e6)
  const waitCost = (Math.max(0, waitMs) / 1000) * (ask.valueOfTime ?? VALUE_OF_TIME)
  return { choice: waitCost < moveCost ? 'wait' : 'move', moveCost, waitCost }
}
