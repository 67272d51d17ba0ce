/**
 * What a request needs and what a model can do: a target that cannot do what is needed is skipped with the reason, not tried.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { ChatRequest } from '../core/chat.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import type { Adjust } from '../transformers/translate.ts'
import { chatOf, tokensOf, type RequestFacts } from './request-facts.ts'
import { contentsOf } from './routing/contents.ts'
import { adjustBy } from './routing/parameters.ts'

/** What a request may need. */
export type Need =
  'tools' | 'parallel-tools' | 'images' | 'documents' | 'audio' | 'reasoning' | 'structured-output' | 'web-search' | 'prefill'

/** What an endpoint or model can do. What is absent is unknown, and then it is tried. */
export interface Capability {
  /** Needs that it cannot meet. */
  lacks?: readonly Need[]
  /** The most tokens that question and answer may have together. */
  contextWindow?: number
  /** The most tokens of an answer. A request for more is cut down to it. */
  maxOutput?: number
}

/** When a request needs what. A wish that a model may leave unfulfilled is no need: reasoning as much as it finds right, several calls at once. */
export const NEEDS: Record<Need, (chat: ChatRequest) => boolean> = {
  tools: ({ tools }) => tools.some(({ type }) => type !== 'hosted'),
  'web-search': ({ tools }) => tools.some((tool) => tool.type === 'hosted' && tool.kind === 'web-search'),
  'structured-output': ({ format }) => format !== undefined,
  reasoning: ({ reasoning }) => reasoning?.mode === 'on' || (reasoning?.mode === undefined && isEffort(reasoning?.effort)),
  prefill: ({ messages }) => messages.at(-1)?.role === 'assistant',
  // several calls that were made at once are part of the conversation, and must be said
  'parallel-tools': ({ messages }) =>
    messages.some(({ role, parts }) => role === 'assistant' && parts.filter(({ type }) => type === 'tool-call').length > 1),
  images: (chat) => contentsOf(chat).images,
  documents: (chat) => contentsOf(chat).documents,
  audio: (chat) => contentsOf(chat).audio,
}

const isEffort = (effort: string | undefined): boolean => effort !== undefined && effort !== 'none' && effort !== 'minimal'

const known = createAttachment<RequestFacts, readonly Need[]>('needs')

/** What a request needs. Found out once; a request that only counts its tokens needs nothing. */
export function needsOf(facts: RequestFacts): readonly Need[] {
  let needs = known.get(facts)
  if (!needs) {
    const chat = facts.route.action === 'generate' ? chatOf(facts) : undefined
    needs = chat ? (Object.keys(NEEDS) as Need[]).filter((need) => NEEDS[need](chat)) : []
    known.set(facts, needs)
  }
  return needs
}

/** What a model lacks for a request, in words for people; `undefined` where it can do it as far as is known. `tokens`: the request's, by estimate. */
export function missing(needs: readonly Need[], { lacks, contextWindow }: Capability, tokens?: number): string | undefined {
  const lacking = lacks?.length ? needs.filter((need) => lacks.includes(need)) : []
  if (lacking.length) return `cannot do ${lacking.join(', ')}`
  return contextWindow !== undefined && tokens !== undefined && tokens >= contextWindow
    ? `takes ${contextWindow} tokens, and the request has about ${tokens}`
    : undefined
}

/** What the wires call the most tokens of an answer. */
const MOST = ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'] as const

const saysMore = (body: JsonObject, most: number): boolean =>
  MOST.some((name) => typeof body[name] === 'number' && body[name] > most) ||
  ['generationConfig', 'generation_config'].some((name) => isObject(body[name]) && saysMore(body[name], most))

/** Where an estimate may be short by so much: a tenth, and what an envelope of messages costs. */
const ROOM = { factor: 1.1, tokens: 100 }

/**
 * Cuts the tokens that an answer may have down to what the model can give, and to what its window has left: providers refuse a request for more.
 * `before` are the changes of layers above. `undefined` where nothing has to be changed; mostly that costs a look at one field.
 */
export function fitOutput(
  { maxOutput = Infinity, contextWindow = Infinity }: Capability,
  facts: RequestFacts,
  before?: Adjust,
): Adjust | undefined {
  const { route, text, body } = facts
  if (route.action !== 'generate' || (maxOutput === Infinity && contextWindow === Infinity)) return undefined
  // a token has a character at least; images have none, and are small beside a window
  if (!before && !saysMore(body, Math.min(maxOutput, contextWindow - text.length))) return undefined
  const chat = chatOf(facts)
  const { maxTokens } = before ? before(chat) : chat
  if (maxTokens === undefined) return undefined
  const left = contextWindow === Infinity ? Infinity : contextWindow - Math.ceil(tokensOf(facts) * ROOM.factor) - ROOM.tokens
  const atMost = left < 1 ? maxOutput : Math.min(maxOutput, left)
  if (maxTokens <= atMost) return undefined
  const cut = adjustBy({ maxTokens: atMost })!
  return (asked) => cut(before ? before(asked) : asked)
}
