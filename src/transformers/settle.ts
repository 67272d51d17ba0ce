/**
 * What happens to every answer between the upstream's protocol and the client's: tool names get their originals back,
 * call ids become the client's, opaque reasoning is marked with its origin.
 *
 * @module
 */
import type { Opaque, Part, ToolCallPart } from '../core/chat.ts'
import { mapped } from '../core/mapped.ts'
import type { Reply, StreamEvent } from '../core/reply.ts'

export interface Settlement {
  restoreName(name: string): string
  acceptId(id: string): string
  origin?: string
}

export const settleReply = (reply: Reply, settlement: Settlement): Reply => ({
  ...reply,
  parts: mapped(reply.parts, (part) => settlePart(part, settlement)),
})

function settlePart<P extends Part>(part: P, settlement: Settlement): P {
  const settled = part.type === 'tool-call' ? { ...part, ...settleCall(part, settlement) } : part
  return 'opaque' in settled && settled.opaque ? { ...settled, opaque: markOrigin(settled.opaque, settlement) } : settled
}

export function settleEvent(event: StreamEvent, settlement: Settlement): StreamEvent {
  if (event.type === 'delta') return event
  if (event.type === 'part-start') return { ...event, part: settlePart(event.part, settlement) }
  if (event.type === 'part-end' && event.opaque) return { ...event, opaque: markOrigin(event.opaque, settlement) }
  return event
}

const settleCall = (call: ToolCallPart, settlement: Settlement): ToolCallPart => ({
  ...call,
  name: settlement.restoreName(call.name),
  id: settlement.acceptId(call.id),
})

const markOrigin = (opaque: Opaque, { origin }: Settlement): Opaque =>
  origin === undefined || opaque.origin !== undefined ? opaque : { ...opaque, origin }
