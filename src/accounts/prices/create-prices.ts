/**
 * Puts together what is known of prices: one's own, those that providers list, and what is done where there is none.
 *
 * @module
 */
import { createMemo } from '../../core/memo.ts'
import type { TokenUsage } from '../ledger/record.ts'
import { formatMoney, type Money } from '../money.ts'
import { byModel } from './by-model.ts'
import { costAt, totalInputOf } from './cost-of.ts'
import { loadListPrices } from './list/list-prices.ts'
import { namesOf } from './model-names.ts'
import type { ByModel, ListRates, OwnPrice, PriceData, Prices, PricesOptions, Rates, Use } from './prices.ts'
import { listRates, multiplied, multipliersOf, ownRates, timesEach } from './rates.ts'
import { tierFactor } from './service-tiers.ts'

/** What endpoints without a name of their own are called by. */
const HOST = /^[\w-]+(\.[\w-]+)+(:\d+)?$/

/** Clients choose the names of models: what was worked out for so many is kept. */
const KEPT = 500

/**
 * Tells what things cost. Nothing is loaded before the first `ready()`.
 *
 * @throws RangeError for a price or multiplier that is no amount
 */
export function createPrices(options: PricesOptions = {}): Prices {
  const { unpriced = 'allow', data: load = loadListPrices } = options
  const models = byModel(ownPrices(options.models))
  const endpoints = new Map(
    Object.entries(options.endpoints ?? {}).map(([name, { provider, price, multipliers: { '*': all, ...multipliers } = {}, ...said }]) => [
      name,
      {
        provider,
        price: price && ownRates(price),
        models: byModel(ownPrices(said.models)),
        multipliers: byModel(mapped(multipliers, multipliersOf)),
        all: multipliersOf(all),
      },
    ]),
  )
  const flat = typeof unpriced === 'object' ? ({ ...ownRates(unpriced.flat), from: 'flat' } as const) : undefined
  let list: PriceData | undefined
  let loading: Promise<void> | undefined

  /** What was worked out, by the listed prices that it comes from, and by what was asked; that there is no price, too. */
  const fromList = new WeakMap<ListRates, Memo>()
  const fromOwn: Memo = createMemo(KEPT)

  const priced = (use: Omit<Use, 'usage'>, inputTokens: number): Priced | undefined => {
    const { endpoint, model, at, serviceTier } = use
    const said = endpoints.get(endpoint)
    const whose = use.provider ?? said?.provider ?? (HOST.test(endpoint) ? `https://${endpoint}` : undefined)
    const listed = list?.({ provider: whose, model, at })
    const provider = listed?.provider ?? whose
    const rates = listed?.at(inputTokens)
    let remember = rates ? fromList.get(rates) : fromOwn
    if (rates && !remember) fromList.set(rates, (remember = createMemo(KEPT)))
    return remember!(`${endpoint}\n${model}\n${serviceTier ?? ''}\n${provider ?? ''}`, () => {
      const names = namesOf(model)
      const own = said?.models(names) ?? said?.price ?? models(names)
      const factors = [
        multipliersOf(tierFactor(serviceTier, { provider, model }, options.serviceTiers)),
        ...(said ? [said.all, said.multipliers(names) ?? ONCE] : []),
      ].reduce(timesEach)
      if (own) return pricedAt(multiplied({ ...own, from: 'config' }, factors))
      if (rates) return pricedAt(multiplied({ ...listRates(rates), from: 'data' }, factors))
      return flat && pricedAt(flat)
    })
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

type Memo = ReturnType<typeof createMemo<Priced | undefined>>

interface Priced {
  rates: Rates
  cost(usage: TokenUsage): Money
}

const pricedAt = (rates: Rates): Priced => ({ rates, cost: costAt(rates) })

const ONCE = multipliersOf(1)

const ownPrices = (said: ByModel<OwnPrice> = {}) => mapped(said, ownRates)

const mapped = <A, B>(said: ByModel<A>, change: (value: A) => B): ByModel<B> =>
  Object.fromEntries(Object.entries(said).map(([name, value]) => [name, change(value)]))
