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
export type Asked = Pick<Use, 'endpoint' | 'model' | 'at'>

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
  const costOf = (usage: TokenUsage, tier?: string): bigint | undefined => {
    const cost = prices.cost({ ...asked, usage, ...(tier !== undefined && { serviceTier: tier }) })
    return cost && boundMoney(parseMoney(cost.amount))
  }
  /** A question costs most where it is written to a cache, with some providers; where it is not, with others. */
  const dearest = (tokens: number, answer: number): bigint | undefined => {
    const ways: TokenUsage[] = [
      { input: tokens, output: answer },
      { cacheWrite: tokens, output: answer },
      ...(cachesLong ? [{ cacheWrite: tokens, cacheWriteLong: tokens, output: answer }] : []),
    ]
    const costs = ways.flatMap((usage) => tiers.map((tier) => costOf(usage, tier)))
    return costs.reduce((most, cost) => (most === undefined || (cost !== undefined && cost > most) ? cost : most), undefined)
  }
  const question = tokenCount(input * CAUTION)
  const answer = tokenCount(output ?? usualOutput)
  const most = dearest(question, answer)
  const estimated = (tokens: number): Worth => ({ usd: dearest(question, tokens) ?? 0n, tokens: BigInt(question + tokens) })
  return {
    atMost: { usd: most ?? 0n, tokens: BigInt(question + answer) },
    isPriced: most !== undefined,
    of({ billed, usage, streamed }) {
      if (billed === 'nothing') return { usd: 0n, tokens: 0n }
      const told = usage && !usage.estimated && saysInput(usage) ? usage : undefined
      if (billed === 'question' && !told) return estimated(0)
      if (!told) return estimated(tokenCount(streamed ?? usage?.output ?? answer))
      // Of an answer that broke off the provider told no more than how it began.
      const counted = { ...told, output: Math.max(told.output ?? 0, streamed ?? 0) }
      return { usd: costOf(counted, told.serviceTier) ?? 0n, tokens: wholeCount(totalInput(counted) + counted.output) }
    },
  }
}

const saysInput = ({ input, cacheRead, cacheWrite }: Usage): boolean =>
  input !== undefined || cacheRead !== undefined || cacheWrite !== undefined
