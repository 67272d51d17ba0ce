/**
 * Token counts. Gemini counts cached input in and thoughts apart, and what its own tools put into the prompt apart as well.
 * @see https://ai.google.dev/api/generate-content#UsageMetadata
 *
 * @module
 */
import { arrayOf, isObject, lookUp, numberOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import { tierFor } from '../../core/service-tier.ts'
import { totalInput, type Usage } from '../../core/usage.ts'

/** What an answer tells of Google's own tools, beside its counts. */
interface ToolsUsed {
  groundingMetadata?: unknown
  urlContextMetadata?: unknown
}

/** Reads the counts; `undefined` where there are none (Vertex tells only `trafficType` amid a stream). */
export function decodeUsage(value: unknown, { groundingMetadata, urlContextMetadata }: ToolsUsed = {}): Usage | undefined {
  if (!isObject(value)) return undefined
  const prompt = numberOf(value.promptTokenCount)
  const cached = numberOf(value.cachedContentTokenCount)
  const said = numberOf(value.candidatesTokenCount)
  const thought = numberOf(value.thoughtsTokenCount)
  if (prompt === undefined && said === undefined && thought === undefined) return undefined
  const input = (prompt ?? 0) + (numberOf(value.toolUsePromptTokenCount) ?? 0) - (cached ?? 0)
  const searches = isObject(groundingMetadata) ? arrayOf(groundingMetadata.webSearchQueries).length : 0
  const pages = isObject(urlContextMetadata) ? arrayOf(urlContextMetadata.urlMetadata).length : 0
  const heard = soundIn(value.promptTokensDetails)
  const spoken = soundIn(value.candidatesTokensDetails)
  const tier = stringOf(value.serviceTier) ?? lookUp(TIER_OF_TRAFFIC, stringOf(value.trafficType) ?? '')
  return {
    at: '/usageMetadata',
    input: Math.max(0, input),
    ...(cached !== undefined && { cacheRead: cached }),
    output: (said ?? 0) + (thought ?? 0),
    ...(thought !== undefined && { reasoning: thought }),
    ...(heard && { inputAudio: heard }),
    ...(spoken && { outputAudio: spoken }),
    ...(searches && { serverToolCalls: searches }),
    ...(pages && { pageFetches: pages }),
    ...(tier !== undefined && { serviceTier: tier.toLowerCase() }),
  }
}

/** The tokens that are sound, of counts by kind. */
const soundIn = (details: unknown): number | undefined =>
  numberOf(
    arrayOf(details)
      .filter(isObject)
      .find(({ modality }) => modality === 'AUDIO')?.tokenCount,
  )

const ofSound = (count: number): JsonObject[] => [{ modality: 'AUDIO', tokenCount: count }]

/** Vertex's words for tiers. What was paid for ahead is what OpenAI calls its scale tier. */
const TIER_OF_TRAFFIC: Readonly<Record<string, string>> = {
  ON_DEMAND: 'standard',
  ON_DEMAND_PRIORITY: 'priority',
  ON_DEMAND_FLEX: 'flex',
  PROVISIONED_THROUGHPUT: 'scale',
}

/** Snapshots of a stream: each field keeps the last value that was told, since later ones may leave it out. */
export function mergeUsageMetadata(earlier: JsonObject | undefined, later: unknown): JsonObject | undefined {
  if (!isObject(later)) return earlier
  const merged = { ...earlier }
  for (const key in later) if (later[key] !== null && later[key] !== undefined) merged[key] = later[key]
  return merged
}

/** The tiers of answers. */
const TIERS: Readonly<Record<string, string>> = { standard: 'standard', flex: 'flex', priority: 'priority', fast: 'priority' }

export function encodeUsage(usage: Usage, notes: Notes): JsonObject {
  const prompt = totalInput(usage)
  const output = usage.output ?? 0
  const tier = tierFor('gemini', TIERS, usage, notes)
  return {
    promptTokenCount: prompt,
    ...(usage.cacheRead !== undefined && { cachedContentTokenCount: usage.cacheRead }),
    candidatesTokenCount: Math.max(0, output - (usage.reasoning ?? 0)),
    ...(usage.reasoning !== undefined && { thoughtsTokenCount: usage.reasoning }),
    totalTokenCount: prompt + output,
    ...(usage.inputAudio && { promptTokensDetails: ofSound(usage.inputAudio) }),
    ...(usage.outputAudio && { candidatesTokensDetails: ofSound(usage.outputAudio) }),
    ...(tier !== undefined && { serviceTier: tier }),
  }
}
