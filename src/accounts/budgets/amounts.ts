/**
 * Amounts that any store can add up, whatever a client or a provider says.
 *
 * @module
 */

/** No request uses more tokens. */
const MOST_TOKENS = 10_000_000

/** No request costs more: a million dollars, in picodollars. Stores count in 64 bits, which hold nine times as much. */
const MOST_MONEY = 10n ** 18n

/** A count of tokens as it is taken: whole, not less than nothing, and no more than {@link MOST_TOKENS}. */
export const tokenCount = (tokens: number): number => Math.min(Math.max(0, Math.ceil(tokens) || 0), MOST_TOKENS)

export const wholeCount = (tokens: number): bigint => BigInt(tokenCount(tokens))

/** Money as it is taken: not less than nothing, and no more than {@link MOST_MONEY}. */
export const boundMoney = (amount: bigint): bigint => (amount < 0n ? 0n : amount > MOST_MONEY ? MOST_MONEY : amount)
