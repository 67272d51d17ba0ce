/**
 * Prices as they are charged: all kinds filled in, multiplied, as exact decimals.
 *
 * @module
 */
import { formatMoney, multiply, parseMoney } from '../money.ts'
import type { ListRates, OwnPrice, PriceKind, Rates } from './prices.ts'

/** What prices are multiplied with, each an exact decimal. */
export type Multipliers = Record<PriceKind, string>

/**
 * A price of one's own. What it does not say is filled in by the ratios of Claude's prices.
 *
 * @throws RangeError for what is no amount of money
 */
export function ownRates({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWriteLong,
  serverToolCalls,
  requests,
}: OwnPrice): Omit<Rates, 'from'> {
  const price = parseMoney(input)
  const write = cacheWrite === undefined ? multiply(price, '1.25') : parseMoney(cacheWrite)
  return {
    input: formatMoney(price),
    output: decimal(output),
    cacheRead: formatMoney(cacheRead === undefined ? multiply(price, '0.1') : parseMoney(cacheRead)),
    cacheWrite: formatMoney(write),
    cacheWriteLong: formatMoney(cacheWriteLong === undefined ? multiply(write, '1.6') : parseMoney(cacheWriteLong)),
    ...(serverToolCalls !== undefined && { serverToolCalls: decimal(serverToolCalls) }),
    ...(requests !== undefined && { requests: decimal(requests) }),
  }
}

/** What a provider lists no price for, it takes the more general one for. */
export function listRates({
  input,
  output = 0,
  cacheRead = input,
  cacheWrite = input,
  cacheWriteLong = cacheWrite,
  ...rest
}: ListRates): Omit<Rates, 'from'> {
  const { reasoning, serverToolCalls, requests } = rest
  return {
    input: decimal(input),
    output: decimal(output),
    cacheRead: decimal(cacheRead),
    cacheWrite: decimal(cacheWrite),
    cacheWriteLong: decimal(cacheWriteLong),
    ...(reasoning !== undefined && { reasoning: decimal(reasoning) }),
    ...(serverToolCalls !== undefined && { serverToolCalls: decimal(serverToolCalls) }),
    ...(requests !== undefined && { requests: decimal(requests) }),
  }
}

const decimal = (price: number): string => formatMoney(parseMoney(price))

const eachKind = (make: (kind: PriceKind) => string): Multipliers => ({
  input: make('input'),
  output: make('output'),
  cacheRead: make('cacheRead'),
  cacheWrite: make('cacheWrite'),
})

export const multipliersOf = (said: number | Partial<Record<PriceKind, number>> | undefined): Multipliers =>
  eachKind((kind) => decimal((typeof said === 'object' ? said[kind] : said) || 1))

export const timesEach = (a: Multipliers, b: Multipliers): Multipliers => eachKind((kind) => times(a[kind], b[kind]))

const times = (price: string, by: string): string => (by === '1' ? price : formatMoney(multiply(parseMoney(price), by)))

export function multiplied(rates: Rates, by: Multipliers): Rates {
  const told = Object.entries(by).filter(([, factor]) => factor !== '1')
  if (!told.length) return rates
  return {
    ...rates,
    input: times(rates.input, by.input),
    output: times(rates.output, by.output),
    cacheRead: times(rates.cacheRead, by.cacheRead),
    cacheWrite: times(rates.cacheWrite, by.cacheWrite),
    cacheWriteLong: times(rates.cacheWriteLong, by.cacheWrite),
    ...(rates.reasoning !== undefined && { reasoning: times(rates.reasoning, by.output) }),
    multiplied: Object.fromEntries(told),
  }
}
