/**
 * The whole gateway of a configuration, as one fetch that can be mounted anywhere.
 *
 * @module
 */
import type { BudgetStore } from '../accounts/budgets/store.ts'
import type { Ledger } from '../accounts/ledger/ledger.ts'
import type { Tenant } from '../accounts/tenants/tenant.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { fail } from '../core/failure.ts'
import { requestOf, type Fetch, type Handler } from '../router/fetch.ts'
import { memoryStore } from '../router/sessions/memory-store.ts'
import { memoryState, type State } from '../router/state.ts'
import type { Standing } from './admin/administered.ts'
import { createRecent } from './admin/recent.ts'
import { upstreamsOf } from './admin/status.ts'
import type { Backups } from './backup/backups.ts'
import { compose, type Composition } from './compose.ts'
import { readConfig } from './config/read.ts'
import type { ConfigInput } from './config/schema.ts'
import { secretsOf } from './config/secrets-of.ts'
import type { Config } from './config/settle.ts'
import type { ConfigStore, Loaded } from './config/store.ts'
import type { Variables } from './config/variables.ts'
import { defined } from './defined.ts'
import { frontOf, keysOf, type FrontSources } from './front-of.ts'
import type { FrontParts } from './front-options.ts'
import { createHealthWatch } from './health-watch.ts'
import { loadOnce } from './load-once.ts'
import { createRedactor } from './log/redact.ts'
import { createWatching } from './metrics/watching.ts'
import type { AllowedHosts } from './safety/guard.ts'
import { setServing, type Serving } from './serving.ts'
import { createMakers, notingStore } from './tenants/makers.ts'
import type { ArchivedMonth } from './usage/source.ts'
import { createUsage } from './usage/usage.ts'

export { ConfigError, type Problem } from './config/problem.ts'
export type { ConfigInput } from './config/schema.ts'
export type { Config } from './config/settle.ts'
export type { ConfigStore, Loaded } from './config/store.ts'
export { createGateway } from './front.ts'
export type { GatewayOptions } from './front-options.ts'
export type { Model } from './models/models.ts'

export interface ConfiguredOptions extends Pick<FrontParts, 'sessions' | 'log' | 'instance'> {
  /** What `$NAME` stands for in a configuration that is given as an object, and where presets look for their keys. Default: nothing. */
  variables?: Variables
  /** Where the configuration is kept: changes by the admin API are written there. Default: nowhere, and it is not changed. */
  store?: ConfigStore
  /** Keys of clients besides those of the configuration: the same ones always, or told for each configuration that is to be used. */
  keys?: readonly Tenant[] | ((config: Config) => readonly Tenant[])
  /**
   * The host names that are answered, where the configuration does not say. Default: those of this machine where no key is asked for, so
   * that no web page and no stranger can use it; any where there are keys.
   */
  hosts?: AllowedHosts
  /** Calls the providers; `proxy` is what the configuration says for one: a URL, "direct", or nothing. Default: the global fetch. */
  fetchFor?: (proxy: string | undefined) => Fetch
  /** Takes secrets out of errors: a `createRedactor()`. Those of the configuration are made known to it. Default: one of its own. */
  redact?: ReturnType<typeof createRedactor>
  /** Where cooldowns, breakers and affinity are kept. Default: in memory. */
  state?: State
  /** Keeps a record of each request: who used what, and what it cost. What the configuration says of one is `cc-route serve`'s. Default: none. */
  ledger?: Ledger
  /** Where it is kept what of their limits and budgets everybody, keys and groups have used up. Default: in memory. */
  budgets?: BudgetStore
  /** The months that were put aside into files of their own, for the admin API. Default: none. */
  archives?: () => Promise<readonly ArchivedMonth[]>
  /** Backups of the file, for the admin API. Default: none. */
  backups?: Backups
  clock?: Clock
  /** From 0 up to 1. */
  random?: () => number
}

/** A gateway: a {@link Handler} whose configuration can be changed while it answers. */
export interface Gateway extends Handler {
  readonly config: Config
  readonly composition: Composition
  /**
   * Takes another configuration for the requests that come from now on; those on their way end with what they began with, and what was
   * learnt of providers is kept.
   *
   * @throws ConfigError or TypeError for one that cannot work: then nothing changes
   */
  use(config: ConfigInput | Loaded): void
  /** Checks the health of pools' members as the configuration says, until the signal aborts. */
  watch(until: AbortSignal): void
}

/** A configuration at work. It never changes; another one takes its place. */
interface Working extends Standing {
  front: Fetch
}

