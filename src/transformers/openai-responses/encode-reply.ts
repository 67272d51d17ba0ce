/**
 * A whole answer, written.
 *
 * @module
 */
import type { Part, RefusalPart, TextPart } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply, Stop } from '../../core/reply.ts'
import { OPENAI_TIERS, tierFor } from '../../core/service-tier.ts'
import { compactReply, isCompaction } from './compaction.ts'
import { blockItem, CALL_PREFIX, callItem, callShapes, contentOf, isWholeCall, messageItem, shareMessage } from './output-items.ts'
import { carrierItem, isTold, reasoningItem } from './reasoning.ts'
import { responseId, settingsEcho } from './snapshot.ts'
import { encodeStop, isCut, noteEnd } from './stop.ts'
import { encodeUsage } from './usage.ts'
import { compact, extraOf, OWN, spellingOf } from './wire.ts'

export function encodeReply(answer: Reply, context: ReplyContext): JsonObject {
  const { model } = context
  const reply = isCompaction(context.chat) && !answer.spelling?.[OWN] ? compactReply(answer, context.newId) : answer
  if (!('parts' in reply)) return fail(reply)
  if (reply.spelling?.[OWN])
    return compact({ ...extraOf(reply), ...spellingOf(reply).fields, model, output: encodeOutput(reply.parts, reply.stop, context) })
  const now = Math.floor(context.now() / 1000)
  const id = responseId(reply.id, context.newId)
  const output = encodeOutput(reply.parts, reply.stop, context)
  const refused = refusedIn(reply.parts)
  const end = encodeStop(reply.stop, refused)
  noteEnd(reply.stop, refused, context.notes)
  const echo = settingsEcho(context)
  return {
    ...echo,
    service_tier: tierFor(OWN, OPENAI_TIERS, reply.usage, context.notes) ?? echo.service_tier,
    id,
    object: 'response',
    created_at: reply.created ?? now,
    ...end,
    error: null,
    completed_at: end.status === 'completed' ? now : null,
    ...(reply.stop.reason === 'context-window' && output.length === 0 && OVERFLOWN),
    model,
    output,
    usage: encodeUsage(reply.usage),
  }
}

/** An answer for which there was no room at all has failed. */
export const OVERFLOWN = {
  status: 'failed',
  incomplete_details: null,
  error: {
    code: 'context_length_exceeded',
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
  },
}

export const refusedIn = (parts: Part[]): boolean => parts.some((part) => part.type === 'refusal')

/** The parts as items: texts next to each other are one message. */
function encodeOutput(parts: Part[], stop: Stop, context: ReplyContext): JsonObject[] {
  const { notes, newId } = context
  const shapeOf = callShapes(context.chat)
  const output: JsonObject[] = []
  let message: (TextPart | RefusalPart)[] = []
  let id = ''
  const close = (cut = false) => {
    if (message.length)
      output.push(
        messageItem(
          message[0]!,
          mapped(message, (part) => contentOf(part, notes)),
          id,
          cut ? 'incomplete' : 'completed',
        ),
      )
    message = []
  }
  for (const [index, part] of parts.entries()) {
    const cut = index === parts.length - 1 && isCut(stop)
    if (part.type === 'text' || part.type === 'refusal') {
      if (message.length && !shareMessage(message[0]!, part)) close()
      if (!message.length) id = newId('msg_')
      message.push(part)
      if (part.type === 'refusal' || !part.opaque) continue
      close(cut)
      output.push(carrierItem(part.opaque, part, newId('rs_')))
      continue
    }
    close()
    if (part.type === 'reasoning') {
      const { item } = spellingOf(part)
      if (item) output.push(item)
      else if (isTold(part)) output.push(reasoningItem(part, newId('rs_')))
    } else if (part.type === 'tool-call') {
      const shape = shapeOf(part)
      output.push(callItem(part, shape, newId(CALL_PREFIX[shape.type]), cut && !isWholeCall(part) ? 'incomplete' : 'completed'))
      if (part.opaque) output.push(carrierItem(part.opaque, part, newId('rs_')))
    } else if (part.type !== 'tool-result') {
      const item = blockItem(part, newId, notes)
      if (item) output.push(item)
      if (item && 'opaque' in part && part.opaque) output.push(carrierItem(part.opaque, part, newId('rs_')))
    }
  }
  close(isCut(stop))
  return output
}
