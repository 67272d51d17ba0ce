/**
 * Keeps requests from models whose price nobody knows.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { addMeter } from '../../router/caller.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import type { Charge, Meter } from '../../router/meter.ts'
import type { Prices } from './prices.ts'

/**
 * Holds an app to `unpriced: 'deny'`: an endpoint whose model has no price is not called. Pools go on to the next member; where there is none, the
 * client gets a 400 that names the model. With any other policy it gives back the app as it is.
 */
export function withPrices(app: Fetch, prices: Prices, { clock = systemClock }: { clock?: Clock } = {}): Fetch {
  if (prices.unpriced !== 'deny') return app
  const meter = createPriceCheck(prices, clock)
  return (input, init) => {
    const request = requestOf(input, init)
    addMeter(request, meter)
    return app(request)
  }
}

const NOTHING: Charge = { settle: () => {} }

function createPriceCheck(prices: Prices, clock: Clock): Meter {
  return {
    async admit({ endpoint, model }) {
      await prices.ready().catch(() => {}) // without its data the prices of the configuration hold
      return prices.priceOf({ endpoint, model, at: clock.now() }) ? NOTHING : unpriced(endpoint, model)
    },
  }
}

/** Why an endpoint is not asked for a model that has no price. */
export const unpriced = (endpoint: string, model: string): Failure => ({
  kind: 'unsupported',
  status: STATUS.unsupported,
  code: 'model_not_priced',
  message: `The model "${model}" of the endpoint "${endpoint}" is not supported here: it has no price, and models without one are denied. Give it one in "prices.models" or as "price" of the endpoint, or let "prices.unpriced" say otherwise.`,
})
