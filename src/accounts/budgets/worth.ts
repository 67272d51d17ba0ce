/**
 * What an attempt may use before it is made, and what it has used.
 *
 * @module
 */
import { totalInput, type Usage } from '../../core/usage.ts'
import type { Measure, Used } from '../../router/meter.ts'
import type { TokenUsage } from '../ledger/record.ts'
import { parseMoney } from '../money.ts'
import type { Prices, Use } from '../prices/prices.ts'
import { boundMoney, tokenCount, wholeCount } from './amounts.ts'

/** What a request takes or has used, by unit: picodollars and tokens. */
export interface Worth {
  usd: bigint
  tokens: bigint
}

export interface WorthOptions {
  prices: Prices
  /** Tokens of an answer, where neither the request nor the endpoint bounds them. */
  usualOutput: number
}

/** Who is asked, and when. */
export interface Asked extends Pick<Use, 'endpoint' | 'model' | 'at'> {
  /** Models that the provider may turn to by itself. */
  others?: readonly string[]
}

/** What estimates of input may be short by: rather too much is held than too little. */
const CAUTION = 1.25

/** An attempt's worth, before and after. */
export interface Valued {
  /** The most that it may use. */
  atMost: Worth
  /** Without a price it counts as if it cost nothing. */
  isPriced: boolean
  /** What it has used. Where the provider does not tell, the estimate. */
  of(used: Used): Worth
}

export function valued(asked: Asked, { input, output, cachesLong, serviceTier }: Measure, { prices, usualOutput }: WorthOptions): Valued {
  const tiers = serviceTier === undefined ? [undefined] : [undefined, serviceTier]
  const { at, others = [] } = asked
  /** By the dearest of the model that was asked for and others, as far as those have prices of their own. */
  const costOf = (
    usage: TokenUsage,
    tier: string | undefined,
    besides: readonly string[],
    endpoint = asked.endpoint,
  ): bigint | undefined => {
    const costs = [asked.model, ...besides].flatMap((model, index) => {
      const cost = prices.cost({ endpoint, at, model, usage, ...(tier !== undefined && { serviceTier: tier }) })
      return cost && (index === 0 || cost.rates.from !== 'flat') ? [boundMoney(parseMoney(cost.amount))] : []
    })
    return most(costs)
  }
  /** A question costs most where it is written to a cache, with some providers; where it is not, with others. */
  const dearest = (tokens: number, answer: number): bigint | undefined => {
    const ways: TokenUsage[] = [
      { input: tokens, output: answer },
      { cacheWrite: tokens, output: answer },
      ...(cachesLong ? [{ cacheWrite: tokens, cacheWriteLong: tokens, output: answer }] : []),
    ]
    return most(ways.flatMap((usage) => tiers.flatMap((tier) => costOf(usage, tier, others) ?? [])))
  }
  const question = tokenCount(input * CAUTION)
  const answer = tokenCount(output ?? usualOutput)
  const price = dearest(question, answer)
  const estimated = (tokens: number): Worth => ({ usd: dearest(question, tokens) ?? 0n, tokens: BigInt(question + tokens) })
  return {
    atMost: { usd: price ?? 0n, tokens: BigInt(question + answer) },
    isPriced: price !== undefined,
    of({ billed, usage, streamed, answeredBy, endpoint }) {
      if (billed === 'nothing') return { usd: 0n, tokens: 0n }
      const told = usage && !usage.estimated && saysInput(usage) ? usage : undefined
      if (billed === 'question' && !told) return estimated(0)
      if (!told) return estimated(tokenCount(streamed ?? usage?.output ?? answer))
      // Of an answer that broke off the provider told no more than how it began.
      const counted = { ...told, output: Math.max(told.output ?? 0, streamed ?? 0) }
      return {
        usd: costOf(counted, told.serviceTier, answeredBy === undefined ? [] : [answeredBy], endpoint) ?? 0n,
        tokens: wholeCount(totalInput(counted) + counted.output),
      }
    },
  }
}

const most = (amounts: readonly bigint[]): bigint | undefined => amounts.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))[0]

const saysInput = ({ input, cacheRead, cacheWrite }: Usage): boolean =>
  input !== undefined || cacheRead !== undefined || cacheWrite !== undefined
