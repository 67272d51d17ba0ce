/**
 * A client's own way to say a parameter is kept beside what it means, so that its own protocol writes it back as it was. Where a route
 * changes what it means, that has to be forgotten.
 *
 * @module
 */
import type { ChatRequest, Located } from '../../core/chat.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Parameters } from './parameters.ts'

/** What the wires of all protocols, and of providers that extend them, call each parameter. */
const WORDS: Record<keyof Parameters, readonly string[]> = {
  maxTokens: ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'],
  temperature: ['temperature'],
  topP: ['top_p', 'topP'],
  topK: ['top_k', 'topK'],
  seed: ['seed'],
  frequencyPenalty: ['frequency_penalty', 'frequencyPenalty'],
  presencePenalty: ['presence_penalty', 'presencePenalty'],
  stop: ['stop', 'stop_sequences', 'stopSequences'],
  verbosity: ['verbosity', 'text'],
  serviceTier: ['service_tier', 'serviceTier', 'speed'],
  parallelToolCalls: ['parallel_tool_calls'],
  reasoning: [
    'reasoning',
    'thinking',
    'thinkingConfig',
    'effort',
    'reasoning_effort',
    'enable_thinking',
    'thinking_budget',
    'include_reasoning',
  ],
}

/** The request without the words in which its client said these parameters; their meaning stays. */
export function unsaid(chat: ChatRequest, parameters: readonly (keyof Parameters)[]): ChatRequest {
  const words = new Set(parameters.flatMap((parameter) => WORDS[parameter]))
  const groups = chat.groups?.filter(({ at = '' }) => !words.has(at.slice(at.lastIndexOf('/') + 1)))
  return { ...forget(chat, words), ...(groups && { groups: groups.map((group) => forget(group, words)) }) }
}

/** Whether the client said a parameter in a way that only its own protocol knows: then it has no meaning here, and still it was said. */
export const isSaidApart = (chat: ChatRequest, parameter: keyof Parameters): boolean =>
  [chat, ...(chat.groups ?? [])].some(({ extra = {} }) =>
    Object.values(extra).some((fields) => WORDS[parameter].some((word) => word in fields)),
  )

function forget<T extends Located>(located: T, words: ReadonlySet<string>): T {
  const { extra, spelling } = located
  if (!extra && !spelling) return located
  return { ...located, ...(extra && { extra: eachWithout(extra, words) }), ...(spelling && { spelling: eachWithout(spelling, words) }) }
}

const eachWithout = (protocols: object, words: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(protocols).map(([protocol, fields]: [string, JsonObject]) => [protocol, without(fields, words)]))

/** Responses keeps the spelling of its fields one level deeper, beside that of its items. */
const without = (fields: JsonObject, words: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => !words.has(name))
      .map(([name, value]) => [name, name === 'fields' && isObject(value) ? without(value, words) : value]),
  )
