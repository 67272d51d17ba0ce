/**
 * Whose request it is, and what they may use. It rides on the Request, and on all that are made of it on its way.
 *
 * @module
 */

/** What whoever asks may use. Absent: anything. Asked before each attempt, and again for each endpoint that a request fails over to. */
export interface Permit {
  /** Why an endpoint may not be asked for this model; `undefined`: it may. */
  endpoint(name: string, model: string | undefined): string | undefined
  /** Why a request may not go where this rule of a router leads; `undefined`: it may. */
  route(rule: string): string | undefined
}

interface Caller {
  tenant?: string
  permit?: Permit
}

const callers = new WeakMap<Request, Caller>()

/** Whose request it is; `undefined` where nobody told. */
export const tenantOf = (request: Request): string | undefined => callers.get(request)?.tenant

/** Tells whose request it is: rules may ask, and what is remembered of conversations is kept apart. */
export const setTenant = (request: Request, tenant: string | undefined): void => change(request, { tenant })

/** What whoever asks may use; `undefined`: anything. */
export const permitOf = (request: Request): Permit | undefined => callers.get(request)?.permit

export const setPermit = (request: Request, permit: Permit | undefined): void => change(request, { permit })

/** A request that was made of another one is asked by the same. */
export function inheritCaller(from: Request, to: Request): void {
  const caller = callers.get(from)
  if (caller) callers.set(to, caller)
}

function change(request: Request, changed: { [Field in keyof Caller]: Caller[Field] | undefined }): void {
  const all = Object.entries({ ...callers.get(request), ...changed }).filter(([, value]) => value !== undefined)
  if (all.length) callers.set(request, Object.fromEntries(all))
  else callers.delete(request)
}
