/**
 * Names and shapes of the Chat Completions wire that several files here share.
 * @see https://platform.openai.com/docs/api-reference/chat
 *
 * @module
 */
import type { Located, NativePart } from '../../core/chat.ts'
import { isEmpty, type JsonObject } from '../../core/json.ts'

/** What the wire calls neutral fields. */
export const FIELDS: Record<string, string> = {
  system: 'messages',
  maxTokens: 'max_completion_tokens',
  topP: 'top_p',
  topK: 'top_k',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  parallelToolCalls: 'parallel_tool_calls',
  toolChoice: 'tool_choice',
  reasoning: 'reasoning_effort',
  mode: 'reasoning_effort',
  effort: 'reasoning_effort',
  budget: 'reasoning_effort',
  show: 'reasoning_effort',
  format: 'response_format',
  cache: 'cache_control',
  cacheKey: 'prompt_cache_key',
  user: 'user',
  topLogprobs: 'top_logprobs',
  serviceTier: 'service_tier',
  stopReason: 'choices/0/finish_reason',
  candidates: 'n',
  includeUsage: 'stream_options/include_usage',
  callId: 'tool_call_id',
  parts: 'content',
  input: 'function/arguments',
  json: 'function/arguments',
  opaque: 'extra_content',
  contextSize: 'search_context_size',
  userLocation: 'user_location',
}

/** The wire's own fields of a neutral object: what only this protocol says, and what it says in a form of its own. */
export const ownFields = (object: Located): JsonObject | undefined => {
  const extra = object.extra?.openai
  const spelling = object.spelling?.openai
  return extra && spelling ? { ...extra, ...spelling } : (spelling ?? extra)
}

/** What the wire said in a form of its own. */
export const spelled = (object: Located): JsonObject | undefined => object.spelling?.openai

/** Sets `extra` and `spelling` of this protocol where there are any. */
export function keep<T extends Located>(object: T, extra: JsonObject | undefined, spelling?: JsonObject): T {
  if (extra) object.extra = { openai: extra }
  if (spelling && !isEmpty(spelling)) object.spelling = { openai: spelling }
  return object
}

export const nativePart = (value: JsonObject, at: string): NativePart => ({ type: 'native', protocol: 'openai', value, at })

export const dataUrl = (mediaType: string, data: string): string => `data:${mediaType};base64,${data}`
