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
import { factsOf } from '../../router/facts.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { loadOnce } from '../load-once.ts'
import type { Model } from '../models/models.ts'
import { isJson } from '../safety/content-type.ts'
import { protocolOfPath, type Place } from '../paths.ts'
import { jsonOf, withBodyThrough } from './bodies.ts'
import { idsInJson, idsInPath, isInJson, overBody, type BodyListener } from './ids.ts'
import { keepsSomething, noteGenerated, noteMade } from './made.ts'
import { createMakers, refuseOthers, type Makers } from './makers.ts'
import { refuseStores } from './stores.ts'

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

type PassOn = (request: Request, place: Place) => Promise<Response>

export interface Tenantry {
  /** The same app, for each key no more than it may use. */
  hold(app: Fetch): Fetch
  /** Of models those that a key may use. `app` is where they lead. */
  models(models: readonly Model[], app: Fetch): readonly Model[] | ((request: Request) => Promise<readonly Model[]>)
  /** The same for what is passed on as it is. */
  passOn(passOn: PassOn): PassOn
}

const MAKES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

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
  /** Who shares the accounts of providers with others, and may not see to what is theirs. */
  const sharing = new Set(keys.length > 1 ? keys.filter(({ passOn }) => !passOn).map(({ name }) => name) : [])
  const refuseNamed = (text: string, key: string) => {
    if (makers.mayBeIn(text)) refuseOthers(idsInJson(text), key, makers)
  }
  /** Another key's things are not there for a key that shares accounts. */
  const own = (app: Fetch): Fetch => {
    if (!sharing.size) return app
    return async (input, init) => {
      const request = requestOf(input, init)
      const key = tenantOf(request) ?? ''
      const facts = await factsOf(request, maxBodyBytes).catch(() => undefined)
      if (!facts) return app(request)
      if (sharing.has(key)) refuseNamed(facts.text, key)
      if (!keepsSomething(facts.body, facts.protocol)) return app(request)
      const wasAsked = (id: string) => isInJson(facts.text, id)
      return noteGenerated(await app(request), facts.protocol, wasAsked, (id) => makers.note(id, key))
    }
  }
  const shared =
    (passOn: PassOn): PassOn =>
    async (request, place) => {
      const key = tenantOf(request) ?? ''
      if (keys.length < 2) return passOn(request, place)
      const ids = idsInPath(place.path)
      const [text = '', same] = await jsonOf(request, Infinity)
      const inForm = new Set<string>()
      if (sharing.has(key)) {
        refuseOthers([...ids, ...place.url.searchParams.values()], key, makers)
        refuseNamed(text, key)
        refuseStores(
          request,
          place,
          ids.some((id) => makers.of(id) === key),
        )
      }
      const listener: BodyListener = {
        field(id) {
          inForm.add(id)
          if (sharing.has(key)) refuseOthers([id], key, makers)
        },
        text(piece) {
          if (sharing.has(key)) refuseNamed(piece, key)
        },
      }
      const answer = await passOn(isJson(same) || makers.isEmpty() ? same : withBodyThrough(same, overBody(listener)), place)
      if (!MAKES.has(request.method)) return answer
      const wasAsked = (id: string, isName: boolean) => ids.includes(id) || (!isName && (inForm.has(id) || isInJson(text, id)))
      return noteMade(answer, wasAsked, protocolOfPath(request, place) === 'gemini', (id) => makers.note(id, key))
    }
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
