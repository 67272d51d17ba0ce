/**
 * Keeps one provider's opaque reasoning from another.
 *
 * @module
 */
import type { Message, Opaque, Part, ProtocolName } from '../core/chat.ts'
import type { Notes } from '../core/notice.ts'

/** The conversation without what another protocol, or another origin of the same protocol, minted about its reasoning. Never changes its input. */
export function dropForeignOpaque(chat: { messages: Message[] }, to: { protocol: ProtocolName; origin?: string }, notes: Notes): Message[] {
  const foreign = (opaque: Opaque | undefined): opaque is Opaque =>
    opaque !== undefined &&
    (opaque.by !== to.protocol || (opaque.origin !== undefined && to.origin !== undefined && opaque.origin !== to.origin))
  const own = (part: Part): Part[] => {
    if (!('opaque' in part) || !foreign(part.opaque)) return [part]
    const minter = part.opaque.origin ?? part.opaque.by
    if (part.type === 'reasoning') {
      notes.dropped(part, undefined, `this reasoning was minted by ${minter} and is of no use to another provider`)
      return []
    }
    notes.dropped(part, 'opaque', `this signature was minted by ${minter} and is of no use to another provider`)
    return [{ ...part, opaque: undefined }]
  }
  return chat.messages.map((message) =>
    message.parts.some((part) => 'opaque' in part && foreign(part.opaque))
      ? { ...message, bare: false, parts: message.parts.flatMap(own) }
      : message,
  )
}
