/**
 * Servers that people run themselves. Facts as of November 2026; each entry names the provider's page.
 *
 * @module
 */
import type { Dialect } from '../core/dialect.ts'
import { effort, LIKE_MOST, LOGPROBS, LOW_TO_HIGH, NONE_TO_HIGH, OPENAI_ONLY } from './dialects-plain.ts'

export const local: readonly Dialect[] = [
  {
    // https://github.com/ollama/ollama/blob/main/docs/openai.md
    name: 'ollama',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, ...LOGPROBS, 'tool_choice', 'parallel_tool_calls', 'logit_bias', 'user', 'n', 'name'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: effort(NONE_TO_HIGH),
      replay: { as: 'reasoning' },
      thinkTags: true,
      toolChoice: { required: false, named: false, none: 'omit', allowed: false },
      strict: false,
      media: ['image'],
      imageLinks: false,
      user: false,
    },
  },
  {
    // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
    name: 'vllm',
    version: '/v1',
    unsupported: [...OPENAI_ONLY],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: {
        ...effort(LOW_TO_HIGH),
        on: { chat_template_kwargs: { enable_thinking: true } },
        off: { chat_template_kwargs: { enable_thinking: false } },
      },
      replay: { as: 'reasoning' },
      thinkTags: true,
      media: ['image', 'audio', 'video'],
      user: { field: 'user', max: 64 },
      // The chat templates of several model families refuse a system message that is not the first.
      laterSystem: 'user',
      prefill: { body: { continue_final_message: true, add_generation_prompt: false } },
    },
  },
  {
    // https://lmstudio.ai/docs/developer/openai-compat/chat-completions
    name: 'lmstudio',
    version: '/v1',
    unsupported: [...OPENAI_ONLY, ...LOGPROBS, 'parallel_tool_calls', 'user', 'n'],
    chat: {
      ...LIKE_MOST,
      maxTokens: 'max_tokens',
      accepts: ['top_k'],
      reasoning: effort(LOW_TO_HIGH),
      replay: { as: 'reasoning_content' },
      thinkTags: true,
      formats: ['schema'],
      media: ['image'],
      imageLinks: false,
      user: false,
      laterSystem: 'user',
    },
  },
]
