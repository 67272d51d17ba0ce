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
import { complete } from './cache.ts'
import { carrierBlock, carrierSignature } from './carrier.ts'
import { encodeAskedCitations } from './citations.ts'
import { encodeMedia } from './encode-media.ts'
import { isOwn, ownFields } from './wire.ts'

/** Where a part stands decides what may be said: an assistant's turn takes no media, only an own request takes empty texts. */
export interface Place {
  context: AskContext
  role: 'user' | 'assistant' | 'system'
  /** The request was read from this protocol: written back as it was. */
  own: boolean
}

export function encodeBlocks(parts: readonly Part[], place: Place): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of parts) addPart(blocks, part, place)
  return blocks
}

function addPart(blocks: JsonObject[], part: Part, place: Place): void {
  switch (part.type) {
    case 'text':
      return addText(blocks, part, place)
    case 'refusal':
      return addText(blocks, { ...part, type: 'text' }, place)
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return void blocks.push(...encodeMedia(part, place))
    case 'tool-call':
      return addCall(blocks, part, place)
    case 'tool-result':
      return void blocks.push(encodeResult(part, place))
    case 'reasoning':
      return void blocks.push(...encodeReasoning(part, place))
    case 'native':
      return addNative(blocks, part, place)
  }
}

function addText(blocks: JsonObject[], part: TextPart, place: Place): void {
  const { notes } = place.context
  const spelled = part.spelling?.claude
  // a document of several blocks was read into several parts, of which the first holds it whole
  if (spelled?.partOf !== undefined) return
  if (spelled?.whole !== undefined) return void blocks.push(spelled.whole as JsonObject)
  if (!place.own && !part.text.trim()) {
    const marked = part.cache ?? part.citations?.length
    if (part.text || marked) notes.dropped(part, undefined, 'Claude takes no text of white space alone')
    return
  }
  const text: JsonObject = { type: 'text', text: part.text }
  const citations = encodeAskedCitations(part, notes)
  if (citations) text.citations = citations
  addSigned(blocks, carrierSignature(part.opaque, 'text'), complete(text, part, notes))
}

function addCall(blocks: JsonObject[], part: ToolCallPart, { context, own }: Place): void {
  const call = {
    type: 'tool_use',
    id: context.callIds.fit(part.id),
    name: context.toolNames.fit(part.name),
    input: own && part.json === undefined ? part.input : callInput(part, context.notes),
  }
  addSigned(blocks, carrierSignature(part.opaque, 'call'), complete(call, part, context.notes))
}

function addSigned(blocks: JsonObject[], signature: string | undefined, block: JsonObject): void {
  if (signature !== undefined) blocks.push(carrierBlock(signature))
  blocks.push(block)
}

function encodeResult(part: ToolResultPart, place: Place): JsonObject {
  const { context } = place
  const [first] = part.parts
  const bare = part.bare && first?.type === 'text' && part.parts.length === 1
  const content = bare ? first.text : encodeBlocks(part.parts, { context, own: place.own, role: 'user' })
  const result: JsonObject = { type: 'tool_result', tool_use_id: context.callIds.fit(part.callId) }
  if (place.own || content.length) result.content = content
  if (part.isError !== undefined) result.is_error = part.isError
  return complete(result, part, context.notes)
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

function addNative(blocks: JsonObject[], part: NativePart, place: Place): void {
  const spelled = part.spelling?.claude
  if (spelled?.partOf !== undefined) return
  if (part.protocol === 'claude') return void blocks.push((spelled?.whole as JsonObject | undefined) ?? part.value)
  const { notes } = place.context
  const type = String(part.value.type ?? 'this part')
  if (part.text === undefined) return notes.dropped(part, undefined, `Claude has no counterpart of ${type}`)
  notes.approximated(part, undefined, `Claude has no counterpart of ${type}; said in words`)
  addText(blocks, { type: 'text', text: part.text }, place)
}
