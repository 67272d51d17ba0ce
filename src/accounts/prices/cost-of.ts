/**
 * Tokens times prices, exactly.
 *
 * @module
 */
import type { TokenUsage } from '../ledger/record.ts'
import { divideHalfUp, parseMoney, type Money } from '../money.ts'
import type { Rates } from './prices.ts'

const MILLION = 1_000_000n
/** What is priced by the thousand, in units of those priced by the million. */
const THOUSANDS = 1000n

/**
 * Makes what tells the costs of requests at some prices. Reasoning is a part of the output, and long-lived writes a part of all writes:
 * neither is charged twice.
 */
export function costAt(rates: Rates): (usage: TokenUsage) => Money {
  const input = parseMoney(rates.input)
  const output = parseMoney(rates.output)
  const reasoning = rates.reasoning === undefined ? output : parseMoney(rates.reasoning)
  const cacheRead = parseMoney(rates.cacheRead)
  const cacheWrite = parseMoney(rates.cacheWrite)
  const cacheWriteLong = parseMoney(rates.cacheWriteLong)
  const toolCalls = parseMoney(rates.serverToolCalls ?? 0) * THOUSANDS
  const request = parseMoney(rates.requests ?? 0) * THOUSANDS
  return (usage) => {
    const long = whole(usage.cacheWriteLong)
    const written = usage.cacheWrite === undefined ? long : whole(usage.cacheWrite)
    const longWritten = least(long, written)
    const said = whole(usage.output)
    const thought = least(whole(usage.reasoning), said)
    const sum =
      whole(usage.input) * input +
      whole(usage.cacheRead) * cacheRead +
      (written - longWritten) * cacheWrite +
      longWritten * cacheWriteLong +
      (said - thought) * output +
      thought * reasoning +
      whole(usage.serverToolCalls) * toolCalls +
      request
    return divideHalfUp(sum, MILLION)
  }
}

/** All input tokens: what prices that rise with the length of the question go by. */
export const totalInputOf = ({ input = 0, cacheRead = 0, cacheWrite, cacheWriteLong = 0 }: TokenUsage): number =>
  input + cacheRead + (cacheWrite ?? cacheWriteLong)

/** A count as it should be: providers have told fractions, and less than none. */
const whole = (count: number | undefined): bigint =>
  count !== undefined && count > 0 && Number.isFinite(count) ? BigInt(Math.round(count)) : 0n

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
