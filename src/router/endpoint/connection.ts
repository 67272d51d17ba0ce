/**
 * When a connection stands is nothing that fetch tells. A fetch of this library may tell it all the same, so that an upstream that cannot be reached
 * is told apart from one that thinks.
 *
 * @module
 */
import { createAttachment } from '../../core/attachment.ts'
import type { Fetch } from '../fetch.ts'

const tellers = new WeakSet<Fetch>()
const listeners = createAttachment<object, () => void>('connected')

/** Marks a fetch that calls {@link connected} with the `init` it was given once its connection stands. */
export function tellsConnection<F extends Fetch>(fetch: F): F {
  tellers.add(fetch)
  return fetch
}

/** Runs `run` once the connection of this call stands. `false`: this fetch does not tell. */
export function onConnected(fetch: Fetch, init: object, run: () => void): boolean {
  if (!tellers.has(fetch)) return false
  listeners.set(init, run)
  return true
}

/** The connection for this call stands. */
export const connected = (init: object | undefined): void => {
  if (init) listeners.get(init)?.()
}
