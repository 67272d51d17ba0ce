/**
 * What tokens cost.
 *
 * @module
 */
import type { TokenUsage } from '../ledger/record.ts'

/** Tells what things cost. {@link createPrices} makes one. */
export interface Prices {
  /** What an answer cost, or would; `undefined` where the model has no price and the policy invents none. Never throws. */
  cost(use: Use): Cost | undefined
  /** The prices that hold for a model now, for estimates; `undefined` where it has none. */
  priceOf(use: Omit<Use, 'usage'>): Rates | undefined
}

export interface Use {
  /** The endpoint's name, its preset or provider where that is known, and the model that it was asked for. */
  endpoint: string
  provider?: string
  model: string
  usage: TokenUsage
  /** When it was asked: prices change. Milliseconds since 1970. */
  at: number
  serviceTier?: string
}

/** US dollars for a million tokens (`serverToolCalls`: for a thousand), exact decimals. */
export interface Rates {
  input: string
  output: string
  cacheRead?: string
  cacheWrite?: string
  cacheWriteLong?: string
  serverToolCalls?: string
  /** What both were multiplied with already. */
  multiplier?: string
  /** Where the price is from: the configuration, the data package, or the policy for models without one. */
  from: 'config' | 'data' | 'flat'
}

export interface Cost {
  /** US dollars, an exact decimal. */
  amount: string
  /** The prices it was worked out with. */
  rates: Rates
}
