/**
 * What a request needs and what a model can do: a target that cannot do what is needed is skipped with the reason, not tried.
 *
 * @module
 */
import type { ChatRequest } from '../core/chat.ts'
import { chatOf, type RequestFacts } from './facts.ts'
import { contentsOf } from './routing/contents.ts'

/** What a request may need. */
export type Need =
  'tools' | 'parallel-tools' | 'images' | 'documents' | 'audio' | 'reasoning' | 'structured-output' | 'web-search' | 'prefill'

/** What an endpoint or model can do. What is absent is unknown, and then it is tried. */
export interface Capability {
  /** Needs that it cannot meet. */
  lacks?: readonly Need[]
  /** The most tokens that question and answer may have together. */
  contextWindow?: number
  /** The most tokens of an answer. */
  maxOutput?: number
}

/** When a request needs what. A wish that a model may leave unfulfilled is no need: reasoning as much as it finds right, several calls at once. */
const NEEDS: Record<Need, (chat: ChatRequest) => boolean> = {
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

const known = new WeakMap<RequestFacts, readonly Need[]>()

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
