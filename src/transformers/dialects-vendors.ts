/**
 * Companies that serve their own models. Facts as of November 2026; each entry names the provider's page.
 *
 * @module
 */
import type { Dialect } from '../core/dialect.ts'
import { effort, LIKE_MOST, LOGPROBS, LOW_TO_HIGH, OPENAI_ONLY, PENALTIES } from './dialects-plain.ts'

export const vendors: readonly Dialect[] = [
  {
    // https://api-docs.deepseek.com/api/create-chat-completion, https://api-docs.deepseek.com/guides/thinking_mode
    name: 'deepseek',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, 'n', 'seed', 'parallel_tool_calls'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      reasoning: {
        effort: {
          path: 'reasoning_effort',
          words: { minimal: 'low', low: 'low', medium: 'high', high: 'high', xhigh: 'high', max: 'max' },
        },
        on: { thinking: { type: 'enabled' } },
        off: { thinking: { type: 'disabled' } },
      },
      // Without tools it must not come back, with them it must.
      replay: { as: 'reasoning_content', only: 'tool-calls', missing: ' ' },
      toolChoice: { required: false, named: false, allowed: false },
      formats: ['json'],
      strict: false,
      content: 'string',
      media: [],
      user: false,
      prefill: { message: { prefix: true } },
    },
  },
  {
    // https://docs.mistral.ai/api/#tag/chat
    name: 'mistral',
    version: '/v1',
    unsupported: ['metadata', 'service_tier', 'verbosity', 'user', 'name', ...LOGPROBS],
    callId: { max: 9, pattern: /^[a-zA-Z0-9]{9}$/, exact: true },
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      reasoning: { effort: { path: 'reasoning_effort', words: { none: 'none', high: 'high' } } },
      replay: { as: 'thinking-parts' },
      toolChoice: { required: 'any', named: 'filter', allowed: false },
      media: ['image', 'audio', 'file'],
      files: 'document-url',
      user: false,
      prefill: { message: { prefix: true } },
      rename: { seed: 'random_seed' },
      temperature: [0, 1.5],
    },
  },
  {
    // https://docs.x.ai/docs/api-reference#chat-completions
    name: 'xai',
    version: '/v1',
    unsupported: ['metadata', 'service_tier', 'verbosity', 'prompt_cache_key'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_completion_tokens',
      replay: { as: 'reasoning_content' },
      media: ['image'],
      user: { field: 'user', max: 64 },
      webSearch: 'search-parameters',
      reasoningApart: true,
    },
  },
  {
    // https://help.aliyun.com/zh/model-studio/use-qwen-by-calling-api
    name: 'qwen',
    version: '/compatible-mode/v1',
    unsupported: [...OPENAI_ONLY, 'frequency_penalty', 'user', 'name'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: { budget: 'thinking_budget', on: { enable_thinking: true }, off: { enable_thinking: false } },
      replay: { as: 'reasoning_content' },
      toolChoice: { required: false, allowed: false },
      cacheMarks: 'cache_control',
      strict: false,
      media: ['image', 'audio', 'video'],
      user: false,
      prefill: { message: { partial: true } },
    },
  },
  {
    // https://platform.moonshot.ai/docs/api/chat
    name: 'moonshot',
    version: '/v1',
    unsupported: ['metadata', 'service_tier', 'verbosity', 'user', 'seed', 'parallel_tool_calls', ...LOGPROBS],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      reasoning: {
        effort: { path: 'reasoning_effort', words: { low: 'low', medium: 'high', high: 'high', max: 'max' } },
        budget: 'thinking.budget',
        on: { thinking: { type: 'enabled' } },
        off: { thinking: { type: 'disabled' } },
      },
      replay: { as: 'reasoning_content', missing: ' ' },
      toolChoice: { required: false, allowed: false },
      strict: false,
      media: ['image', 'video'],
      imageLinks: false,
      user: false,
      prefill: { message: { partial: true } },
      temperature: [0, 1],
    },
  },
  {
    // https://docs.z.ai/api-reference/llm/chat-completion
    name: 'glm',
    version: '/api/paas/v4',
    unsupported: [...OPENAI_ONLY, ...PENALTIES, ...LOGPROBS, 'stream_options', 'parallel_tool_calls', 'name', 'n', 'seed'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      body: { tool_stream: true },
      reasoning: {
        effort: { path: 'reasoning_effort', words: LOW_TO_HIGH },
        on: { thinking: { type: 'enabled', clear_thinking: false } },
        off: { thinking: { type: 'disabled' } },
      },
      replay: { as: 'reasoning_content' },
      toolChoice: { required: false, named: false, none: 'omit', allowed: false },
      formats: ['json'],
      strict: false,
      media: ['image', 'video', 'file'],
      files: 'file-or-link',
      user: { field: 'user_id', max: 128, min: 6 },
      temperature: [0.01, 1],
    },
  },
  {
    // https://platform.minimax.io/docs/api-reference/text-openai-api
    name: 'minimax',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, ...PENALTIES, ...LOGPROBS, 'tool_choice', 'parallel_tool_calls', 'response_format', 'seed', 'n'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_completion_tokens',
      body: { reasoning_split: true },
      reasoning: { on: { thinking: { type: 'adaptive' } }, off: { thinking: { type: 'disabled' } } },
      replay: { as: 'reasoning_details' },
      thinkTags: true,
      toolChoice: { required: false, named: false, none: 'omit', allowed: false },
      formats: [],
      strict: false,
      content: 'string',
      media: [],
      user: false,
      temperature: [0.01, 1],
    },
  },
  {
    // https://ai.google.dev/gemini-api/docs/openai
    name: 'gemini-openai',
    version: '/v1beta/openai',
    unsupported: ['metadata', 'service_tier', 'verbosity', 'prompt_cache_key', 'user', 'seed', 'parallel_tool_calls', ...LOGPROBS],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      reasoning: {
        effort: { path: 'reasoning_effort', words: { none: 'none', minimal: 'minimal', low: 'low', medium: 'medium', high: 'high' } },
      },
      strict: false,
      media: ['image', 'audio'],
      imageLinks: false,
      user: false,
    },
  },
  {
    // https://docs.perplexity.ai/api-reference/chat-completions-post
    name: 'perplexity',
    version: '',
    unsupported: [...OPENAI_ONLY, 'parallel_tool_calls', 'user', 'seed', 'n', ...LOGPROBS],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: effort(LOW_TO_HIGH),
      thinkTags: true,
      formats: ['schema'],
      strict: false,
      media: ['image'],
      user: false,
    },
  },
  {
    // https://platform.claude.com/docs/en/api/openai-sdk
    name: 'anthropic-openai',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, ...PENALTIES, ...LOGPROBS, 'logit_bias', 'seed', 'user', 'response_format', 'n'],
    chat: {
      maxTokens: 'max_completion_tokens',
      reasoning: { budget: 'thinking.budget_tokens', on: { thinking: { type: 'enabled' } } },
      toolChoice: { allowed: false },
      formats: [],
      cacheMarks: 'none',
      strict: false,
      customTools: false,
      media: ['image'],
      user: false,
      refusals: false,
      temperature: [0, 1],
      webSearch: 'none',
    },
  },
]
