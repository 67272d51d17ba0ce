/**
 * `generationConfig`, read.
 *
 * @module
 */
import type { ChatRequest, Effort, Located, OutputFormat, ReasoningAsk } from '../../core/chat.ts'
import { optional, readArray, readBoolean, readNumber, readObject, readString, type JsonObject } from '../../core/json.ts'
import { rest } from './fields.ts'
import { fromOpenApi, strayOrdering } from './schema/from-openapi.ts'

type Settings = Pick<
  ChatRequest,
  'temperature' | 'topP' | 'topK' | 'seed' | 'maxTokens' | 'stop' | 'frequencyPenalty' | 'presencePenalty' | 'candidates'
> &
  Pick<ChatRequest, 'logprobs' | 'reasoning' | 'format'>

const NUMBERS: readonly [
  wire: string,
  field: 'temperature' | 'topP' | 'topK' | 'seed' | 'maxTokens' | 'frequencyPenalty' | 'presencePenalty' | 'candidates',
][] = [
  ['temperature', 'temperature'],
  ['topP', 'topP'],
  ['topK', 'topK'],
  ['seed', 'seed'],
  ['maxOutputTokens', 'maxTokens'],
  ['frequencyPenalty', 'frequencyPenalty'],
  ['presencePenalty', 'presencePenalty'],
  ['candidateCount', 'candidates'],
]
const KNOWN = new Set([
  ...NUMBERS.map(([wire]) => wire),
  'stopSequences',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
])
const THINKING = new Set(['includeThoughts', 'thinkingBudget', 'thinkingLevel'])
const EFFORTS: ReadonlySet<string> = new Set<Effort>(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** Reads the settings; fields that only Gemini knows go to `groups`. Throws a `FailureError` (400) for wrong types. */
export function decodeConfig(value: unknown, at: string, groups: Located[]): Settings {
  const config = readObject(value, at)
  const settings: Settings = {}
  for (const [wire, field] of NUMBERS) {
    const number = optional(readNumeric, config[wire], `${at}/${wire}`)
    if (number !== undefined) settings[field] = number
  }
  const stop = optional(readArray, config.stopSequences, `${at}/stopSequences`)
  if (stop) settings.stop = stop.map((text, i) => readString(text, `${at}/stopSequences/${i}`))
  const spelling: JsonObject = {}
  const odd: JsonObject = {}
  if (optional(readBoolean, config.responseLogprobs, `${at}/responseLogprobs`)) {
    const top = optional(readNumber, config.logprobs, `${at}/logprobs`)
    settings.logprobs = top === undefined ? {} : { top }
  } else {
    for (const key of ['responseLogprobs', 'logprobs']) if (config[key] !== undefined) spelling[key] = config[key]
    // without the other it says nothing
    if (config.logprobs !== undefined) odd.logprobs = config.logprobs
  }
  const reasoning = optional(decodeThinking, config.thinkingConfig, `${at}/thinkingConfig`)
  if (reasoning) settings.reasoning = reasoning
  const format = decodeFormat(config, at)
  if (format) settings.format = format
  else {
    for (const key of FORMAT) if (config[key] !== undefined) spelling[key] = config[key]
    if (isForeign(config.responseMimeType)) odd.responseMimeType = config.responseMimeType
  }
  const left = rest(config, KNOWN, spelling)
  groups.push(...strayOrdering(config.responseSchema, `${at}/responseSchema`))
  groups.push({ at, ...left, ...(Object.keys(odd).length && { extra: { gemini: { ...left.extra?.gemini, ...odd } } }) })
  return settings
}

/** Proto JSON takes numbers as text too. */
const readNumeric = (value: unknown, at: string): number =>
  typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : readNumber(value, at)

function decodeThinking(value: unknown, at: string): ReasoningAsk {
  const config = readObject(value, at)
  const show = optional(readBoolean, config.includeThoughts, `${at}/includeThoughts`)
  const budget = optional(readNumeric, config.thinkingBudget, `${at}/thinkingBudget`)
  const level = optional(readString, config.thinkingLevel, `${at}/thinkingLevel`)?.toLowerCase()
  const known = level !== undefined && EFFORTS.has(level)
  const unknown =
    level !== undefined && !known && level !== 'thinking_level_unspecified'
      ? { thinkingLevel: config.thinkingLevel }
      : known && budget !== undefined
        ? { thinkingBudget: config.thinkingBudget } // Gemini refuses both
        : undefined
  const left = rest(config, THINKING, { thinkingConfig: value })
  return {
    ...(show !== undefined && { show: show ? 'summary' : 'hidden' }),
    ...(budget === undefined || known ? {} : budget === 0 ? { mode: 'off' } : budget < 0 ? { mode: 'adaptive' } : { mode: 'on', budget }),
    ...(known && { effort: level as Effort }),
    ...(known && { wireNames: { mode: 'thinkingLevel', budget: 'thinkingLevel' } }),
    at,
    ...left,
    ...(unknown && { extra: { gemini: { ...left.extra?.gemini, ...unknown } } }),
  }
}

const FORMAT = ['responseMimeType', 'responseSchema', 'responseJsonSchema']
/** Types of answers that are neither text nor JSON: an enumeration (`text/x.enum`) is said in a schema as well. */
const isForeign = (mime: unknown): boolean => typeof mime === 'string' && mime !== 'application/json' && mime !== 'text/plain'

function decodeFormat(config: JsonObject, at: string): OutputFormat | undefined {
  const mime = optional(readString, config.responseMimeType, `${at}/responseMimeType`)
  const own = optional(readObject, config.responseSchema, `${at}/responseSchema`)
  const json = optional(readObject, config.responseJsonSchema, `${at}/responseJsonSchema`)
  const spelling: JsonObject = {}
  for (const key of FORMAT) if (config[key] !== undefined) spelling[key] = config[key]
  // of two schemas the newer counts
  const extra = { ...(isForeign(mime) && { responseMimeType: mime }), ...(json && own && { responseSchema: own }) }
  const located: Located = {
    at,
    spelling: { gemini: spelling },
    ...(json && { wireNames: { schema: 'responseJsonSchema' } }),
    ...(Object.keys(extra).length && { extra: { gemini: extra } }),
  }
  if (json) return { type: 'schema', schema: json, ...located }
  if (own) return { type: 'schema', schema: fromOpenApi(own), ...located }
  return mime === 'application/json' ? { type: 'json', ...located } : undefined
}
