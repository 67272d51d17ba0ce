/**
 * What a gateway and the server that puts it on a socket know of each other.
 *
 * @module
 */
import type { Fetch } from '../router/fetch.ts'
import type { GatewayOptions } from './front-options.ts'
import type { SocketLimits } from './node/limits.ts'
import type { Limits } from './safety/limits.ts'

/** What a server tells the gateway that it serves. */
export interface Serving extends Pick<GatewayOptions, 'isReady' | 'instance' | 'log' | 'limits'> {
  /** Others can reach it: it has to ask for keys, whatever configuration it is given. */
  needsKeys?: boolean
}

/** How a gateway is put on a socket. */
export interface Servable {
  readonly asksForKeys: boolean
  /** What its configuration says of limits, those of sockets included. */
  readonly limits: Limits & SocketLimits
  serve(parts: Serving): void
}

const servables = new WeakMap<Fetch, Servable>()

export function setServing<F extends Fetch>(gateway: F, servable: Servable): F {
  servables.set(gateway, servable)
  return gateway
}

/** `undefined` for an app that is no gateway. */
export const servableOf = (app: Fetch): Servable | undefined => servables.get(app)
