/**
 * Whose request it is, and what they may use. It rides on the Request, and on all that are made of it on its way.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import { extended } from '../core/extended.ts'
import type { Failure } from '../core/failure.ts'
import { bothMeters, type Meter } from './meter.ts'
import type { RequestFacts } from './request-facts.ts'
import type { Attempt } from './outcome.ts'

/** What whoever asks may use. Absent: anything. Asked before each attempt, and again for each endpoint that a request fails over to. */
export interface Permit {
  /** Why an endpoint may not be asked for this model; `undefined`: it may. */
  endpoint(name: string, model: string | undefined): string | undefined
  /** Why a request may not go where this rule of a router leads; `undefined`: it may. */
  route(rule: string): string | undefined
}

interface Caller {
  tenant?: string | undefined
  group?: string | undefined
  seen?: Seen
  permit?: Permit | undefined
  meter?: Meter | undefined
}

/** What becomes known of a request on its way, for whoever stands before all layers: of one that its client gives up, too. */
export interface Seen {
  /** The request as it came. */
  readonly request: Request
  /** All attempts at it, in the order they began. */
  readonly attempts: Attempt[]
  /** What it is, once somebody has read it. */
  facts?: RequestFacts
  /**
   * Called when it has been sent, each time, before what was made of its bytes is let go of. The same function for all requests: one that closes
   * over what was seen keeps a request of 149 KB until a full collection.
   */
  sent?: (seen: Seen) => void
  tenant?: string | undefined
  group?: string | undefined
  /** Why it was refused, where it was refused on this side. */
  refusal?: Failure
}

const callers = createAttachment<Request, Caller>('caller')

/** Whose request it is; `undefined` where nobody told. */
export const tenantOf = (request: Request): string | undefined => callers.get(request)?.tenant

/** Tells whose request it is: rules may ask, and what is remembered of conversations is kept apart. */
export const setTenant = (request: Request, tenant: string | undefined): void => change(request, { tenant })

/** What whoever asks may use; `undefined`: anything. */
export const permitOf = (request: Request): Permit | undefined => callers.get(request)?.permit

export const setPermit = (request: Request, permit: Permit | undefined): void => change(request, { permit })

/** What every attempt is charged to; `undefined`: nobody counts. */
export const meterOf = (request: Request): Meter | undefined => callers.get(request)?.meter

/** Has every attempt charged to this one, besides those that were told before. */
export function addMeter(request: Request, meter: Meter): void {
  const before = meterOf(request)
  change(request, { meter: before ? bothMeters(before, meter) : meter })
}

/** What becomes of this request is charged already. */
export const dropMeter = (request: Request): void => change(request, { meter: undefined })

/** The group of those who ask, where they have one. */
export const groupOf = (request: Request): string | undefined => callers.get(request)?.group

export const setGroup = (request: Request, group: string | undefined): void => change(request, { group })

export const seenOf = (request: Request): Seen | undefined => callers.get(request)?.seen

/** Has all that becomes known of a request noted, from now on. */
export function watchRequest(request: Request): Seen {
  const caller = callers.get(request)
  if (caller?.seen) return caller.seen
  const { tenant, group } = caller ?? {}
  const seen: Seen = { request, attempts: [], ...(tenant !== undefined && { tenant }), ...(group !== undefined && { group }) }
  callers.set(request, { ...caller, seen })
  return seen
}

export function noteRefusal(request: Request, failure: Failure): void {
  const seen = seenOf(request)
  if (seen) seen.refusal = failure
}

/** A request that was made of another one is asked by the same. */
export function inheritCaller(from: Request, to: Request): void {
  const caller = callers.get(from)
  if (caller) callers.set(to, caller)
}

/** Remembers who asks. What it returns tells it of the request anew: all that rides on one is taken off when its answer has ended. */
export function keepCaller(request: Request): () => void {
  const caller = callers.get(request)
  return () => callers.set(request, caller)
}

function change(request: Request, changed: Caller): void {
  const caller: Caller = extended(callers.get(request) ?? {}, changed)
  callers.set(request, caller)
  const { seen } = caller
  if (seen && 'tenant' in changed) seen.tenant = changed.tenant
  if (seen && 'group' in changed) seen.group = changed.group
}
