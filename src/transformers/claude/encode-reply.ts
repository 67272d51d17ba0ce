/**
 * A whole answer, written for a client.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { Part, ReasoningPart, TextPart, ToolCallPart } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import type { JsonObject } from '../../core/json.ts'
import { noteOddEnd } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { estimateInput, estimateTokens } from '../../core/tokens.ts'
import { callInput } from '../../core/tool-call.ts'
import { carrierBlock, carrierSignature } from './carrier.ts'
import { encodeToldCitation } from './citations.ts'
import { encodeStop } from './stop.ts'
import { encodeUsage } from './usage.ts'
import { memberFields } from './toolset.ts'
import { field, isOwn, ownFields } from './wire.ts'

export function encodeReply(reply: Reply, context: ReplyContext): JsonObject {
  const content = reply.parts.flatMap((part) => encodeAnswerPart(part, context))
  if (!isOwn(reply)) noteOddEnd(reply.stop, context.notes)
  const stop = encodeStop(reply.stop, {
    calls: content.some((block) => block.type === 'tool_use'),
    refusal: reply.parts.find((part) => part.type === 'refusal')?.text,
  })
  return {
    id: messageId(reply.id, isOwn(reply), context),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content,
    container: null,
    diagnostics: null,
    ...stop,
    usage: usageOf(reply, context),
    ...ownFields(reply),
  }
}

/** How long the question was, in tokens, where its provider has not told. Found out once. */
export const inputLength = (context: ReplyContext): number => (context.inputTokens ??= estimateInput(context.chat))

function usageOf(reply: Reply, context: ReplyContext): JsonObject {
  const { usage } = reply
  const input = usage?.input === undefined ? inputLength(context) : 0
  const output =
    usage?.output === undefined ? reply.parts.reduce((sum, part) => sum + ('text' in part ? estimateTokens(part.text ?? '') : 8), 1) : 0
  return encodeUsage(usage, { input, output }, context.notes)
}

/** Clients tell messages by this prefix. */
export const messageId = (id: string | undefined, own: boolean, { newId }: ReplyContext): string =>
  id !== undefined && (own || id.startsWith('msg_')) ? id : newId('msg_')

/** Reasoning that the client asked not to see is reduced to what its provider needs back. */
export const hidesReasoning = ({ chat }: ReplyContext): boolean => chat.reasoning?.show === 'hidden'

/** Whether a piece of reasoning says or carries anything. */
const isHollow = (part: ReasoningPart): boolean => !part.text && !part.opaque?.data

export function encodeAnswerPart(part: Part, context: ReplyContext): JsonObject[] {
  switch (part.type) {
    case 'text':
      return encodeText(part, context)
    case 'refusal':
      return part.text ? [{ type: 'text', text: part.text }] : []
    case 'reasoning':
      return encodeReasoning(part, context)
    case 'tool-call': {
      const signature = carrierSignature(part.opaque, 'call')
      const call = encodeCall(part, callInput(part, context.notes), context)
      return signature === undefined ? [call] : [carrierBlock(signature), call]
    }
    case 'native':
      if (part.protocol === 'claude') return [part.value]
      if (part.text) return [{ type: 'text', text: part.text }]
      context.notes.dropped(part, undefined, `a Claude client knows no ${String(part.value.type ?? 'such')} block`)
      return []
    case 'tool-result':
      return []
    default:
      context.notes.dropped(part, undefined, `a Claude client takes no ${part.type} in an answer`)
      return []
  }
}

/** A call, whose input may come later. */
export const encodeCall = (call: Omit<ToolCallPart, 'input'>, input: unknown, { chat }: ReplyContext): JsonObject => ({
  type: 'tool_use',
  id: call.id,
  name: call.name,
  input,
  ...memberFields(call.name, chat),
  ...ownFields(call),
})

function encodeText(part: TextPart, { notes }: ReplyContext): JsonObject[] {
  if (!part.text && !isOwn(part)) return []
  const citations = part.citations?.flatMap((citation) => encodeToldCitation(citation, notes) ?? [])
  const text = { type: 'text', text: part.text, ...field('citations', citations?.length ? citations : undefined), ...ownFields(part) }
  const signature = carrierSignature(part.opaque, 'text')
  return signature === undefined ? [text] : [carrierBlock(signature), text]
}

function encodeReasoning(part: ReasoningPart, context: ReplyContext): JsonObject[] {
  if (part.opaque?.by === 'claude' && part.opaque.form === 'redacted')
    return [{ type: 'redacted_thinking', data: part.opaque.data, ...ownFields(part) }]
  if (isHollow(part) && !isOwn(part)) return []
  const thinking = hidesReasoning(context) ? '' : part.text
  return [{ type: 'thinking', thinking, signature: part.opaque ? opaqueForClient(part.opaque, 'claude') : '', ...ownFields(part) }]
}
