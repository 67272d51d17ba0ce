/**
 * What a fetch of this library tells those that hold it. A stranger's fetch tells nothing, and is a legal member of a pool all the same.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'
import type { Permit } from './caller.ts'
import type { Capability } from './capability.ts'
import type { Explanation } from './explain.ts'
import { askedModel, type RequestFacts } from './request-facts.ts'
import type { Fetch } from './fetch.ts'
import type { Awaitable } from './state.ts'

/** What a layer asks of those below before it sends them a request. */
export interface Ask {
  facts: RequestFacts
  /** The model that a layer above chose. */
  model?: string
  /** The request itself, where there is one: rules may ask for its headers. */
  request?: Request
  /** What whoever asks may use. */
  permit?: Permit
}

/** US dollars per million tokens. */
export interface Price {
  input: number
  output: number
  cacheRead?: number
  cacheWrite?: number
}

export interface Member {
  name: string
  kind: 'endpoint' | 'pool' | 'router'
  /** Members of one provider rest together when it is overloaded. */
  provider?: string
  /** Members of one cache domain share their prompt caches. */
  cacheDomain?: string
  price?: Price
  /** The model that it would ask for. */
  model(ask: Ask): string | undefined
  /** When it could take this request: a time in milliseconds since 1970 (0: now), and why not before. */
  ready(ask: Ask): Awaitable<Readiness>
  /** What it can do; absent is unknown, and then it is tried. */
  can(ask: Ask): Capability
  /** Why whoever asks may not use it for this request; `undefined`: they may. */
  barred?(ask: Ask): Awaitable<string | undefined>
  /** Asks its provider whether it is there, at no cost: resolves with what is wrong, rejects where no answer comes. Absent, or giving nothing: it cannot be asked. */
  check?(signal: AbortSignal): Promise<Failure | undefined> | undefined
  /** What it would do with this request, without sending it. */
  explain(ask: Ask): Awaitable<Explanation>
}

export interface Readiness {
  at: number
  why?: string
  /** The provider itself named the time: asking before is of no use. */
  told?: boolean
}

/** Why whoever asks may not use a fetch: one of this library says so itself, a stranger's is known by its name alone. */
export const barredFrom = (fetch: Fetch, name: string, ask: Ask): Awaitable<string | undefined> => {
  if (!ask.permit) return undefined
  const member = memberOf(fetch)
  return member ? member.barred?.(ask) : ask.permit.endpoint(name, ask.model ?? askedModel(ask.facts))
}

const members = new WeakMap<Fetch, Member>()

/** What a fetch tells of itself; `undefined` for one that is not of this library. */
export const memberOf = (fetch: Fetch): Member | undefined => members.get(fetch)

export function attachMember<F extends Fetch>(fetch: F, member: Member): F {
  members.set(fetch, member)
  return fetch
}
