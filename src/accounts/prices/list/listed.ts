/**
 * The list of prices as its package writes it: https://github.com/pydantic/genai-prices
 *
 * @module
 */

export interface ListedProvider {
  id: string
  /** A regular expression: what addresses of its API begin with. */
  api_pattern: string
  /** Other names of it. */
  provider_match?: Match
  /** Names of models that are its own. */
  model_match?: Match
  /** It serves models of these as well, at their prices. */
  fallback_model_providers?: readonly string[]
  /** A JSON array of {@link ListedModel}. */
  models: string
}

export interface ListedModel {
  id: string
  match: Match
  prices: ListedPrices | readonly TimedPrices[]
}

/** Texts are compared without regard to case. */
export type Match =
  | { or: readonly Match[] }
  | { and: readonly Match[] }
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }

/** By unit: dollars for a million tokens (`…_mtok`) or a thousand of others (`…_kcount`); with tiers, by how long the question is. */
export type ListedPrices = Readonly<Record<string, number | TieredPrice>>

export interface TieredPrice {
  base: number
  /** The price of all tokens of a question that is longer than `start`. Ascending. */
  tiers: readonly { start: number; price: number }[]
}

/** Prices that hold under a condition; without one, where no later entry's holds. */
export interface TimedPrices {
  constraint?: { type: 'start_date'; start_date: string } | { type: 'time_of_date'; start_time: string; end_time: string }
  prices: ListedPrices
}
