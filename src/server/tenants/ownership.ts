/**
 * What one key has made at a provider is not there for the others.
 *
 * @module
 */
import type { Tenant } from '../../accounts/tenants/tenant.ts'
import { tenantOf } from '../../router/caller.ts'
import { factsOf } from '../../router/facts.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { protocolOfPath, type Place } from '../paths.ts'
import { isJson } from '../safety/content-type.ts'
import { jsonOf, withBodyThrough } from './bodies.ts'
import { idsInJson, idsInPath, isInJson, overBody, type BodyListener } from './ids.ts'
import { keepsSomething, noteGenerated, noteMade } from './made.ts'
import { refuseOthers, type Makers } from './makers.ts'
import { refuseStores } from './stores.ts'

export type PassOn = (request: Request, place: Place) => Promise<Response>

export interface OwnershipOptions {
  /** `passOn`: it may see to what is the others'. */
  keys: readonly (Tenant & { passOn?: boolean })[]
  makers: Makers
  maxBodyBytes: number | undefined
}

export interface Ownership {
  /** The same app, for whose generations another key's things are not there. */
  own(app: Fetch): Fetch
  /** The same for what is passed on as it is. */
  shared(passOn: PassOn): PassOn
}

const MAKES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

export function createOwnership({ keys, makers, maxBodyBytes }: OwnershipOptions): Ownership {
  /** Who shares the accounts of providers with others, and may not see to what is theirs. */
  const sharing = new Set(keys.length > 1 ? keys.filter(({ passOn }) => !passOn).map(({ name }) => name) : [])
  const refuseNamed = (text: string, key: string) => {
    if (makers.mayBeIn(text)) refuseOthers(idsInJson(text), key, makers)
  }
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
  const shared = (passOn: PassOn): PassOn => {
    if (keys.length < 2) return passOn
    return async (request, place) => {
      const key = tenantOf(request) ?? ''
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
  }
  return { own, shared }
}
