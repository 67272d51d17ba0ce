/**
 * The prices of a configuration: one place tells them to the ledger, to budgets and to the router.
 *
 * @module
 */
import { byModel } from '../accounts/prices/by-model.ts'
import { namesOf } from '../accounts/prices/model-names.ts'
import type { EndpointPrices, OwnPrice, PriceKind, Prices, PricesOptions } from '../accounts/prices/prices.ts'
import type { Clock } from '../core/clock.ts'
import type { Fetch } from '../router/fetch.ts'
import type { Price } from '../router/member.ts'
import type { Config } from './config/settle.ts'
import { loadOnce, type Once } from './load-once.ts'

type Priced = Pick<Config, 'endpoints' | 'prices'>

const made = new WeakMap<Priced, Once<Prices>>()

/** Tells what things cost by a configuration; made once for each. The code of it is loaded with the first call, the price list when it is asked for. */
export function pricesOf(config: Priced): Promise<Prices> {
  let prices = made.get(config)
  if (!prices) {
    prices = loadOnce(async () => (await import('../accounts/prices/create-prices.ts')).createPrices(priceOptions(config)))
    made.set(config, prices)
  }
  return prices()
}

/** The same for whatever configuration holds at the time; nothing of it is loaded before something is to be priced. */
export function livePrices(now: () => Priced): Prices {
  let known: Prices | undefined
  return {
    get unpriced() {
      return now().prices?.unpriced ?? 'allow'
    },
    cost: (use) => known?.cost(use),
    priceOf: (use) => known?.priceOf(use),
    async ready() {
      const prices = await pricesOf(now())
      known = prices
      await prices.ready()
    },
  }
}

/** An app that asks no model without a price, where the configuration denies them. */
export function denyUnpriced(app: Fetch, config: Priced, clock: Clock): Fetch {
  if (config.prices?.unpriced !== 'deny') return app
  const held = loadOnce(async () => {
    const [{ withPrices }, prices] = await Promise.all([import('../accounts/prices/with-prices.ts'), pricesOf(config)])
    return withPrices(app, prices, { clock })
  })
  return async (input, init) => (await held())(input, init)
}

/** Programs that serve models on one's own machine, by how they speak. */
const OWN_MACHINE: ReadonlySet<string | undefined> = new Set(['ollama', 'vllm', 'lmstudio'])

/** What a configuration says of prices, as `createPrices` takes it. */
export function priceOptions({ endpoints, prices: { data, ...rest } = {} }: Priced): PricesOptions {
  return { ...rest, ...(data === false && { data }), endpoints: mapped(endpoints, endpointPrices) }
}

function endpointPrices({ baseUrl, dialect, price, models = {}, priceMultipliers }: Config['endpoints'][string]): EndpointPrices {
  const own = Object.entries(models).flatMap(([asked, said]): [string, OwnPrice][] =>
    typeof said === 'object' && said.price ? [[said.model ?? asked, said.price]] : [],
  )
  return {
    provider: OWN_MACHINE.has(dialect) ? dialect! : baseUrl,
    ...(price && { price }),
    ...(own.length && { models: Object.fromEntries(own) }),
    ...(priceMultipliers && { multipliers: priceMultipliers }),
  }
}

/** Tells a router what an endpoint's model costs; `said`: what the endpoint says of it. Only what the configuration tells: nothing is loaded for it. */
export function routerPrices({
  endpoints,
  prices,
}: Priced): (endpoint: string, model: string | undefined, said?: Price) => Price | undefined {
  const models = byModel(prices?.models)
  const multipliers = mapped(endpoints, ({ priceMultipliers: { '*': all, ...rest } = {} }) => ({ all, of: byModel(rest) }))
  return (endpoint, model, said) => {
    const names = model === undefined ? [] : namesOf(model)
    const price = said ?? models(names)
    if (!price) return undefined
    const { all, of } = multipliers[endpoint]!
    const by = (kind: PriceKind) =>
      [all, of(names)].reduce<number>((factor, given) => factor * ((typeof given === 'object' ? given[kind] : given) || 1), 1)
    const { input, output, cacheRead, cacheWrite } = price
    return {
      input: input * by('input'),
      output: output * by('output'),
      ...(cacheRead !== undefined && { cacheRead: cacheRead * by('cacheRead') }),
      ...(cacheWrite !== undefined && { cacheWrite: cacheWrite * by('cacheWrite') }),
    }
  }
}

export const isSamePrice = (a: Price, b: Price | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
