/**
 * A whole answer, written for a client.
 *
 * @module
 */
import type { MediaPart, NativePart, Part, TextPart, ToolCallPart } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/logprobs.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { OPENAI_TIERS, tierFor } from '../../core/service-tier.ts'
import { callJson } from '../../core/tool-call.ts'
import { encodeAnnotation } from './annotations.ts'
import { encodeImage } from './images.ts'
import { encodeLogprobs } from './logprobs.ts'
import { detailsOf } from './reasoning-details.ts'
import { signature } from './signature.ts'
import { encodeStop } from './stop.ts'
import { encodeUsage } from './usage.ts'
import { spelled } from './wire.ts'

export function encodeReply(reply: Reply, context: ReplyContext): JsonObject {
  const own = spelled(reply)
  const message = encodeMessage(reply, context)
  if (own) return ownReply(objectOf(own.body) ?? {}, objectOf(own.choice) ?? {}, message, reply)
  const calls = Array.isArray(message.tool_calls) && message.tool_calls.length > 0
  const finish = encodeStop(reply.stop, { calls: calls || message.function_call !== undefined, legacy: isLegacy(context) }, context.notes)
  const choice = {
    index: 0,
    message,
    logprobs: encodeLogprobs(tokensIn(reply.parts)),
    finish_reason: finish,
    ...(reply.stop.sequence !== undefined && { stop_reason: reply.stop.sequence }),
  }
  const tier = tierFor('openai', OPENAI_TIERS, reply.usage, context.notes)
  return {
    id: completionId(reply.id, context),
    object: 'chat.completion',
    created: reply.created ?? Math.floor(context.now() / 1000),
    model: context.model,
    choices: [choice],
    ...(tier !== undefined && { service_tier: tier }),
    ...(reply.usage && { usage: encodeUsage(reply.usage) }),
  }
}

const tokensIn = (parts: readonly Part[]): TokenLogprob[] => parts.flatMap((part) => (part.type === 'text' && part.logprobs) || [])

const TOP = ['id', 'object', 'created', 'model', 'usage']

/** An answer of this protocol, in the frame in which it came: what the parts say is taken from the parts. */
function ownReply(body: JsonObject, choice: JsonObject, message: JsonObject, reply: Reply): JsonObject {
  const { tool_calls: calls, content, ...frame } = objectOf(choice.message) ?? {}
  if (typeof content !== 'string' || !content) frame.content = content
  if (!Array.isArray(calls) || !calls.length) frame.tool_calls = calls
  const top: JsonObject = {}
  for (const key of TOP) if (key in body) top[key] = body[key]
  return { ...top, choices: [{ ...choice, message: { ...message, ...frame } }], ...reply.extra?.openai }
}

/** Clients and their logs know completions by this prefix. */
export const completionId = (id: string | undefined, { newId }: Pick<ReplyContext, 'newId'>): string =>
  id === undefined ? newId('chatcmpl-') : id.startsWith('chatcmpl') ? id : `chatcmpl-${id}`

/** The client asked with `functions`, as it was before tools: it does not know `tool_calls`. */
export const isLegacy = ({ chat }: ReplyContext): boolean => chat.spelling?.openai?.functions !== undefined

function encodeMessage(reply: Reply, context: ReplyContext): JsonObject {
  const { parts } = reply
  const own = spelled(reply) !== undefined
  const texts: TextPart[] = []
  const calls: ToolCallPart[] = []
  let content: string | null = null
  for (const part of parts) {
    if (part.type === 'tool-call') calls.push(part)
    if (part.type !== 'text' || spelled(part)?.transcript === true) continue
    texts.push(part)
    content = (content ?? '') + part.text
  }
  const message: JsonObject = { role: 'assistant', content }
  if (!own) message.refusal = refusalOf(reply)
  if (isLegacy(context) && calls[0]) {
    message.function_call = { name: calls[0].name, arguments: callJson(calls[0]) }
    for (const call of calls.slice(1)) context.notes.dropped(call, undefined, 'a client that knows functions takes one call')
  } else if (calls.length && !spelled(calls[0]!)?.function_call) message.tool_calls = calls.map(encodeToolCall)
  if (own) return message // reasoning and sources stand in the frame as they were
  Object.assign(message, encodeThoughts(parts), encodeMedia(parts, context))
  const annotations = encodeAnnotations(texts, context)
  if (annotations.length) message.annotations = annotations
  const signed = texts.findLast((part) => part.opaque)
  if (signed?.opaque) message.extra_content = signature(opaqueForClient(signed.opaque, 'openai'))
  return message
}

