/**
 * The front of a configuration: who may call it, how much, and what it answers besides.
 *
 * @module
 */
import type { Tenant } from '../accounts/tenants/tenant.ts'
import type { Fetch } from '../router/fetch.ts'
import { admitNobody, createAccess } from './admin/access.ts'
import type { Administered, Standing } from './admin/administered.ts'
import { createAdmin } from './admin/admin.ts'
import { answerStatus } from './admin/status.ts'
import { createBudgetry } from './budgets/budgetry.ts'
import type { Config } from './config/settle.ts'
import { defined } from './defined.ts'
import { createFront } from './front.ts'
import type { FrontParts } from './front-options.ts'
import { logBodies } from './log/bodies.ts'
import { metricsDoor, type Watching } from './metrics/watching.ts'
import { createPassOn } from './pass-on.ts'
import { denyUnpriced } from './prices.ts'
import { createAddressReader } from './safety/client-address.ts'
import { isLoopback, type AllowedHosts } from './safety/guard.ts'
import type { Serving } from './serving.ts'
import type { Makers } from './tenants/makers.ts'
import { createTenantry } from './tenants/tenantry.ts'
import type { UsageAnswers } from './usage/usage.ts'

/** What a gateway has besides, and keeps when another configuration is used. */
export interface FrontSources extends Omit<Administered, 'usage'>, Pick<FrontParts, 'log' | 'instance' | 'ledger' | 'sessions'> {
  redact(text: string): string
  hosts?: AllowedHosts
  /** What the server says that the gateway is put on. */
  serving: Serving
  makers: Makers
  usage: UsageAnswers | undefined
  watching: Watching
  startedAt: number
}

/** Another one is made for each configuration, and where the server that it is put on changes. */
export function frontOf(standing: Standing, sources: FrontSources): Fetch {
  const { config, composition } = standing
  const keys = keysOf(standing)
  const { server, routes, log: logged } = config
  const { serving, clock, budgets, makers, recent, watching, usage } = sources
  const log = serving.log ?? sources.log
  const addressOf = createAddressReader(server.trustedProxies)
  const admit = createAccess({ ...server, asksForKeys: keys.length > 0, addressOf })
  const openMetrics = metricsDoor(server, { admin: admit, addressOf, clock })
  const budgetry = createBudgetry({
    config,
    keys,
    store: budgets,
    clock,
    onWarning: (warning) => log?.warn(`Budgets: ${warning}.`),
    onError: (error) => log?.error(`Budgets: ${String(error)}`),
  })
  const app = denyUnpriced(budgetry.hold(composition.fetch), config, clock)
  const tenantry = createTenantry({
    keys,
    ...defined(config, ['groups']),
    store: budgets,
    makers,
    maxBodyBytes: server.limits?.bodyBytes,
    clock,
    onError: (error) => log?.error(`The limits of keys: ${String(error)}`),
  })
  return createFront({
    app: tenantry.hold(log && logged?.bodies ? logBodies(app, log, server.limits?.bodyBytes) : app),
    models: tenantry.models(composition.models, composition.fetch),
    clock,
    hosts: server.hosts ?? sources.hosts ?? hostsFor(server, keys),
    ...defined(server, ['origins', 'trustedProxies']),
    limits: { ...serving.limits, ...server.limits },
    ...(keys.length && { keys }),
    ...defined(sources, ['log', 'instance', 'ledger', 'redact', 'sessions']),
    ...defined(serving, ['log', 'instance', 'isReady']),
    watch: [recent.watch, watching.watch],
    metrics: openMetrics && { admit: openMetrics, answer: watching.answer },
    status: () => answerStatus(sources.now(), { recent, clock, startedAt: sources.startedAt }),
    ...(usage && {
      usage: (request, url, admitClient) =>
        usage.own(request, url, { admit: admitClient, admitAdmin: server.admin === false ? admitNobody : admit }),
    }),
    ...(server.passOn !== false && {
      passOn: tenantry.passOn(
        budgetry.passOn(createPassOn({ endpoints: composition.served, explicit: routes?.explicit !== false, clock })),
      ),
    }),
    ...(server.admin !== false && {
      admin: createAdmin({ ...sources, admit }),
    }),
  })
}

/** All that clients may have. */
export const keysOf = ({ config, keys = [] }: Pick<Standing, 'config' | 'keys'>): Tenant[] => [...(config.server.keys ?? []), ...keys]

const hostsFor = ({ host = '127.0.0.1' }: Config['server'], keys: readonly Tenant[]): AllowedHosts =>
  keys.length || !isLoopback(host) ? 'any' : 'loopback'
