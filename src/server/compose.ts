/**
 * Builds what a configuration describes: its endpoints, its pools, and the router in front of them.
 *
 * @module
 */
import type { Clock } from '../core/clock.ts'
import { endpoint, type Endpoint } from '../router/endpoint/endpoint.ts'
import { createEstimator } from '../router/estimate.ts'
import type { Fetch } from '../router/fetch.ts'
import { pool, type Pool } from '../router/pool/pool.ts'
import type { PoolMember } from '../router/pool/options.ts'
import { router, type RouterOptions } from '../router/routing/router.ts'
import { readNamed } from '../router/routing/names.ts'
import type { Target } from '../router/routing/target.ts'
import { memoryState, type State } from '../router/state.ts'
import type { SettledEndpoint } from './config/settle-endpoint.ts'
import type { Resolved } from './config/secret.ts'
import type { Config } from './config/settle.ts'
import { modelsOf } from './config/models-of.ts'
import { direct, isDirect } from './direct.ts'
import type { Model } from './models/models.ts'
import { isSamePrice, routerPrices } from './prices.ts'

type EndpointConfig = Resolved<SettledEndpoint>
type PoolConfig = NonNullable<Config['pools']>[string]

export interface ComposeOptions {
  /** Calls the providers; `proxy` is what the configuration says for one: a URL, "direct", or nothing. Default: the global fetch. */
  fetchFor?: (proxy: string | undefined) => Fetch
  /** Where cooldowns, breakers, affinity and the like are kept: given to the next composition, it goes on with what this one has learnt. */
  state?: State
  clock?: Clock
  /** From 0 up to 1. */
  random?: () => number
}

/** One endpoint of a configuration, at work. */
export interface ServedEndpoint {
  name: string
  config: EndpointConfig
  endpoint: Endpoint
  /** Calls its provider. */
  fetch: Fetch
}

/** What a configuration describes, at work. */
export interface Composition {
  fetch: Fetch
  /** What clients may ask for. */
  models: readonly Model[]
  /** Those that are switched on, by name. */
  endpoints: ReadonlyMap<string, Endpoint>
  /** The same with how each was made, in the order in which they are asked: the default first. Those that are switched off are `undefined`. */
  served: ReadonlyMap<string, ServedEndpoint | undefined>
  pools: ReadonlyMap<string, Pool>
}

