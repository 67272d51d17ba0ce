/**
 * What a column can hold. A value beyond that must not keep the whole batch from being written.
 *
 * @module
 */
import { parseMoney, type Money } from '../../accounts/money.ts'
import type { Cost } from '../../accounts/prices/prices.ts'

const DAY = 86_400_000

/** Later than any moment, in milliseconds since 1970: the year 2243. Rows are numbered by their moment, which has to leave room for that. */
export const END = 100_000 * DAY

/** A moment in whole milliseconds. */
export const momentOf = (at: number): number => Math.min(Math.max(0, Math.floor(numberOr0(at))), END - 1)

/** The first moment that is not before this one. */
export const bound = (at: number): number => Math.min(Math.max(0, Math.ceil(at)), END)

/**
 * Rows are numbered by the moment they began, shifted by 20 bits, so that they lie in the order of time. The number of the first row of a
 * millisecond is beyond 2^53: it is bound as it is, and read as text.
 */
export const firstAt = (moment: number): bigint => BigInt(moment) << 20n

export const numberOr0 = (value: number): number => (Number.isFinite(value) ? value : 0)

const MOST = 2n ** 63n - 1n

/** Nine million dollars at most, for one request. */
export function moneyOf({ amount }: Cost): Money {
  const cost = parseMoney(amount)
  return cost > MOST ? MOST : cost < -MOST ? -MOST : cost
}