function refusalOf({ parts, stop }: Reply): string | null {
  let said = ''
  for (const part of parts) if (part.type === 'refusal') said += part.text
  return said || (stop.reason === 'refusal' ? (stop.detail ?? null) : null)
}

function encodeToolCall(call: ToolCallPart): JsonObject {
  const raw = spelled(call) ?? {}
  const field = call.custom && !raw.function ? 'custom' : 'function'
  const own = objectOf(raw[field])
  const inner = field === 'custom' ? { name: call.name, input: call.json ?? '' } : { name: call.name, arguments: callJson(call) }
  if (own) return { ...raw, ...(raw.id !== undefined && { id: call.id }), [field]: { ...inner, ...own, name: call.name } }
  return {
    id: call.id,
    type: field,
    [field]: inner,
    ...(call.opaque && { extra_content: signature(opaqueForClient(call.opaque, 'openai')) }),
  }
}

/** Reasoning as text for those who show it, and in details for those who send it back. */
function encodeThoughts(parts: Part[]): JsonObject {
  const thoughts = parts.filter((part) => part.type === 'reasoning')
  if (!thoughts.length) return {}
  const text = thoughts.map((part) => part.text).join('')
  const details = thoughts.flatMap((part, i) => detailsOf(part, i))
  const hidden = stringOf(thoughts.find((part) => part.opaque?.by === 'openai' && part.opaque.form === 'opaque')?.opaque?.data)
  return {
    ...(text && { reasoning_content: text }),
    ...(details.length && { reasoning_details: details }),
    ...(hidden && { reasoning_opaque: hidden }),
  }
}

function encodeMedia(parts: Part[], context: ReplyContext): JsonObject {
  const out: JsonObject = {}
  for (const part of parts) {
    if (part.type !== 'image' && part.type !== 'audio' && part.type !== 'video' && part.type !== 'file' && part.type !== 'native') continue
    const { images, ...others } = blockFields(part, context)
    Object.assign(out, others)
    if (images) out.images = [...arrayOf(out.images), ...arrayOf(images)]
  }
  return out
}

/** What a message says of a block, or a delta: images in OpenRouter's form, audio in OpenAI's. Of all else nothing, which is noted. */
export function blockFields(part: MediaPart | NativePart, { notes, newId }: Pick<ReplyContext, 'notes' | 'newId'>): JsonObject {
  const image = part.type === 'image' ? encodeImage(part) : undefined
  if (image) return { images: [image] }
  if (part.type === 'audio' && part.source.type === 'data')
    return { audio: { id: newId('audio_'), data: part.source.data, transcript: '', expires_at: 0 } }
  notes.dropped(
    part,
    undefined,
    part.type === 'native' ? `a block that only ${part.protocol} has` : `an answer cannot hold ${part.type} here`,
  )
  return {}
}

function encodeAnnotations(texts: TextPart[], { notes }: ReplyContext): JsonObject[] {
  const annotations: JsonObject[] = []
  let offset = 0
  for (const { text, citations = [] } of texts) {
    for (const citation of citations) {
      const written = encodeAnnotation(citation, { offset, length: text.length })
      if (written) annotations.push(written)
      else notes.dropped(citation, undefined, 'a source without a link cannot be named here')
    }
    offset += text.length
  }
  return annotations
}
