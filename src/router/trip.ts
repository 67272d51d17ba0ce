/**
 * One request's way through the tree of routers and pools: what the layers tell each other about it. It rides on the Request
 * itself, so that every signature stays that of fetch.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { Adjust } from '../transformers/translate.ts'
import type { Budget } from './budget.ts'
import { inheritCaller, seenOf } from './caller.ts'
import { adopt } from './facts.ts'
import type { RequestFacts } from './request-facts.ts'
import type { Attempt, AttemptReason } from './outcome.ts'

export interface Trip {
  /** A layer above waits and tries others: return a failure at once, without waiting. */
  nested: boolean
  /** The budget that the layers above have set; every attempt draws from it. */
  budget?: Budget
  /** The model that a layer above chose; stronger than the endpoint's own. */
  model?: string
  /** What a layer above changes about the request, whatever the client's protocol. */
  adjust?: Adjust
  /** A layer above wants losses refused, or not; stronger than the endpoint's own word. */
  strict?: boolean
  /** A router above has read the client's own choice of an endpoint: names of its own that are not known below. */
  routed?: boolean
  /** The rules of the routers above that chose: `default > models gpt-*`. */
  route?: string
  /** Why the layer above asks, and how long it has waited to. */
  reason?: AttemptReason
  waitedMs?: number
  /** Every attempt so far, in the order they began. Shared by all layers. */
  attempts: Attempt[]
}

const trips = createAttachment<Request, Trip>('trip')

/** The trip of a request: that which a layer above began, or a new one. */
export function tripOf(request: Request): Trip {
  let trip = trips.get(request)
  if (!trip) trips.set(request, (trip = { nested: false, attempts: seenOf(request)?.attempts ?? [] }))
  return trip
}

/**
 * The request once more for a layer below, with its trip changed and a signal of its own. Only for fetches of this library:
 * its body is not there to be read, but its facts are known.
 */
export function passOn(request: Request, facts: RequestFacts, changes: Partial<Trip>, signal = request.signal): Request {
  const passed = Object.create((shownRequest ??= createShown())) as Request & Passed
  passed.original = request
  passed.ownSignal = signal
  adopt(passed, facts)
  inheritCaller(request, passed)
  trips.set(passed, { ...tripOf(request), ...changes })
  return passed
}

interface Passed {
  original: Request
  ownSignal: AbortSignal
}

let shownRequest: object | undefined

/**
 * What a passed request shows of the one that it was. A real Request takes ten times as long to make as all else here. Made with the first
 * of them: Node loads its own Request when it is first named.
 */
const createShown = (): object =>
  Object.create(Request.prototype, {
    method: shown((passed) => passed.original.method),
    url: shown((passed) => passed.original.url),
    headers: shown((passed) => passed.original.headers),
    signal: shown((passed) => passed.ownSignal),
  }) as object

function shown(read: (passed: Passed) => unknown): PropertyDescriptor {
  return {
    get(this: Passed) {
      return read(this)
    },
  }
}
