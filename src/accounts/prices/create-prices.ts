/**
 * Puts together what is known of prices: one's own, those that providers list, and what is done where there is none.
 *
 * @module
 */
import { formatMoney, multiply, parseMoney, type Money } from '../money.ts'
import { byModel } from './by-model.ts'
import { costAt, totalInputOf } from './cost-of.ts'
import { loadListPrices } from './list-prices.ts'
import { namesOf } from './model-names.ts'
import type { TokenUsage } from '../ledger/record.ts'
import type { ListRates, OwnPrice, PriceData, PriceKind, Prices, PricesOptions, Rates, Use } from './prices.ts'
import { tierFactor } from './service-tiers.ts'

type Multipliers = Record<PriceKind, string>

/** Clients choose the names of models: what was worked out for so many is kept. */
const KEPT = 500

/** Tells what things cost. Nothing is loaded before the first `ready()`. */
export function createPrices(options: PricesOptions = {}): Prices {
  const { unpriced = 'allow', data: load = loadListPrices } = options
  const models = byModel(options.models)
  const endpoints = new Map(
    Object.entries(options.endpoints ?? {}).map(([name, { multipliers: { '*': all, ...multipliers } = {}, ...said }]) => [
      name,
      { ...said, models: byModel(said.models), multipliers: byModel(multipliers), all },
    ]),
  )
  let list: PriceData | undefined
  let loading: Promise<void> | undefined

  /** What was worked out, by the listed prices that it comes from, and by what was asked. */
  const fromList = new WeakMap<ListRates, Map<string, Priced>>()
  const fromOwn = new Map<string, Priced>()

  const priced = (use: Omit<Use, 'usage'>, inputTokens: number): Priced | undefined => {
    const { endpoint, model, at, serviceTier } = use
    const said = endpoints.get(endpoint)
    const whose = use.provider ?? said?.provider
    const listed = list?.({ provider: whose, model, at })
    const rates = listed?.at(inputTokens)
    let made = rates ? fromList.get(rates) : fromOwn
    if (rates && !made) fromList.set(rates, (made = new Map()))
    const key = `${endpoint}\n${model}\n${serviceTier ?? ''}\n${listed?.provider ?? whose ?? ''}`
    let found = made!.get(key)
    if (found) return found
    const names = namesOf(model)
    const own = said?.models(names) ?? said?.price ?? models(names)
    const factors = [
      multipliersOf(said?.multipliers(names)),
      multipliersOf(said?.all),
      multipliersOf(tierFactor(serviceTier, { provider: listed?.provider ?? whose, model }, options.serviceTiers)),
    ].reduce(timesEach)
    if (own) found = pricedAt(multiplied({ ...ownRates(own), from: 'config' }, factors))
    else if (rates) found = pricedAt(multiplied({ ...listRates(rates), from: 'data' }, factors))
    else if (typeof unpriced === 'object') found = pricedAt({ ...ownRates(unpriced.flat), from: 'flat' })
    else return undefined
    if (made!.size >= KEPT) made!.clear()
    made!.set(key, found)
    return found
  }

  return {
    unpriced,
    cost(use) {
      const found = priced(use, totalInputOf(use.usage))
      return found && { amount: formatMoney(found.cost(use.usage)), rates: found.rates }
    },
    priceOf: (use) => priced(use, 0)?.rates,
    ready() {
      if (load === false) return Promise.resolve()
      loading ??= load().then(
        (loaded) => void (list = loaded),
        (error: unknown) => {
          loading = undefined
          throw error
        },
      )
      return loading
    },
  }
}

interface Priced {
  rates: Rates
  cost(usage: TokenUsage): Money
}

const pricedAt = (rates: Rates): Priced => ({ rates, cost: costAt(rates) })

/** Ratios that hold of Claude's prices, whose cache is the one that most others are measured by. */
function ownRates({ input, output, cacheRead, cacheWrite, cacheWriteLong, serverToolCalls, requests }: OwnPrice): Omit<Rates, 'from'> {
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
function listRates({
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

const multipliersOf = (said: number | Partial<Record<PriceKind, number>> | undefined): Multipliers =>
  eachKind((kind) => decimal((typeof said === 'object' ? said[kind] : said) || 1))

const timesEach = (a: Multipliers, b: Multipliers): Multipliers => eachKind((kind) => times(a[kind], b[kind]))

const times = (price: string, by: string): string => (by === '1' ? price : formatMoney(multiply(parseMoney(price), by)))

function multiplied(rates: Rates, by: Multipliers): Rates {
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
