/**
 * Token counts. Claude counts cached input apart from `input_tokens`, and thinking within `output_tokens`.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 * @module
 */
import { arrayOf, isObject, numberOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import { tierFor } from '../../core/service-tier.ts'
import type { Usage } from '../../core/usage.ts'

/** Counts of the wire; `undefined` where there are none. Fields that are `null` or absent stay absent. */
export function decodeUsage(wire: unknown): Usage | undefined {
  if (!isObject(wire)) return undefined
  const usage: Usage = { at: '/usage', spelling: { claude: wire } }
  const set = (
    key: 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWriteLong' | 'output' | 'reasoning' | 'serverToolCalls' | 'pageFetches',
    value: unknown,
  ) => {
    const count = numberOf(value)
    if (count !== undefined) usage[key] = count
  }
  const counts = totalWireUsage(wire)
  set('input', counts.input_tokens)
  set('cacheRead', counts.cache_read_input_tokens)
  set('cacheWrite', counts.cache_creation_input_tokens)
  set('cacheWriteLong', isObject(counts.cache_creation) ? counts.cache_creation.ephemeral_1h_input_tokens : undefined)
  set('output', counts.output_tokens)
  set('reasoning', isObject(wire.output_tokens_details) ? wire.output_tokens_details.thinking_tokens : undefined)
  set('serverToolCalls', isObject(wire.server_tool_use) ? callsIn(wire.server_tool_use) : undefined)
  set('pageFetches', isObject(wire.server_tool_use) ? wire.server_tool_use.web_fetch_requests : undefined)
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
 * The wire's counts with those of all rounds, where the provider ran the model several times, in the totals. These may count the last round
 * alone, and never a compaction; where another model stood in they are right. Rounds of an advisor are billed as another model's.
 */
export function totalWireUsage(wire: JsonObject): JsonObject {
  const rounds = arrayOf(wire.iterations).filter(isObject)
  if (!rounds.length) return wire
  const { iterations: _iterations, ...totals } = wire
  if (rounds.some((round) => round.type === 'fallback_message')) return totals
  const sum = (type: string) =>
    rounds.filter((round) => round.type === type).reduce((total, round) => addWireUsage(total, countsOf(round)), {})
  return addWireUsage(mergeWireUsage(totals, sum('message')) ?? totals, sum('compaction'))
}

/** Its model and type are left out, and what is no count. */
function countsOf(round: JsonObject): JsonObject {
  const counts: JsonObject = {}
  for (const key in round) if (typeof round[key] === 'number' || isObject(round[key])) counts[key] = round[key]
  return counts
}

/** What two requests, or two rounds of one, used together: each is counted, and billed, by itself. */
export function addWireUsage(one: JsonObject, other: JsonObject): JsonObject {
  const sum: JsonObject = { ...mergeWireUsage(one, other) }
  for (const key in sum)
    if (typeof one[key] === 'number' && typeof other[key] === 'number') sum[key] = one[key] + other[key]
    else if (isObject(one[key]) && isObject(other[key])) sum[key] = addWireUsage(one[key], other[key])
  return sum
}

/** Counts for a client. `guess` stands in for what the provider did not tell: a client that compacts by these counts must never see 0. */
export function encodeUsage(usage: Usage | undefined, guess: { input: number; output: number }, notes?: Notes): JsonObject {
  if (usage?.spelling?.claude) return usage.spelling.claude
  const write = usage?.cacheWrite ?? 0
  const long = usage?.cacheWriteLong ?? 0
  const isFast = usage?.serviceTier === 'fast'
  return {
    input_tokens: usage?.input ?? guess.input,
    cache_creation_input_tokens: write,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: Math.max(0, write - long), ephemeral_1h_input_tokens: long },
    output_tokens: usage?.output ?? guess.output,
    output_tokens_details: usage?.reasoning === undefined ? null : { thinking_tokens: usage.reasoning },
    server_tool_use: encodeToolCalls(usage),
    service_tier: (isFast ? undefined : tierFor('claude', TIERS, usage, notes)) ?? null,
    ...(isFast && { speed: 'fast' }),
  }
}

/** The tiers of answers. */
const TIERS: Readonly<Record<string, string>> = { standard: 'standard', priority: 'priority', batch: 'batch' }

/** Other providers tell what they did themselves of searches and fetches alone. */
function encodeToolCalls({ serverToolCalls = 0, pageFetches = 0 }: Usage = {}): JsonObject | null {
  return serverToolCalls || pageFetches ? { web_search_requests: serverToolCalls, web_fetch_requests: pageFetches } : null
}

/** The wire's counts of a stream so far: later ones replace earlier ones unless they are `null`. */
export function mergeWireUsage(earlier: JsonObject | undefined, later: unknown): JsonObject | undefined {
  if (!isObject(later)) return earlier
  const merged = { ...earlier }
  for (const key in later) if (later[key] !== null && later[key] !== undefined) merged[key] = later[key]
  return merged
}
