/**
 * What a chaos provider says when nothing is wrong.
 *
 * @module
 */
import type { ChatRequest, Part, ProtocolName } from '../../core/chat.ts'
import type { Reply, StopReason } from '../../core/reply.ts'
import { estimateInput, estimateTokens } from '../../core/tokens.ts'
import type { Usage } from '../../core/usage.ts'

/** An answer in no protocol's words; the provider writes it in the protocol of the request. */
export interface ChaosReply {
  /** What the model thinks first, where the request lets it be seen. Default: nothing. */
  reasoning?: string
  /** Default: a sentence or two, unless there are tool calls. */
  text?: string
  toolCalls?: readonly ChaosToolCall[]
  /** Default: `tool-calls` where there are some, otherwise `end`. */
  stop?: StopReason
  /** Tokens. Default: estimated. */
  usage?: Usage
}

export interface ChaosToolCall {
  /** Default: a new one, as the protocol has them. */
  id?: string
  name: string
  /** The arguments. Default: none. */
  input?: unknown
}

const TEXT = 'All is well. This answer comes in several pieces, so that there is something to break off.'
const REFUSAL = "I'm sorry, but I cannot help with that."

export interface ReplyAbout {
  chat: ChatRequest
  protocol: ProtocolName
  model: string
  /** Milliseconds since 1970. */
  now: number
  newCallId(): string
}

export function replyOf(said: ChaosReply, about: ReplyAbout): Reply {
  const calls = said.toolCalls ?? []
  const text = said.text ?? (calls.length ? undefined : TEXT)
  const parts: Part[] = [
    ...(said.reasoning === undefined ? [] : [reasoning(said.reasoning, about.protocol)]),
    ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ id, name, input = {} }): Part => ({
      type: 'tool-call',
      id: id ?? about.newCallId(),
      name,
      json: JSON.stringify(input),
    })),
  ]
  return complete(parts, said.stop ?? (calls.length ? 'tool-calls' : 'end'), said.usage, about)
}

/** The model, or the provider's filter, declines. */
export const refusalOf = (text: string | undefined, about: ReplyAbout): Reply =>
  complete([{ type: 'refusal', text: text ?? REFUSAL }], 'refusal', undefined, about)

const reasoning = (text: string, by: ProtocolName): Part => ({ type: 'reasoning', text, opaque: { by, data: 'Y2hhb3Mgc2lnbmF0dXJl' } })

function complete(parts: Part[], reason: StopReason, usage: Usage | undefined, { chat, model, now }: ReplyAbout): Reply {
  const written = parts.map((part) => ('text' in part ? part.text : 'json' in part ? part.json : '')).join('')
  return {
    model,
    created: Math.floor(now / 1000),
    parts,
    stop: { reason },
    usage: { input: estimateInput(chat), output: Math.max(1, estimateTokens(written)), ...usage },
  }
}
