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
import type { App } from './app.ts'

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

/** What a configuration describes, at work. */
export interface Composition extends App {
  /** Those that are switched on, by name. */
  endpoints: ReadonlyMap<string, Endpoint>
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

  const open = (name: string, given: EndpointConfig, changes: Partial<EndpointConfig> = {}): Endpoint => {
    const {
      keys,
      weight: _weight,
      priority: _priority,
      enabled: _enabled,
      models: _models,
      own: _own,
      proxy,
      ...rest
    } = { ...given, ...changes }
    const apiKeys = keys.map(({ from: _from, ...key }) => key)
    return endpoint({ ...rest, ...shared, name, apiKeys, fetch: options.fetchFor?.(proxy ?? config.server.proxy) })
  }
  const endpoints = new Map(used.map(([name, given]) => [name, open(name, given)]))
  for (const [name, given] of used) names[name] = withModels(name, given)

  /** An endpoint that knows the names that clients have for its models. */
  function withModels(name: string, given: EndpointConfig): Fetch {
    const entries = Object.entries(given.models ?? {})
    const plain = endpoints.get(name)!
    if (!entries.length) return plain
    const models = entries.map(([asked, said]): [string, Target] => {
      if (typeof said === 'string') return [asked, { to: plain, model: said }]
      const { model = asked, capabilities, price } = said
      const changes = { ...(capabilities && { capabilities: { ...given.capabilities, ...capabilities } }), ...(price && { price }) }
      return [asked, { to: Object.keys(changes).length ? open(name, given, changes) : plain, model }]
    })
    return router({ ...shared, name, estimator, default: plain, models: Object.fromEntries(models), explicit: false })
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

  const { models, ids } = modelsOf(config)
  const first = used[0]?.[0]
  return {
    endpoints,
    pools,
    models,
    fetch: router({
      ...shared,
      ...routes,
      ...(retry && { retry }),
      estimator,
      endpoints: names,
      default: usual ?? first!,
      models: { ...clientModels(used), ...routes.models },
      aliases: { ...ids, ...aliases },
      // Where the file says which request goes where, models have no way of their own.
      ...(!config.routes && { choose: ({ model }) => ownerOf(used, model) }),
    }),
  }
}

/** The models that endpoints have under the clients' own names. Of two endpoints with the same one, the first. */
const clientModels = (used: readonly (readonly [string, EndpointConfig])[]): Record<string, Target> =>
  Object.fromEntries(
    used.toReversed().flatMap(([name, { models = {} }]) => Object.keys(models).map((model) => [model, { to: name, model }])),
  )

/** The endpoint whose provider has this model itself. */
function ownerOf(used: readonly (readonly [string, EndpointConfig])[], model: string | undefined): Target | undefined {
  const owner = model === undefined ? undefined : used.find(([, { own }]) => own?.test(model))
  return owner && { to: owner[0], model: model! }
}
