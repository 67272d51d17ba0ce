/**
 * What many OpenAI-compatible providers have in common, and the plain form for those that are not known.
 *
 * @module
 */
import type { ChatDialect, Dialect } from '../core/dialect.ts'
import type { Effort } from '../core/chat.ts'

/** The effort words of providers that know three. */
export const LOW_TO_HIGH = { low: 'low', medium: 'medium', high: 'high' } satisfies Partial<Record<Effort, string>>
export const NONE_TO_HIGH = { none: 'none', ...LOW_TO_HIGH }
export const effort = (words: Partial<Record<Effort, string>>) => ({ effort: { path: 'reasoning_effort', words } })

/** What hardly any provider but OpenAI and Azure knows. */
export const OPENAI_ONLY = ['metadata', 'service_tier', 'verbosity', 'prompt_cache_key'] as const
export const PENALTIES = ['frequency_penalty', 'presence_penalty'] as const
export const LOGPROBS = ['logprobs', 'top_logprobs'] as const

/** What OpenAI has and most others have not. */
export const LIKE_MOST = {
  toolChoice: { allowed: false },
  cacheMarks: 'none',
  customTools: false,
  developerRole: false,
  refusals: false,
  webSearch: 'none',
} satisfies ChatDialect

/** The plain form, for hosts that are not known: what nearly every compatible server takes. */
export const plainChat: Dialect = {
  name: 'compatible',
  unsupported: OPENAI_ONLY,
  chat: {
    ...LIKE_MOST,
    maxTokens: 'max_tokens',
    replay: { as: 'reasoning_content' },
    user: { field: 'user', max: 64 },
  },
}
