/**
 * Keys and groups at work: who asks, what they may use, and how much of it is left.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import type { Failure } from '../../core/failure.ts'
import { inheritCaller, setGroup, setTenant, tenantOf } from '../../router/caller.ts'
import { memoryBudgets } from '../budgets/memory-store.ts'
import type { BudgetStore } from '../budgets/store.ts'
import { credentialsOf, knownAmong, withoutKeys } from './credentials.ts'
import { createKeyring } from './keyring.ts'
import { accessOf, type Access, type Scope } from './permit.ts'
import { createRates, type Rates } from './rates.ts'
import { refusedKey, unknownKey } from './refusals.ts'
import type { Tenant, TenantLimits } from './tenant.ts'

export interface TenantsOptions {
  /** Those who may use it. */
  keys: readonly Tenant[]
  /** What keys share: limits by names of groups, for all keys of one together. */
  groups?: Readonly<Record<string, TenantLimits>>
  /** Where it is kept what is under way, and what the last minute has seen. Default: in memory, of this process alone. */
  store?: BudgetStore
  /** Told where the store fails: then nothing that is limited is asked. Default: nobody is told. */
  onError?: (error: unknown) => void
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  clock?: Clock
}

/** A key and its group, ready to be asked. */
export interface Standard {
  scopes: readonly Scope[]
  access: Access
  /** Requests, tokens or streams are limited. */
  isLimited: boolean
}

export interface Tenants {
  /** The request without its key, and known whose it is; or why it is refused. One whose tenant somebody above has told is taken as it is. */
  identify(request: Request): Request | Failure
  /** What holds for a request whose tenant is known. */
  standardOf(request: Request): Standard
  rates: Rates
  clock: Clock
  onError(error: unknown): void
  maxBodyBytes: number | undefined
}

/** @throws TypeError for keys that cannot work, and for a group that there is not */
export function createTenants(options: TenantsOptions): Tenants {
  const { keys, groups = {}, clock = systemClock, onError = () => {}, maxBodyBytes } = options
  const store = options.store ?? memoryBudgets({ clock })
  const find = keys.length ? createKeyring(keys, clock) : () => undefined
  const standards = new Map(
    keys.map((key) => {
      const { name, group } = key
      if (group !== undefined && !Object.hasOwn(groups, group))
        throw new TypeError(
          `keys: "${name}" is of the group "${group}", which there is not. There are: ${Object.keys(groups).join(', ') || 'none'}.`,
        )
      const scopes = [
        { name: `key ${name}`, limits: key },
        ...(group === undefined ? [] : [{ name: `group ${group}`, limits: groups[group]! }]),
      ]
      return [name, { ...standardFor(scopes), group }] as const
    }),
  )
  return {
    identify(request) {
      const told = tenantOf(request)
      if (told !== undefined) return standards.has(told) ? request : refusedKey(`There is no key "${told}" here.`)
      const credentials = credentialsOf(request)
      const found = knownAmong(credentials, find)
      if (!found) return unknownKey(request, credentials.length > 0)
      if (found.refused !== undefined) return refusedKey(found.refused)
      const known = withoutKeys(request)
      inheritCaller(request, known)
      setTenant(known, found.name)
      const group = standards.get(found.name)!.group
      if (group !== undefined) setGroup(known, group)
      return known
    },
    standardOf: (request) => standards.get(tenantOf(request) ?? '') ?? FREE,
    rates: createRates({ store, clock, onError }),
    clock,
    onError,
    maxBodyBytes,
  }
}

function standardFor(scopes: readonly Scope[]): Standard {
  const isLimited = scopes.some(({ limits: { requestsPerMinute, tokensPerMinute, streams } }) =>
    [requestsPerMinute, tokensPerMinute, streams].some((limit) => limit !== undefined),
  )
  return { scopes, access: accessOf(scopes), isLimited }
}

const FREE: Standard = standardFor([])
