/**
 * Neutral parts of a question, written as content blocks.
 *
 * @module
 */
import type { NativePart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { callInput } from '../../core/tool-call.ts'
import { encodeCache } from './cache.ts'
import { carrierBlock, carrierSignature } from './carrier.ts'
import { encodeAskedCitations } from './citations.ts'
import { encodeMedia } from './encode-media.ts'
import { field, isOwn, ownFields } from './wire.ts'

/** Where a part stands decides what may be said: an assistant's turn takes no media, only an own request takes empty texts. */
export interface Place {
  context: AskContext
  role: 'user' | 'assistant' | 'system'
  /** The request was read from this protocol: written back as it was. */
  own: boolean
}

export const encodeBlocks = (parts: readonly Part[], place: Place): JsonObject[] => parts.flatMap((part) => encodePart(part, place))

function encodePart(part: Part, place: Place): JsonObject[] {
  switch (part.type) {
    case 'text':
      return encodeText(part, place)
    case 'refusal':
      return encodeText({ ...part, type: 'text' }, place)
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return encodeMedia(part, place)
    case 'tool-call':
      return encodeCall(part, place)
    case 'tool-result':
      return [encodeResult(part, place)]
    case 'reasoning':
      return encodeReasoning(part, place)
    case 'native':
      return encodeNative(part, place)
  }
}

function encodeText(part: TextPart, place: Place): JsonObject[] {
  const { context } = place
  const spelled = part.spelling?.claude
  // a document of several blocks was read into several parts, of which the first holds it whole
  if (spelled?.partOf !== undefined) return []
  if (spelled?.whole !== undefined) return [spelled.whole as JsonObject]
  if (!place.own && !part.text.trim()) {
    const marked = part.cache ?? part.citations?.length
    if (part.text || marked) context.notes.dropped(part, undefined, 'Claude takes no text of white space alone')
    return []
  }
  const text = {
    type: 'text',
    text: part.text,
    ...field('citations', encodeAskedCitations(part, context.notes)),
    ...encodeCache(part, context.notes),
    ...ownFields(part),
  }
  const signature = carrierSignature(part.opaque, 'text')
  return signature === undefined ? [text] : [carrierBlock(signature), text]
}

function encodeCall(part: ToolCallPart, { context, own }: Place): JsonObject[] {
  const signature = carrierSignature(part.opaque, 'call')
  const call = {
    type: 'tool_use',
    id: context.callIds.fit(part.id),
    name: context.toolNames.fit(part.name),
    input: own && part.json === undefined ? part.input : callInput(part, context.notes),
    ...encodeCache(part, context.notes),
    ...ownFields(part),
  }
  return signature === undefined ? [call] : [carrierBlock(signature), call]
}

function encodeResult(part: ToolResultPart, place: Place): JsonObject {
  const { context } = place
  const [first] = part.parts
  const content =
    part.bare && first?.type === 'text' && part.parts.length === 1 ? first.text : encodeBlocks(part.parts, { ...place, role: 'user' })
  return {
    type: 'tool_result',
    tool_use_id: context.callIds.fit(part.callId),
    ...(place.own || content.length ? { content } : {}),
    ...field('is_error', part.isError),
    ...encodeCache(part, context.notes),
    ...ownFields(part),
  }
}

function encodeReasoning(part: ReasoningPart, { context, own }: Place): JsonObject[] {
  const { opaque } = part
  if (part.cache) context.notes.dropped(part, 'cache', 'thinking cannot end a cached prefix')
  if (opaque && (own || opaque.by === 'claude')) {
    const secret = opaqueForClient(opaque, 'claude')
    if (part.redacted) return [{ type: 'redacted_thinking', data: secret, ...ownFields(part) }]
    return [{ type: 'thinking', thinking: part.text, signature: secret, ...ownFields(part) }]
  }
  if (own && isOwn(part)) return [{ type: 'thinking', thinking: part.text, ...ownFields(part) }]
  context.notes.dropped(part, undefined, 'Claude takes back only thinking that it signed itself')
  return []
}

function encodeNative(part: NativePart, place: Place): JsonObject[] {
  const spelled = part.spelling?.claude
  if (spelled?.partOf !== undefined) return []
  if (part.protocol === 'claude') return [(spelled?.whole as JsonObject | undefined) ?? part.value]
  const { notes } = place.context
  const type = String(part.value.type ?? 'this part')
  if (part.text === undefined) {
    notes.dropped(part, undefined, `Claude has no counterpart of ${type}`)
    return []
  }
  notes.approximated(part, undefined, `Claude has no counterpart of ${type}; said in words`)
  return encodeText({ type: 'text', text: part.text }, place)
}
