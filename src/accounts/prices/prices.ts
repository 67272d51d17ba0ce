/**
 * What tokens cost.
 *
 * @module
 */
import type { TokenUsage } from '../ledger/record.ts'

/** Tells what things cost. {@link createPrices} makes one. */
export interface Prices {
  /**
   * What an answer cost, or would; `undefined` where the model has no price and the policy invents none. Never throws. Until {@link ready} has
   * resolved it knows the prices of the configuration alone.
   */
  cost(use: Use): Cost | undefined
  /** The prices that hold for a model, for estimates: those of a short question. `undefined` where it has none. */
  priceOf(use: Omit<Use, 'usage'>): Rates | undefined
  /** Loads the price list, once. Await it before something is priced. Rejects only where that cannot be loaded. */
  ready(): Promise<void>
  /** What is done with models that have no price. */
  readonly unpriced: Unpriced
}

export interface Use {
  /** The endpoint's name, and the model that it was asked for. */
  endpoint: string
  model: string
  /** Whose prices these are: the provider's name, or its address. Default: as {@link PricesOptions} say of the endpoint, else its name where that is a host's. */
  provider?: string
  usage: TokenUsage
  /** When it was asked: prices change. Milliseconds since 1970. */
  at: number
  /** As the provider told, else as it was asked for: `priority`, `flex` … */
  serviceTier?: string
}

/** US dollars for a million tokens (`serverToolCalls` and `requests`: for a thousand), exact decimals. */
export interface Rates {
  input: string
  output: string
  cacheRead: string
  cacheWrite: string
  cacheWriteLong: string
  /** Where reasoning costs other than the rest of the output. */
  reasoning?: string
  serverToolCalls?: string
  /** What a request costs by itself. */
  requests?: string
  /** What the prices above have been multiplied with already, where that is not 1. */
  multiplied?: Partial<Record<PriceKind, string>>
  /** Where the price is from: the configuration, the price list, or the policy for models without one. */
  from: 'config' | 'data' | 'flat'
}

/** What may be multiplied. Writes to the cache of any lifetime are one. */
export type PriceKind = 'input' | 'output' | 'cacheRead' | 'cacheWrite'

export interface Cost {
  /** US dollars, an exact decimal. */
  amount: string
  /** The prices it was worked out with. */
  rates: Rates
}

/** A price of one's own. US dollars for a million tokens (`serverToolCalls` and `requests`: for a thousand); 0 is free. */
export interface OwnPrice {
  input: number
  output: number
  /** Default: a tenth of `input`. */
  cacheRead?: number
  /** Default: 1.25 times `input`. */
  cacheWrite?: number
  /** Writes to a cache that lives longer, such as Claude's of one hour. Default: 1.6 times `cacheWrite`, which is twice `input`. */
  cacheWriteLong?: number
  /** Calls of tools that the provider runs, such as web searches. Default 0. */
  serverToolCalls?: number
  /** Default 0. */
  requests?: number
}

/** `allow`: they cost nothing, and records say that they have no price. `deny`: they are not asked. `flat`: they cost this. */
export type Unpriced = 'allow' | 'deny' | { flat: OwnPrice }

/** By a name of a model, which may hold `*`. Exact names count before patterns, and of those the most specific. Case does not matter. */
export type ByModel<T> = Readonly<Record<string, T>>

export interface EndpointPrices {
  /** The provider's name or address, which tells whose prices in the list are meant. Default: whose model it is. */
  provider?: string
  /** What all its models cost. */
  price?: OwnPrice
  /** What single models of it cost, over `price`. */
  models?: ByModel<OwnPrice>
  /**
   * What its prices are multiplied with, whatever they come from; a number for all kinds. What is said of a model is multiplied with what is
   * said of `*`. Absent and 0 are 1: for what is free write a price of 0.
   */
  multipliers?: ByModel<number | Partial<Record<PriceKind, number>>>
}

export interface PricesOptions {
  /** What models cost, whoever serves them. */
  models?: ByModel<OwnPrice>
  /** What endpoints take, by their names; stronger than `models`. */
  endpoints?: Readonly<Record<string, EndpointPrices>>
  /** What service tiers multiply the prices of tokens with, over what is known of the providers. */
  serviceTiers?: Readonly<Record<string, number>>
  /** What is done with models without a price. Default `allow`. */
  unpriced?: Unpriced
  /** Where all other prices are from; `false`: there are none. Default: the list that comes with this, from `@pydantic/genai-prices`, loaded with the first `ready()`. */
  data?: false | (() => Promise<PriceData>)
}

/** Finds what a provider takes for a model at a time; `undefined` where it is not known. */
export type PriceData = (ask: { provider: string | undefined; model: string; at: number }) => ListPrice | undefined

/** A price as it is listed: it may change with the length of the question. */
export interface ListPrice {
  /** The provider as the list calls it. */
  provider: string
  /** For a million input tokens, cached ones included. */
  at(inputTokens: number): ListRates
}

/** US dollars for a million tokens (`serverToolCalls` and `requests`: for a thousand). What is not there costs as `input`, `output` or nothing. */
export interface ListRates extends Partial<Record<PriceKind | 'cacheWriteLong' | 'reasoning' | 'serverToolCalls' | 'requests', number>> {
  input: number
}
