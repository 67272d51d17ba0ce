/**
 * Token counts. OpenAI counts cached input within `input_tokens`, and reasoning within `output_tokens`.
 *
 * @module
 */
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { totalInput, type Usage } from '../../core/usage.ts'
import { keepIn, spellingOf } from './wire.ts'

/** Reads the counts of a response, and what else it is billed by: its service tier, and the searches among its items. */
export function decodeUsage(response: JsonObject): Usage | undefined {
  const usage = objectOf(response.usage)
  if (!usage) return undefined
  const tier = stringOf(response.service_tier)
  const searches = countActions(response.output, 'search')
  const pages = countActions(response.output, 'open_page')
  const input = objectOf(usage.input_tokens_details)
  const cacheRead = numberOf(input?.cached_tokens) ?? 0
  const cacheWrite = numberOf(input?.cache_write_tokens) ?? 0
  const long = numberOf(objectOf(input?.cache_write_tokens_details)?.ttl_12h_tokens)
  const total = numberOf(usage.input_tokens)
  const output = numberOf(usage.output_tokens)
  const reasoning = numberOf(objectOf(usage.output_tokens_details)?.reasoning_tokens)
  const counts: Usage = { cacheRead }
  if (total !== undefined) counts.input = Math.max(0, total - cacheRead - cacheWrite)
  if (input?.cache_write_tokens !== undefined) counts.cacheWrite = cacheWrite
  if (long !== undefined) counts.cacheWriteLong = long
  if (output !== undefined) counts.output = output
  if (reasoning !== undefined) counts.reasoning = reasoning
  if (searches) counts.serverToolCalls = searches
  if (pages) counts.pageFetches = pages
  if (tier !== undefined) counts.serviceTier = tier
  return keepIn(counts, undefined, { item: usage })
}

/**
 * Searches are billed by the call; pages that are opened or looked through are not.
 * @see https://platform.openai.com/docs/pricing#built-in-tools
 */
const countActions = (output: unknown, type: string): number =>
  arrayOf(output).filter((item) => isObject(item) && item.type === 'web_search_call' && (objectOf(item.action)?.type ?? 'search') === type)
    .length

/** Every count is a number: Codex fails on `null`, and official types want them all. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  const { item } = usage ? spellingOf(usage) : {}
  if (item) return item
  const input = usage ? totalInput(usage) : 0
  const output = usage?.output ?? 0
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage?.cacheRead ?? 0,
      cache_write_tokens: usage?.cacheWrite ?? 0,
      ...(usage?.cacheWriteLong !== undefined && {
        cache_write_tokens_details: {
          ttl_12h_tokens: usage.cacheWriteLong,
          ttl_30m_tokens: (usage.cacheWrite ?? 0) - usage.cacheWriteLong,
        },
      }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage?.reasoning ?? 0 },
    total_tokens: input + output,
  }
}
