/**
 * What is known of models by their names, where it decides what a request may say. A model that is not listed takes everything.
 *
 * @module
 */
import type { Effort } from '../../core/chat.ts'

export interface ModelFacts {
  /** The words of `reasoning_effort` that the model knows; empty: it does not reason, or not by wish. Absent: unknown. */
  efforts?: readonly Effort[]
  /** Where the limit on output tokens has to go. */
  maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** Request fields that it refuses, by wire name. */
  refuses?: readonly string[]
  /** What has to stand in for the role `system`. */
  systemRole?: 'user'
  /** Explicit cache marks are known (`prompt_cache_breakpoint`). */
  breakpoints?: true
  /** Made to search the web (`web_search_options`). */
  search?: true
}

const SAMPLING = ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs', 'logit_bias'] as const
const COMPLETION = { maxTokens: 'max_completion_tokens', refuses: SAMPLING } as const
const WITHOUT_NONE = ['low', 'medium', 'high'] as const
const XHIGH = ['none', 'low', 'medium', 'high', 'xhigh'] as const

/** The first match counts. @see https://platform.openai.com/docs/guides/reasoning */
const MODELS: readonly (readonly [RegExp, ModelFacts])[] = [
  [/^o1-(mini|preview)/, { ...COMPLETION, efforts: [], systemRole: 'user' }],
  [/^(o3|o4-mini)/, { ...COMPLETION, efforts: WITHOUT_NONE, refuses: [...SAMPLING, 'stop'] }],
  [/^o\d/, { ...COMPLETION, efforts: WITHOUT_NONE }],
  [/^gpt-5[\d.]*-(search|chat)/, { maxTokens: 'max_completion_tokens', efforts: [], search: true }],
  [/^gpt-5[\d.]*-pro/, { ...COMPLETION, efforts: ['medium', 'high', 'xhigh'] }],
  [/^gpt-5(?![.\d])/, { ...COMPLETION, efforts: ['minimal', 'low', 'medium', 'high'] }],
  [/^gpt-5\.1(?!\d)/, { ...COMPLETION, efforts: ['none', 'low', 'medium', 'high'] }],
  [/^gpt-5\.[2-5](?!\d)/, { ...COMPLETION, efforts: XHIGH }],
  [/^gpt-([5-9]|\d\d)/, { ...COMPLETION, efforts: [...XHIGH, 'max'], breakpoints: true }],
  [/^codex/, { ...COMPLETION, efforts: WITHOUT_NONE }],
  [/^gpt-4.*search/, { efforts: [], search: true, refuses: ['temperature', 'top_p', 'n'] }],
  [/^(gpt-[34]|chatgpt|ft:gpt-[34])/, { efforts: [] }],
  // On Azure AI Foundry these refuse the newer field.
  [/^(mistral|ministral|magistral|codestral|pixtral|llama|meta-llama|phi-|command|cohere|jais)/i, { maxTokens: 'max_tokens' }],
  // https://docs.x.ai/docs/guides/reasoning
  [/^grok-3-mini/, { efforts: ['low', 'high'], refuses: ['stop', 'frequency_penalty', 'presence_penalty'] }],
  [/^grok-(4|code)/, { efforts: [], refuses: ['stop', 'frequency_penalty', 'presence_penalty'] }],
  [/^grok/, { efforts: [] }],
  // https://api-docs.deepseek.com/guides/thinking_mode
  [/^deepseek-reasoner/, { refuses: ['logprobs', 'top_logprobs'] }],
  // https://platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model
  [/^kimi-(k2-thinking|k2\.[5-9]|k[3-9])/, { refuses: ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'n'] }],
]

/** @param model with or without a vendor's prefix: `openai/gpt-5` */
export function factsOf(model: string): ModelFacts {
  const name = model.slice(model.lastIndexOf('/') + 1)
  return MODELS.find(([pattern]) => pattern.test(name))?.[1] ?? {}
}
