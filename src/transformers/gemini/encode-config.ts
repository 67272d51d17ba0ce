/**
 * `generationConfig`, written.
 *
 * @module
 */
import type { ChatRequest, OutputFormat } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { spellingOf } from './fields.ts'
import { takesFormat } from './format-in-words.ts'
import type { ModelTraits } from './models.ts'
import { toJsonSchema } from './schema/to-json-schema.ts'
import { toOpenApi } from './schema/to-openapi.ts'
import { encodeThinking } from './thinking.ts'

/** @see https://ai.google.dev/api/generate-content#generationconfig */
const MAX_STOPS = 5

/** The settings; `undefined` where there are none. */
export function encodeConfig(chat: ChatRequest, traits: ModelTraits, context: AskContext): JsonObject | undefined {
  const { notes, dialect } = context
  const group = chat.groups?.find(({ at }) => at?.match(/\/generation_?config$/i))
  const own = spellingOf(chat) !== undefined
  const config: JsonObject = {}
  const put = (key: string, value: unknown) => {
    if (value !== undefined) config[key] = value
  }
  put('maxOutputTokens', chat.maxTokens)
  put('temperature', chat.temperature)
  put('topP', chat.topP)
  put('topK', chat.topK)
  put('seed', chat.seed)
  put('stopSequences', own ? chat.stop : stopsFor(chat, context))
  // the Gemini API refuses penalties for its newer models, Vertex takes them
  const penalties = own || dialect.name === 'vertex' || traits.generation < 2.5
  for (const key of ['presencePenalty', 'frequencyPenalty'] as const) {
    if (penalties) put(key, chat[key])
    else if (chat[key] !== undefined) notes.dropped(chat, key, 'the Gemini API has no penalties for this model')
  }
  if (own) put('candidateCount', chat.candidates)
  else if (chat.candidates !== undefined && chat.candidates !== 1)
    notes.dropped(chat, 'candidates', 'one answer is asked for: more cannot be told')
  if (chat.logprobs) {
    config.responseLogprobs = true
    put('logprobs', chat.logprobs.top)
  }
  if (chat.reasoning) put('thinkingConfig', spellingOf(chat.reasoning)?.thinkingConfig ?? encodeThinking(chat.reasoning, traits, notes))
  if (chat.format) Object.assign(config, formatOf(chat.format, chat, traits, context))
  Object.assign(config, group?.extra?.gemini, spellingOf(group))
  return group || Object.keys(config).length ? config : undefined
}

function stopsFor(chat: ChatRequest, { notes, enforceStops }: AskContext): string[] | undefined {
  const stops = chat.stop?.filter((text) => text)
  if (!stops?.length) return undefined
  if (stops.length > MAX_STOPS) {
    notes.approximated(chat, 'stop', `Gemini takes ${MAX_STOPS} stop sequences; the answer is cut where one of the others comes`)
    enforceStops?.(stops.slice(MAX_STOPS))
  }
  return stops.slice(0, MAX_STOPS)
}

function formatOf(format: OutputFormat, chat: ChatRequest, traits: ModelTraits, { notes, dialect }: AskContext): JsonObject {
  const spelled = spellingOf(format)
  if (spelled) return spelled
  if (!takesFormat(chat, traits)) {
    if (format.type === 'json') notes.dropped(format, undefined, 'this model takes no form of the answer beside tools')
    else notes.approximated(format, undefined, 'this model takes no form of the answer beside tools; the instructions ask for it')
    return {}
  }
  if (format.type === 'json') return { responseMimeType: 'application/json' }
  for (const key of ['name', 'description', 'strict'] as const)
    if (format[key] !== undefined) notes.dropped(format, key, 'Gemini has no such field; a schema always binds')
  const sink = { lose: (below: string, reason: string) => notes.approximated(format, 'schema', reason, below) }
  return {
    responseMimeType: 'application/json',
    ...(dialect.schemas === 'openapi'
      ? { responseSchema: toOpenApi(format.schema, sink) }
      : { responseJsonSchema: toJsonSchema(format.schema, sink) }),
  }
}
