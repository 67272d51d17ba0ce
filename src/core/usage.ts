/**
 * Token counts in one canonical form. The providers count differently; each protocol converts at its own border:
 * Claude counts cached input apart from input, OpenAI and Gemini count it in, Gemini and xAI count reasoning apart from output.
 *
 * @module
 */
import type { Located } from './chat.ts'

export interface Usage extends Located {
  /** Input tokens that were neither read from nor written to a cache. */
  input?: number
  /** Input tokens read from a cache. */
  cacheRead?: number
  /** Input tokens written to a cache, of any lifetime. */
  cacheWrite?: number
  /** The part of `cacheWrite` that lives longer than the provider's default (Claude's 1 h). */
  cacheWriteLong?: number
  /** Output tokens, reasoning included. */
  output?: number
  /** The part of `output` spent on reasoning. */
  reasoning?: number
  /** The parts of input and output that were sound. */
  inputAudio?: number
  outputAudio?: number
  /** Calls of tools that the provider runs itself and bills by the call, such as searches of the web. */
  serverToolCalls?: number
  /** Pages that the provider fetched itself: they are billed by their tokens alone. */
  pageFetches?: number
  /** What the answer is billed as, where the provider tells: `priority`, `flex`, `batch`. */
  serviceTier?: string
  /** The counts are this library's guess: the provider told none. */
  estimated?: boolean
}

/** All input tokens, cached or not. */
export const totalInput = (usage: Usage): number => (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0)

/** `later` over `earlier`: fields that a later snapshot leaves out keep their value. */
export function mergeUsage(earlier: Usage | undefined, later: Usage | undefined): Usage | undefined {
  if (!earlier || !later) return later ?? earlier
  const merged: Usage = { ...earlier }
  for (const [key, value] of Object.entries(later)) if (value !== undefined) (merged as Record<string, unknown>)[key] = value
  return merged
}

const COUNTS = [
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWriteLong',
  'output',
  'reasoning',
  'inputAudio',
  'outputAudio',
  'serverToolCalls',
  'pageFetches',
] as const

/** What two answers used together, in no wire's own words. A count that only one of them tells is that one's. */
export function addUsage(first: Usage, second: Usage): Usage {
  const sum: Usage = { spelling: {}, extra: {} }
  for (const key of COUNTS) if (first[key] !== undefined || second[key] !== undefined) sum[key] = (first[key] ?? 0) + (second[key] ?? 0)
  if (first.estimated || second.estimated) sum.estimated = true
  const serviceTier = second.serviceTier ?? first.serviceTier
  if (serviceTier !== undefined) sum.serviceTier = serviceTier
  return sum
}