/** @throws TypeError for a configuration that cannot work */
export function compose(config: Config, options: ComposeOptions = {}): Composition {
  const { clock, random, state = memoryState({ clock }) } = options
  const shared = { state, clock, random, maxBodyBytes: config.server.limits?.bodyBytes }
  const estimator = createEstimator({ clock, state })
  const { aliases, retry, default: usual, ...routes } = (config.routes ?? {}) as Partial<RouterOptions>
  const used = Object.entries(config.endpoints).filter(([, { enabled }]) => enabled !== false)
  /** What targets may name: the endpoints as they are asked for, and the pools. */
  const names: Record<string, Fetch | false> = Object.fromEntries(Object.keys(config.endpoints).map((name) => [name, false]))

  const proxies = [config.server, ...used.map(([, given]) => given)].map(({ proxy }) => proxy)
  if (!options.fetchFor && proxies.some((proxy) => proxy !== undefined && proxy !== 'direct'))
    throw new TypeError(
      'proxy: nothing here can call through a proxy. On Node give the gateway fetchFor: createFetchFor(process.env), of cc-route/server.',
    )
  const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init)
  const fetches = new Map(used.map(([name, { proxy }]) => [name, options.fetchFor?.(proxy ?? config.server.proxy) ?? globalFetch]))

  const priceAt = routerPrices(config)
  const open = (name: string, given: EndpointConfig, changes: Partial<EndpointConfig> = {}): Endpoint => {
    const {
      keys,
      weight: _weight,
      priority: _priority,
      enabled: _enabled,
      models: _models,
      own: _own,
      proxy: _proxy,
      priceMultipliers: _multipliers,
      ...rest
    } = { ...given, ...changes }
    const price = changes.price ?? priceAt(name, given.model, given.price)
    const apiKeys = keys.map(({ from: _from, ...key }) => key)
    return endpoint({ ...rest, ...shared, name, apiKeys, price, fetch: fetches.get(name) })
  }
  const endpoints = new Map(used.map(([name, given]) => [name, open(name, given)]))
  const models = new Map(used.map(([name, given]) => [name, modelTargets(name, given)]))
  for (const [name] of used) names[name] = withModels(name)

  /** Where requests go that ask for a model of this endpoint by the client's own name of it. */
  function modelTargets(name: string, given: EndpointConfig): Record<string, Target> {
    const plain = endpoints.get(name)!
    const entries = Object.entries(given.models ?? {}).map(([asked, said]): [string, Target] => {
      const { model = asked, capabilities, price: own = given.price } = typeof said === 'string' ? { model: said } : said
      const price = priceAt(name, model, own)
      const changes = {
        ...(capabilities && { capabilities: { ...given.capabilities, ...capabilities } }),
        ...(price && !isSamePrice(price, priceAt(name, given.model, given.price)) && { price }),
      }
      return [asked, { to: Object.keys(changes).length ? open(name, given, changes) : plain, model }]
    })
    return Object.fromEntries(entries)
  }

  /** An endpoint that knows those names itself, for whoever names the endpoint and not the model. */
  function withModels(name: string): Fetch {
    const targets = models.get(name)!
    const plain = endpoints.get(name)!
    if (!Object.keys(targets).length) return plain
    return router({ ...shared, name, estimator, default: plain, models: targets, explicit: false })
  }

  const pools = new Map<string, Pool>()
  const poolOf = (name: string, { members, affinity, ...rest }: PoolConfig): Pool | undefined => {
    const found = pools.get(name)
    if (found) return found
    const seats = members.flatMap((member) => seatOf(typeof member === 'string' ? { to: member } : member))
    if (!seats.length) return undefined
    const made = pool(seats, { ...rest, ...(affinity !== undefined && { affinity }), ...shared, name })
    pools.set(name, made)
    return made
  }
  const seatOf = ({ to, weight, priority }: { to: string; weight?: number; priority?: number }): PoolMember[] => {
    const { name, model } = readNamed(allNames, to)!
    const inner = config.pools?.[name]
    const fetch = inner ? poolOf(name, inner) : names[name]
    if (!fetch) return []
    const given = inner ? undefined : config.endpoints[name]
    const place = { weight: weight ?? given?.weight, priority: priority ?? given?.priority }
    const seated = model === undefined ? fetch : router({ ...shared, name: to, estimator, default: { to: fetch, model }, explicit: false })
    return [{ fetch: seated, name: to, ...place }]
  }
  const allNames = Object.fromEntries(
    [...Object.keys(config.endpoints), ...Object.keys(config.pools ?? {})].map((name) => [name, false as const]),
  )
  for (const [name, given] of Object.entries(config.pools ?? {})) names[name] = poolOf(name, given) ?? false

  const { models: listed, ids } = modelsOf(config)
  const direction = (usual ?? used[0]?.[0])!
  const routed = router({
    ...shared,
    ...routes,
    ...(retry && { retry }),
    estimator,
    endpoints: names,
    default: direction,
    // Of two endpoints with the same name for one, the first.
    models: { ...Object.assign({}, ...[...models.values()].toReversed()), ...routes.models },
    aliases: { ...ids, ...aliases },
    // Where the file says which request goes where, models have no way of their own.
    ...(!config.routes && { choose: ({ model }) => targetOf(used, model) }),
  })
  const ownerOf = (model: string): Endpoint | undefined => (config.routes ? undefined : endpoints.get(ownerIn(used, model) ?? ''))
  const straight = isDirect(config) && typeof direction === 'string' && names[direction]
  const servedOf = (name: string): ServedEndpoint | undefined => {
    const made = endpoints.get(name)
    return made && { name, config: config.endpoints[name]!, endpoint: made, fetch: fetches.get(name)! }
  }
  const inOrder = Object.keys(config.endpoints).toSorted((a, b) => Number(b === usual) - Number(a === usual))
  return {
    endpoints,
    served: new Map(inOrder.map((name) => [name, servedOf(name)])),
    pools,
    models: listed,
    fetch: straight ? direct({ routed, usual: straight, ownerOf, maxBodyBytes: shared.maxBodyBytes }) : routed,
  }
}

/** The endpoint whose provider has this model itself. */
const ownerIn = (used: readonly (readonly [string, EndpointConfig])[], model: string): string | undefined =>
  used.find(([, { own }]) => own?.test(model))?.[0]

function targetOf(used: readonly (readonly [string, EndpointConfig])[], model: string | undefined): Target | undefined {
  const owner = model === undefined ? undefined : ownerIn(used, model)
  return owner === undefined ? undefined : { to: owner, model: model! }
}
