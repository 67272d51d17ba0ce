/**
 * The budgets of a configuration: of everybody, of groups and of keys. Nothing of it is loaded before a request that one of them holds.
 *
 * @module
 */
import type { Scope } from '../../accounts/budgets/budget.ts'
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { Tenant, TenantLimits } from '../../accounts/tenants/tenant.ts'
import type { Clock } from '../../core/clock.ts'
import { tenantOf } from '../../router/caller.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import type { Config } from '../config/settle.ts'
import { loadOnce } from '../load-once.ts'
import type { Place } from '../paths.ts'
import { pricesOf } from '../prices.ts'

export interface BudgetryOptions {
  config: Config
  keys: readonly Tenant[]
  /** Opens where it is kept what is used up. */
  store(): Promise<BudgetStore>
  clock: Clock
  onWarning(warning: string): void
  onError(error: unknown): void
}

type PassOn = (request: Request, place: Place) => Promise<Response>

export interface Budgetry {
  /** The same app, held to the budgets of whoever asks. */
  hold(app: Fetch): Fetch
  /** The same for what is passed on as it is: nobody can say before what it costs, so that budgets of money and tokens let it pass while something is left. */
  passOn(passOn: PassOn): PassOn
}

export function createBudgetry({ config, keys, store, clock, onWarning, onError }: BudgetryOptions): Budgetry {
  const everybody = scope('everybody', config)
  const groups = new Map(Object.entries(config.groups ?? {}).map(([name, limits]) => [name, scope(`group ${name}`, limits)]))
  const own = new Map(keys.map((key) => [key.name, [...(groups.get(key.group ?? '') ?? []), ...scope(`key ${key.name}`, key)]]))
  const scopesOf = (tenant: string | undefined) => (tenant === undefined ? undefined : own.get(tenant)) ?? NONE
  const isFree = (request: Request) => !everybody.length && !scopesOf(tenantOf(request)).length

  const loaded = loadOnce(async () => {
    const [{ createBudgets }, { heldTo }, { chargePassed }, prices, opened] = await Promise.all([
      import('../../accounts/budgets/budgets.ts'),
      import('../../accounts/budgets/with-budget.ts'),
      import('./passed.ts'),
      pricesOf(config),
      store(),
    ])
    const budgets = createBudgets({
      ...(config.budgets && { budgets: config.budgets }),
      scopesOf: (request) => scopesOf(tenantOf(request)),
      store: opened,
      // Models without a price are kept out before.
      prices: { ...prices, unpriced: 'allow' },
      clock,
      onWarning,
      onError,
    })
    return { budgets, heldTo, chargePassed }
  })

  if (![...own.values(), everybody].some(({ length }) => length)) return { hold: (app) => app, passOn: (passOn) => passOn }
  return {
    hold(app) {
      const held = loadOnce(async () => {
        const { heldTo, budgets } = await loaded()
        return heldTo(budgets, app, { clock, maxBodyBytes: config.server.limits?.bodyBytes })
      })
      return async (input, init) => {
        const request = requestOf(input, init)
        if (isFree(request)) return app(request)
        const fetch = await held()
        return fetch(request)
      }
    },
    passOn: (passOn) => async (request, place) => {
      if (request.method !== 'POST' || isFree(request)) return passOn(request, place)
      const { chargePassed, budgets } = await loaded()
      return chargePassed(request, place, budgets, () => passOn(request, place))
    },
  }
}

const NONE: readonly Scope[] = []

const scope = (name: string, { budgets }: Pick<TenantLimits, 'budgets'>): Scope[] => (budgets?.length ? [{ name, budgets }] : [])
