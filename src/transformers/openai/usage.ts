/**
 * Token counts. Chat counts cached input in; what providers add to that differs.
 *
 * @module
 */
import type { ChatDialect } from '../../core/dialect.ts'
import { numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { totalInput, type Usage } from '../../core/usage.ts'

const firstNumber = (...values: unknown[]): number | undefined => {
  for (const value of values) if (numberOf(value) !== undefined) return numberOf(value)
  return undefined
}

/** `undefined` where nothing is told. @param tier what the answer says that it is billed as */
export function decodeUsage(value: unknown, dialect: ChatDialect | undefined, tier?: unknown): Usage | undefined {
  const wire = objectOf(value)
  if (!wire) return undefined
  const prompt = firstNumber(wire.prompt_tokens, wire.input_tokens)
  const completion = firstNumber(wire.completion_tokens, wire.output_tokens)
  if (prompt === undefined && completion === undefined) return undefined
  const ins = objectOf(wire.prompt_tokens_details) ?? objectOf(wire.prompt_token_details) ?? objectOf(wire.input_tokens_details)
  const outs = objectOf(wire.completion_tokens_details) ?? objectOf(wire.output_tokens_details)
  // In this order: OpenAI and most others, DeepSeek, Moonshot, Mistral.
  const read = firstNumber(ins?.cached_tokens, wire.prompt_cache_hit_tokens, wire.cached_tokens, wire.num_cached_tokens)
  const write = firstNumber(ins?.cache_write_tokens, ins?.cache_creation_input_tokens, wire.cache_creation_input_tokens)
  const reasoning = firstNumber(outs?.reasoning_tokens, wire.reasoning_tokens)
  const usage: Usage = { spelling: { openai: wire } }
  const cached = (read ?? 0) + (write ?? 0)
  // More from the cache than there was: then the prompt was counted without it.
  if (prompt !== undefined) usage.input = cached > prompt ? prompt : prompt - cached
  if (read !== undefined) usage.cacheRead = read
  if (write !== undefined) usage.cacheWrite = write
  if (completion !== undefined)
    usage.output = completion + (reasoning && isApart(wire, prompt, completion, reasoning, dialect) ? reasoning : 0)
  if (reasoning !== undefined) usage.reasoning = reasoning
  const heard = numberOf(ins?.audio_tokens)
  const spoken = numberOf(outs?.audio_tokens)
  if (heard) usage.inputAudio = heard
  if (spoken) usage.outputAudio = spoken
  // OpenRouter, whose clients are told so as well; Perplexity.
  const searches = firstNumber(objectOf(wire.server_tool_use)?.web_search_requests, wire.num_search_queries)
  if (searches) usage.serverToolCalls = searches
  const serviceTier = stringOf(tier)
  if (serviceTier !== undefined) usage.serviceTier = serviceTier
  return usage
}

/** Whether reasoning is missing from the completion's count: xAI's total gives it away. */
function isApart(wire: JsonObject, prompt = 0, completion: number, reasoning: number, dialect: ChatDialect | undefined): boolean {
  const total = numberOf(wire.total_tokens)
  return total === undefined ? dialect?.reasoningApart === true : total === prompt + completion + reasoning
}

/** As its own provider wrote it, where it did. */
export function encodeUsage(usage: Usage): JsonObject {
  const own = usage.spelling?.openai
  if (own) return own
  const prompt = totalInput(usage)
  const completion = usage.output ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead ?? 0,
      ...(usage.cacheWrite !== undefined && { cache_write_tokens: usage.cacheWrite }),
      ...(usage.inputAudio && { audio_tokens: usage.inputAudio }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0, ...(usage.outputAudio && { audio_tokens: usage.outputAudio }) },
    ...(usage.serverToolCalls && { server_tool_use: { web_search_requests: usage.serverToolCalls } }),
  }
}
