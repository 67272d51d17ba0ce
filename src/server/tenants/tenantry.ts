/**
 * What the keys of a gateway's clients may use. Nothing of it is loaded before a key with limits is used.
 *
 * @module
 */
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { Tenant, TenantLimits } from '../../accounts/tenants/tenant.ts'
import type { Tenants } from '../../accounts/tenants/tenants.ts'
import type { Clock } from '../../core/clock.ts'
import { tenantOf } from '../../router/caller.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { loadOnce } from '../load-once.ts'
import type { Model } from '../models/models.ts'
import { createMakers, type Makers } from './makers.ts'
import { createOwnership, type PassOn } from './ownership.ts'

export interface TenantryOptions {
  /** `passOn`: it may list, use and delete what providers keep for everybody. */
  keys: readonly (Tenant & { passOn?: boolean })[]
  groups?: Readonly<Record<string, TenantLimits>>
  /** Opens where it is kept what is under way, and what the last minute has seen. */
  store(): Promise<BudgetStore>
  /** Who has made what providers keep, where that is to outlive this configuration. */
  makers?: Makers
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number | undefined
  clock: Clock
  onError(error: unknown): void
}

export interface Tenantry {
  /** The same app, for each key no more than it may use. */
  hold(app: Fetch): Fetch
  /** Of models those that a key may use. `app` is where they lead. */
  models(models: readonly Model[], app: Fetch): readonly Model[] | ((request: Request) => Promise<readonly Model[]>)
  /** The same for what is passed on as it is. */
  passOn(passOn: PassOn): PassOn
}

const LIMITS = ['models', 'routes', 'endpoints', 'requestsPerMinute', 'tokensPerMinute', 'streams'] as const

const isHeld = (limits: TenantLimits | undefined): boolean => LIMITS.some((limit) => limits?.[limit] !== undefined)

export function createTenantry({
  keys,
  groups = {},
  store,
  makers = createMakers(),
  maxBodyBytes,
  clock,
  onError,
}: TenantryOptions): Tenantry {
  const held = new Set(keys.filter((key) => isHeld(key) || (key.group !== undefined && isHeld(groups[key.group]))).map(({ name }) => name))
  const { own, shared } = createOwnership({ keys, makers, maxBodyBytes })
  if (!held.size) return { hold: own, models: (models) => models, passOn: shared }
  const isFree = (request: Request) => !held.has(tenantOf(request) ?? '')

  const loaded = loadOnce(async () => {
    const [{ createTenants }, { holdRequest }, { usableBy }, { holdPassed }] = await Promise.all([
      import('../../accounts/tenants/tenants.ts'),
      import('../../accounts/tenants/hold.ts'),
      import('../../accounts/tenants/model-list.ts'),
      import('./passed.ts'),
    ])
    const tenants: Tenants = createTenants({
      keys,
      groups,
      store: await store(),
      clock,
      onError,
      ...(maxBodyBytes !== undefined && { maxBodyBytes }),
    })
    return { tenants, holdRequest, usableBy, holdPassed }
  })

  return {
    hold(unlimited) {
      const app = own(unlimited)
      return async (input, init) => {
        const request = requestOf(input, init)
        if (isFree(request)) return app(request)
        const { holdRequest, tenants } = await loaded()
        return holdRequest(request, app, tenants, true)
      }
    },
    models: (models, app) => async (request) => {
      if (isFree(request)) return models
      const { usableBy, tenants } = await loaded()
      const isUsable = usableBy(request, app, tenants)
      const usable = await Promise.all(models.map(({ id }) => isUsable(id)))
      return models.filter((_, index) => usable[index])
    },
    passOn: (passOn) =>
      shared(async (request, place) => {
        if (isFree(request)) return passOn(request, place)
        const { holdPassed, tenants } = await loaded()
        return holdPassed(request, place, passOn, tenants)
      }),
  }
}
