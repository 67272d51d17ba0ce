/**
 * What each protocol's provider tells of its counts on its own wire, and what these mean, worked out by hand from the vendors' words.
 */
import type { ProtocolName } from '../../../src/core/chat.ts'
import type { TokenUsage } from '../../../src/accounts/ledger/record.ts'

export interface Told {
  /** Fields of a whole reply. */
  wire: Record<string, unknown>
  means: TokenUsage
  /** What it is billed as. */
  tier?: string
}

/** A question of 1000 tokens, 600 of them from a cache and 150 (100 of them for long) into it, and an answer of 80, 30 of them thoughts. */
export const TOLD: Record<ProtocolName, Record<string, Told>> = {
  claude: {
    plain: { wire: { usage: { input_tokens: 12, output_tokens: 7 } }, means: { input: 12, output: 7 } },
    cached: {
      wire: {
        usage: {
          input_tokens: 250,
          cache_read_input_tokens: 600,
          cache_creation_input_tokens: 150,
          cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 100 },
          output_tokens: 80,
          output_tokens_details: { thinking_tokens: 30 },
          server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 },
          service_tier: 'priority',
        },
      },
      tier: 'priority',
      means: { input: 250, cacheRead: 600, cacheWrite: 150, cacheWriteLong: 100, output: 80, reasoning: 30, serverToolCalls: 2 },
    },
  },
  openai: {
    plain: {
      wire: { usage: { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 } },
      means: { input: 12, output: 7 },
    },
    cached: {
      wire: {
        usage: {
          prompt_tokens: 1000,
          completion_tokens: 80,
          total_tokens: 1080,
          prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 150 },
          completion_tokens_details: { reasoning_tokens: 30 },
        },
      },
      means: { input: 250, cacheRead: 600, cacheWrite: 150, output: 80, reasoning: 30 },
    },
    // OpenRouter's searches, and what OpenAI says that it is billed as.
    searched: {
      wire: {
        service_tier: 'flex',
        usage: { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19, server_tool_use: { web_search_requests: 3 } },
      },
      means: { input: 12, output: 7, serverToolCalls: 3 },
      tier: 'flex',
    },
    // xAI counts reasoning beside the completion.
    apart: {
      wire: {
        usage: { prompt_tokens: 1000, completion_tokens: 50, total_tokens: 1080, completion_tokens_details: { reasoning_tokens: 30 } },
      },
      means: { input: 1000, output: 80, reasoning: 30 },
    },
    // DeepSeek's names.
    'hit and miss': {
      wire: {
        usage: {
          prompt_tokens: 1000,
          prompt_cache_hit_tokens: 600,
          prompt_cache_miss_tokens: 400,
          completion_tokens: 80,
          total_tokens: 1080,
        },
      },
      means: { input: 400, cacheRead: 600, output: 80 },
    },
  },
  'openai-responses': {
    plain: { wire: { usage: { input_tokens: 12, output_tokens: 7, total_tokens: 19 } }, means: { input: 12, cacheRead: 0, output: 7 } },
    cached: {
      tier: 'default',
      wire: {
        service_tier: 'default',
        usage: {
          input_tokens: 1000,
          input_tokens_details: {
            cached_tokens: 600,
            cache_write_tokens: 150,
            cache_write_tokens_details: { ttl_12h_tokens: 100, ttl_30m_tokens: 50 },
          },
          output_tokens: 80,
          output_tokens_details: { reasoning_tokens: 30 },
          total_tokens: 1080,
        },
      },
      means: { input: 250, cacheRead: 600, cacheWrite: 150, cacheWriteLong: 100, output: 80, reasoning: 30 },
    },
  },
  gemini: {
    plain: {
      wire: { usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 7, totalTokenCount: 19 } },
      means: { input: 12, output: 7 },
    },
    cached: {
      wire: {
        usageMetadata: {
          promptTokenCount: 980,
          toolUsePromptTokenCount: 20,
          cachedContentTokenCount: 600,
          candidatesTokenCount: 50,
          thoughtsTokenCount: 30,
          totalTokenCount: 1080,
        },
      },
      means: { input: 400, cacheRead: 600, output: 80, reasoning: 30 },
    },
  },
}
