/**
 * Keeps one provider's opaque reasoning from another.
 *
 * @module
 */
import type { Message, Opaque, Part, ProtocolName } from '../core/chat.ts'
import { mapped } from '../core/mapped.ts'
import type { Notes } from '../core/notice.ts'

export interface OpaqueTarget {
  protocol: ProtocolName
  origin?: string
  /** Leave out the target's own, too: it refused it. */
  none?: boolean
}

/** The conversation without what another protocol, or another origin of the same protocol, minted about its reasoning. Never changes its input. */
export function dropForeignOpaque(chat: { messages: Message[] }, to: OpaqueTarget, notes: Notes): Message[] {
  const foreign = (opaque: Opaque | undefined): opaque is Opaque =>
    opaque !== undefined &&
    (to.none || opaque.by !== to.protocol || (opaque.origin !== undefined && to.origin !== undefined && opaque.origin !== to.origin))
  const own = (part: Part): Part[] => {
    if (!('opaque' in part) || !foreign(part.opaque)) return [part]
    const minter = part.opaque.origin ?? part.opaque.by
    const reason = to.none ? 'the provider refused it' : `it was minted by ${minter} and is of no use to another provider`
    if (part.type === 'reasoning') {
      notes.dropped(part, undefined, `this reasoning was left out: ${reason}`)
      return []
    }
    notes.dropped(part, 'opaque', `this signature was left out: ${reason}`)
    return [{ ...part, opaque: undefined }]
  }
  return mapped(chat.messages, (message) =>
    message.parts.some((part) => 'opaque' in part && foreign(part.opaque))
      ? { ...message, bare: false, parts: message.parts.flatMap(own) }
      : message,
  )
}
