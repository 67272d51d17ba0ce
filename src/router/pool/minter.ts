/**
 * Which provider minted the reasoning that a request brings back: it alone can go on with it.
 *
 * @module
 */
import { ENVELOPE_PREFIX, openOpaque } from '../../core/envelope.ts'
import type { ProtocolName } from '../../core/chat.ts'

export interface Minter {
  protocol: ProtocolName
  /** The host of the endpoint that minted it. */
  origin?: string
}

const SEALED = `"${ENVELOPE_PREFIX}`
/** A damaged envelope is passed over for the one before it; a client that sends only such is not searched to the end. */
const TRIES = 4

/**
 * Who minted the newest reasoning in a request's body. `undefined` where it has none, or where the client got it from a provider of its own
 * protocol, whose data is passed through as it is and names nobody. Reads no more than the last envelopes of the text.
 */
export function minterOf(text: string): Minter | undefined {
  let at = text.length
  for (let attempt = 0; attempt < TRIES && at > 0; attempt++) {
    at = text.lastIndexOf(SEALED, at - 1)
    if (at < 0) return undefined
    const end = text.indexOf('"', at + 1)
    const opaque = end < 0 ? undefined : openOpaque(text.slice(at + 1, end))
    if (opaque) return { protocol: opaque.by, ...(opaque.origin !== undefined && { origin: opaque.origin }) }
  }
  return undefined
}
