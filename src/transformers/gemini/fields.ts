/**
 * The wire's names of neutral fields, and what is left of a wire object once those are read.
 *
 * @module
 */
import type { Located } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'

/** For the paths of notices. Where the wire has several names for one thing, `locate` finds the one that was used. */
export const FIELDS: Record<string, string> = {
  messages: 'contents',
  system: 'systemInstruction',
  maxTokens: 'generationConfig/maxOutputTokens',
  temperature: 'generationConfig/temperature',
  topP: 'generationConfig/topP',
  topK: 'generationConfig/topK',
  seed: 'generationConfig/seed',
  stop: 'generationConfig/stopSequences',
  frequencyPenalty: 'generationConfig/frequencyPenalty',
  presencePenalty: 'generationConfig/presencePenalty',
  candidates: 'generationConfig/candidateCount',
  logprobs: 'generationConfig/responseLogprobs',
  topLogprobs: 'generationConfig/logprobs',
  reasoning: 'generationConfig/thinkingConfig',
  format: 'generationConfig/responseSchema',
  metadata: 'labels',
  // of tools and their choice
  toolChoice: 'toolConfig/functionCallingConfig',
  parameters: 'parametersJsonSchema',
  names: 'allowedFunctionNames',
  type: 'mode',
  // of reasoning and formats
  budget: 'thinkingBudget',
  mode: 'thinkingBudget',
  effort: 'thinkingLevel',
  show: 'includeThoughts',
  schema: 'responseSchema',
  // of parts
  opaque: 'thoughtSignature',
  input: 'functionCall/args',
  json: 'functionCall/args',
  source: 'inlineData',
  blockedDomains: 'googleSearch/excludeDomains',
  // of answers
  stopReason: 'candidates/0/finishReason',
}

/** `extra` and `spelling` of a wire object: fields that are not in `known`, and known ones that are null. */
export const rest = (object: JsonObject, known: ReadonlySet<string>, spelling?: JsonObject): Pick<Located, 'extra' | 'spelling'> =>
  restIn({}, object, known, spelling)

/** The same, set on a new neutral object. */
export function restIn<T extends Located>(located: T, object: JsonObject, known: ReadonlySet<string>, spelling?: JsonObject): T {
  let extra: JsonObject | undefined
  let nulls: JsonObject | undefined
  for (const key in object) {
    if (!known.has(key)) (extra ??= {})[key] = object[key]
    else if (object[key] === null) (nulls ??= {})[key] = null
  }
  const spelled = nulls ? { ...spelling, ...nulls } : spelling
  if (extra) located.extra = { gemini: extra }
  if (spelled) located.spelling = { gemini: spelled }
  return located
}

/** What Gemini's own spelling of an object is, where it was read from Gemini's wire. */
export const spellingOf = (object: Located | undefined): JsonObject | undefined => object?.spelling?.gemini