/**
 * Makes all that a configuration describes: its providers, pools and routes, who may use them, the lists of models, other paths of the
 * protocols, `/health`, `/status` and the admin API.
 *
 * @param config what a configuration file would say, or one that was loaded
 * @throws ConfigError or TypeError for a configuration that cannot work
 */
export function gateway(config: ConfigInput | Loaded, options: ConfiguredOptions = {}): Gateway {
  const { clock = systemClock, variables = {}, store } = options
  const state = options.state ?? memoryState({ clock })
  const redact = options.redact ?? createRedactor()
  const recent = createRecent({ clock, redact })
  const startedAt = clock.now()
  const makers = createMakers()
  const given = options.sessions === false ? (false as const) : { store: memoryStore({ clock }), ...options.sessions }
  // Elsewhere owners are no keys.
  const sessions = given && given.owner === undefined ? { ...given, store: notingStore(given.store, makers) } : given
  let serving: Serving = {}
  const usage =
    options.ledger &&
    createUsage({
      ledger: options.ledger,
      clock,
      redact,
      isOpen: () => serving.isReady?.() ?? true,
      upstreams: () => upstreamsOf(now(), clock),
      allowance: async (tenant) => {
        const standing = now()
        const { budgets, groups } = standing.config
        const { allowanceOf } = await import('./usage/allowance.ts')
        return allowanceOf(tenant, { budgets, groups, keys: keysOf(standing) }, counted, clock.now())
      },
      ...defined(options, ['archives']),
    })

  const counted = loadOnce(
    async (): Promise<BudgetStore> => options.budgets ?? (await import('../accounts/budgets/memory-store.ts')).memoryBudgets({ clock }),
  )

  const watching = createWatching({
    now: () => now(),
    clock,
    redact,
    startedAt,
    budgets: counted,
    onWarning: (warning) => (serving.log ?? options.log)?.warn(warning),
  })

  const sources = (): FrontSources => ({
    ...defined(options, ['log', 'instance', 'hosts', 'ledger', 'backups']),
    now,
    change,
    reload,
    recent,
    clock,
    budgets: counted,
    redact,
    sessions,
    serving,
    makers,
    usage,
    watching,
    startedAt,
  })
  const prepare = (given: ConfigInput | Loaded): Working => {
    const loaded = isLoaded(given) ? given : { config: readConfig(given, { variables }) }
    const keys = typeof options.keys === 'function' ? options.keys(loaded.config) : options.keys
    if (serving.needsKeys && !keysOf({ ...loaded, keys }).length)
      throw new TypeError('server.keys: others can reach this server, so it needs keys for its clients. It goes on with those that it has.')
    const composition = compose(loaded.config, { ...options, state, clock })
    for (const [name, secret] of secretsOf(loaded.config)) redact.add(name, secret)
    const standing = { ...loaded, composition, keys }
    return { ...standing, front: frontOf(standing, sources()) }
  }

  const now = (): Working => working
  const kept = (): ConfigStore =>
    store ??
    fail({
      kind: 'conflict',
      message: 'The configuration of this gateway is kept nowhere. Change it where it is made, or serve one from a file.',
    })
  const change: FrontSources['change'] = async (changes, revision, accept) => {
    const place = kept()
    if (revision !== undefined && revision !== working.revision)
      fail({
        kind: 'conflict',
        status: 412,
        message: 'The configuration has changed since it was read (If-Match). Read it again, and make the change anew.',
        details: { revision: working.revision ?? null },
      })
    let next: Working | undefined
    await place.save(changes, working.revision, (candidate) => {
      accept?.(candidate)
      next = prepare(candidate)
    })
    return take(next!)
  }
  const reload = async (): Promise<Standing> => take(prepare(await kept().load()))

  let working = prepare(config)
  const health = createHealthWatch(working.composition)
  const take = (next: Working): Working => {
    working = next
    health.use(next.composition)
    return next
  }
  const handler: Handler = (input: Request | URL | string, init?: unknown) => working.front(requestOf(input, init))
  const made = Object.defineProperties(handler, {
    config: { get: () => working.config },
    composition: { get: () => working.composition },
    use: { value: (next: ConfigInput | Loaded) => void take(prepare(next)) },
    watch: { value: health.watch },
  }) as Gateway
  return setServing(made, {
    get asksForKeys() {
      return keysOf(working).length > 0
    },
    get limits() {
      return working.config.server.limits ?? {}
    },
    serve(parts) {
      serving = parts
      working = { ...working, front: frontOf(working, sources()) }
    },
  })
}

const isLoaded = (given: ConfigInput | Loaded): given is Loaded => 'config' in given
