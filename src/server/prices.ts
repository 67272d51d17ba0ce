/**
 * The prices of a configuration: one place tells them to the ledger, to budgets and to the router.
 *
 * @module
 */
import { byModel } from '../accounts/prices/by-model.ts'
import { namesOf } from '../accounts/prices/model-names.ts'
import type { EndpointPrices, OwnPrice, PriceKind, Prices, PricesOptions } from '../accounts/prices/prices.ts'
import type { Price } from '../router/member.ts'
import type { Config } from './config/settle.ts'

type Priced = Pick<Config, 'endpoints' | 'prices'>

const made = new WeakMap<Priced, Promise<Prices>>()

/** Tells what things cost by a configuration; made once for each. The code of it is loaded with the first call, the data package when it is asked for. */
export function pricesOf(config: Priced): Promise<Prices> {
  let prices = made.get(config)
  if (!prices)
    made.set(
      config,
      (prices = import('../accounts/prices/create-prices.ts').then(({ createPrices }) => createPrices(priceOptions(config)))),
    )
  return prices
}

/** Programs that serve models on one's own machine, by how they speak. */
const OWN_MACHINE: readonly (string | undefined)[] = ['ollama', 'vllm', 'lmstudio']

/** What a configuration says of prices, as `createPrices` takes it. */
export function priceOptions({ endpoints, prices: { data, ...rest } = {} }: Priced): PricesOptions {
  return { ...(rest as PricesOptions), ...(data === false && { data }), endpoints: mapped(endpoints, endpointPrices) }
}

function endpointPrices({ baseUrl, dialect, price, models = {}, priceMultipliers }: Config['endpoints'][string]): EndpointPrices {
  const own = Object.entries(models).flatMap(([asked, said]): [string, OwnPrice][] =>
    typeof said === 'object' && said.price ? [[said.model ?? asked, said.price as OwnPrice]] : [],
  )
  return {
    provider: OWN_MACHINE.includes(dialect) ? dialect! : baseUrl,
    ...(price && { price: price as OwnPrice }),
    ...(own.length && { models: Object.fromEntries(own) }),
    ...(priceMultipliers && { multipliers: priceMultipliers as NonNullable<EndpointPrices['multipliers']> }),
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
