/**
 * Services that run the models of others. Facts as of November 2026; each entry names the provider's page.
 *
 * @module
 */
import type { Dialect } from '../core/dialect.ts'
import { effort, LIKE_MOST, LOGPROBS, LOW_TO_HIGH, NONE_TO_HIGH, OPENAI_ONLY, PENALTIES } from './dialects-plain.ts'

export const hosts: readonly Dialect[] = [
  {
    // https://learn.microsoft.com/azure/ai-foundry/openai/reference
    name: 'azure',
    auth: 'api-key',
    version: '/openai/v1',
    chat: { user: { field: 'user', max: 64 }, media: ['image', 'audio'], webSearch: 'none' },
  },
  {
    // https://openrouter.ai/docs/api-reference/overview
    name: 'openrouter',
    headers: { 'x-title': 'cc-route' },
    version: '/api/v1',
    unsupported: ['metadata', 'prompt_cache_key'],
    chat: {
      maxTokens: 'max_tokens',
      modelFacts: false,
      accepts: ['top_k'],
      reasoning: {
        effort: {
          path: 'reasoning.effort',
          words: { none: 'none', minimal: 'minimal', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh' },
        },
        budget: 'reasoning.max_tokens',
        on: { reasoning: { enabled: true } },
        off: { reasoning: { enabled: false } },
        hidden: { reasoning: { exclude: true } },
      },
      replay: { as: 'reasoning_details' },
      toolChoice: { allowed: false },
      cacheMarks: 'cache_control',
      customTools: false,
      media: ['image', 'audio', 'video', 'file'],
      files: 'file-or-link',
      user: { field: 'user', max: 128 },
      prefill: {},
      webSearch: 'openrouter',
    },
  },
  {
    // https://console.groq.com/docs/api-reference#chat
    name: 'groq',
    version: '/openai/v1',
    unsupported: ['metadata', 'verbosity', 'prompt_cache_key', 'n', 'logit_bias', 'name', ...LOGPROBS],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_completion_tokens',
      reasoning: { ...effort(NONE_TO_HIGH), on: { reasoning_format: 'parsed' }, hidden: { reasoning_format: 'hidden' } },
      replay: { as: 'reasoning' },
      strict: false,
      media: ['image'],
      user: { field: 'user', max: 64 },
      webSearch: 'browser-search',
    },
  },
  {
    // https://inference-docs.cerebras.ai/api-reference/chat-completions
    name: 'cerebras',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, ...PENALTIES, 'logit_bias', 'parallel_tool_calls', 'n'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_completion_tokens',
      reasoning: effort(NONE_TO_HIGH),
      replay: { as: 'reasoning' },
      content: 'string',
      media: [],
      user: { field: 'user', max: 64 },
    },
  },
  {
    // https://docs.together.ai/reference/chat-completions-1
    name: 'together',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, 'user', 'parallel_tool_calls'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: { ...effort(LOW_TO_HIGH), on: { reasoning: { enabled: true } }, off: { reasoning: { enabled: false } } },
      replay: { as: 'reasoning' },
      strict: false,
      media: ['image', 'audio', 'video'],
      user: false,
    },
  },
  {
    // https://docs.fireworks.ai/api-reference/post-chatcompletions
    name: 'fireworks',
    version: '/inference/v1',
    unsupported: [...OPENAI_ONLY],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: effort(NONE_TO_HIGH),
      replay: { as: 'reasoning_content' },
      media: ['image'],
      user: { field: 'user', max: 64 },
    },
  },
  {
    // https://docs.github.com/rest/models/inference
    name: 'github',
    version: '/inference',
    unsupported: [...OPENAI_ONLY, 'user'],
    chat: {
      maxTokens: 'max_tokens',
      toolChoice: { allowed: false },
      cacheMarks: 'none',
      customTools: false,
      media: ['image', 'audio'],
      user: false,
      refusals: false,
      webSearch: 'none',
    },
  },
  {
    // The endpoint that GitHub's own clients use. One answer may come in two choices; there is no version in the path.
    name: 'copilot',
    version: '',
    unsupported: [...OPENAI_ONLY, 'user'],
    chat: {
      maxTokens: 'max_tokens',
      replay: { as: 'reasoning_opaque' },
      toolChoice: { allowed: false },
      cacheMarks: 'none',
      customTools: false,
      media: ['image'],
      user: false,
      refusals: false,
      webSearch: 'none',
    },
  },
]
