/**
 * Token counts. Claude counts cached input apart from `input_tokens`, and thinking within `output_tokens`.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 * @module
 */
import { arrayOf, isObject, numberOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** Counts of the wire; `undefined` where there are none. Fields that are `null` or absent stay absent. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined
  const usage: Usage = { at: '/usage', spelling: { claude: wire } }
  const set = (
    key: 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWriteLong' | 'output' | 'reasoning' | 'serverToolCalls',
    value: unknown,
  ) => {
    const count = numberOf(value)
    if (count !== undefined) usage[key] = count
  }
  const sums = sumOf(wire.iterations)
  set('input', sums?.input ?? wire.input_tokens)
  set('cacheRead', wire.cache_read_input_tokens)
  set('cacheWrite', wire.cache_creation_input_tokens)
  set('cacheWriteLong', isObject(wire.cache_creation) ? wire.cache_creation.ephemeral_1h_input_tokens : undefined)
  set('output', sums?.output ?? wire.output_tokens)
  set('reasoning', isObject(wire.output_tokens_details) ? wire.output_tokens_details.thinking_tokens : undefined)
  set('serverToolCalls', isObject(wire.server_tool_use) ? callsIn(wire.server_tool_use) : undefined)
  // Fast mode is told apart from the tier, and is what the price goes by: https://platform.claude.com/docs/en/build-with-claude/fast-mode
  const speed = stringOf(wire.speed)
  const tier = speed === 'fast' ? speed : (stringOf(wire.service_tier) ?? speed)
  if (tier !== undefined) usage.serviceTier = tier
  return usage
}

/** All calls together: `{ web_search_requests: 1, web_fetch_requests: 2 }`. Fetches cost nothing but tokens. */
const callsIn = (wire: JsonObject): number =>
  Object.entries(wire).reduce((sum, [name, value]) => sum + (name === 'web_fetch_requests' ? 0 : (numberOf(value) ?? 0)), 0)

/**
 * The rounds of an answer for which the provider ran the model several times: the totals count the last one alone,
 * except where another model stood in. Rounds of an advisor are billed as another model's.
 */
function sumOf(value: unknown): { input: number; output: number } | undefined {
  const rounds = arrayOf(value).filter(isObject)
  if (rounds.some((round) => round.type === 'fallback_message')) return undefined
  const counted = rounds.filter((round) => round.type === 'message' || round.type === 'compaction')
  if (!counted.length) return undefined
  const sum = (key: string) => counted.reduce((total, round) => total + (numberOf(round[key]) ?? 0), 0)
  return { input: sum('input_tokens'), output: sum('output_tokens') }
}

/** Counts for a client. `guess` stands in for what the provider did not tell: a client that compacts by these counts must never see 0. */
export function encodeUsage(usage: Usage | undefined, guess: { input: number; output: number }): JsonObject {
  if (usage?.spelling?.claude) return usage.spelling.claude
  const write = usage?.cacheWrite ?? 0
  const long = usage?.cacheWriteLong ?? 0
  return {
    input_tokens: usage?.input ?? guess.input,
    cache_creation_input_tokens: write,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: Math.max(0, write - long), ephemeral_1h_input_tokens: long },
    output_tokens: usage?.output ?? guess.output,
    output_tokens_details: usage?.reasoning === undefined ? null : { thinking_tokens: usage.reasoning },
    server_tool_use: null,
    service_tier: null,
  }
}

/** The wire's counts of a stream so far: later ones replace earlier ones unless they are `null`. */
export function mergeWireUsage(earlier: JsonObject | undefined, later: unknown): JsonObject | undefined {
  if (!isObject(later)) return earlier
  const merged = { ...earlier }
  for (const key in later) if (later[key] !== null && later[key] !== undefined) merged[key] = later[key]
  return merged
}
