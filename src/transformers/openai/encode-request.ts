/**
 * A request, written for an upstream.
 *
 * @module
 */
import type { CacheMark, ChatRequest, Message, OutputFormat } from '../../core/chat.ts'
import { assemble, objectOf, type JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { OPENAI_TIERS } from '../../core/service-tier.ts'
import { strictFormat } from '../../core/strict-schema.ts'
import { fitUser } from '../../core/user-id.ts'
import { encodeMessages } from './encode-messages.ts'
import { encodeReasoning } from './encode-reasoning.ts'
import { encodeTools } from './encode-tools.ts'
import { spelled } from './wire.ts'
import { mergeInto, put, writingFor, type Writing } from './writing.ts'

export function encodeRequest(chat: ChatRequest, context: AskContext): JsonObject {
  const writing = writingFor(chat, context)
  // A literal here is inlined into `translate`, where V8 takes it for as old as the exchange that it is kept in: all that it named was then
  // copied by the collector though it had been let go of, 200 KB for each request of 149 KB.
  const body = assemble({ model: context.model, messages: encodeMessages(withCache(chat, writing), writing) })
  if (writing.faithful) return encodeAsSaid(body, chat, writing)
  encodeTools(body, chat, writing)
  if (chat.format) encodeFormat(body, chat.format, writing)
  encodeLimits(body, chat, writing)
  encodeSampling(body, chat, writing)
  encodeReasoning(body, chat, writing)
  encodeAccount(body, chat, writing)
  encodePrefill(body, chat, writing)
  mergeInto(body, writing.dialect.body)
  if (chat.stream) {
    body.stream = true
    // Usage is told on request only, and what comes after an answer depends on it.
    if (!writing.refusal('stream_options')) body.stream_options = { include_usage: true }
  }
  return body
}

/** The client spoke this protocol: every field as it was. */
function encodeAsSaid(body: JsonObject, chat: ChatRequest, writing: Writing): JsonObject {
  const said = spelled(chat) ?? {}
  if (!('functions' in said)) encodeTools(body, chat, writing)
  if (chat.format) encodeFormat(body, chat.format, writing)
  if (chat.stop) body.stop = chat.stop
  encodeSampling(body, chat, writing)
  // what stands nowhere in the client's request was set by somebody in between
  if (chat.reasoning && chat.reasoning.at === undefined) encodeReasoning(body, chat, writing)
  else if (chat.reasoning?.effort && !('reasoning' in said) && !('thinking' in said)) body.reasoning_effort = chat.reasoning.effort
  if (!('max_completion_tokens' in said) && !('max_tokens' in said)) encodeMaxTokens(body, chat, writing)
  if (chat.serviceTier && !('service_tier' in said)) body.service_tier = OPENAI_TIERS[chat.serviceTier]
  if (chat.cacheKey !== undefined) body.prompt_cache_key = chat.cacheKey
  if (chat.metadata) body.metadata = chat.metadata
  if (chat.stream) body.stream = true
  return { ...body, ...chat.extra?.openai, ...said }
}

/** A mark on the whole request says: cache as far as possible. It becomes one on the last message. */
function withCache(chat: ChatRequest, { faithful, dialect, notes }: Writing): ChatRequest {
  if (!chat.cache || faithful) return chat
  if (dialect.cacheMarks === 'cache_control') return { ...chat, messages: markLast(chat.messages, chat.cache) }
  notes.dropped(chat, 'cache', 'this provider caches by itself')
  return chat
}

function markLast(messages: Message[], cache: CacheMark): Message[] {
  const place = messages.findLastIndex((message) => message.parts.some((part) => part.type === 'text' || part.type === 'tool-result'))
  return messages.map((message, i) => {
    if (i !== place) return message
    const last = message.parts.findLastIndex((part) => part.type === 'text' || part.type === 'tool-result')
    return {
      ...message,
      parts: message.parts.map((part, k) => (k === last && !('cache' in part && part.cache) ? { ...part, cache } : part)),
    }
  })
}

function encodeFormat(body: JsonObject, format: OutputFormat, writing: Writing): void {
  const { dialect, faithful, notes } = writing
  const formats = dialect.formats ?? ['json', 'schema']
  const object = { type: 'json_object', ...format.extra?.openai }
  if (format.type === 'json') {
    if (formats.includes('json')) body.response_format = object
    else if (formats.includes('schema')) {
      notes.approximated(format, undefined, 'any object is asked for by a schema')
      body.response_format = { type: 'json_schema', json_schema: { name: 'object', schema: { type: 'object' } } }
    } else instruct(body, format, 'Answer with a JSON object and nothing else.', writing)
    return
  }
  if (!formats.includes('schema')) {
    instruct(body, format, `Answer with JSON that fits this JSON Schema, and nothing else:\n${JSON.stringify(format.schema)}`, writing)
    if (formats.includes('json')) body.response_format = object
    return
  }
  const { json_schema: more } = format.extra?.openai ?? {}
  const asked: JsonObject = { name: format.name ?? 'answer', schema: format.schema }
  if (format.description !== undefined) asked.description = format.description
  const strict = faithful ? format.strict : dialect.strict === false ? undefined : strictFormat(format, notes)
  if (strict !== undefined) asked.strict = strict
  if (format.name === undefined && !faithful) notes.invented('/response_format/json_schema/name', 'a schema needs a name here')
  body.response_format = { type: 'json_schema', json_schema: { ...asked, ...objectOf(more), ...objectOf(spelled(format)?.json_schema) } }
}

/** What the provider cannot be told by a field is told by words. */
function instruct(body: JsonObject, format: OutputFormat, words: string, { notes, facts }: Writing): void {
  notes.approximated(format, undefined, 'this provider takes no such format; it is asked for in words')
  const messages = body.messages as JsonObject[]
  const [first] = messages
  if (first?.role === 'system' && typeof first.content === 'string') first.content = `${first.content}\n\n${words}`
  else messages.unshift({ role: facts.systemRole ?? 'system', content: words })
}

/** OpenAI takes this many stop sequences. */
const MAX_STOPS = 4

function encodeLimits(body: JsonObject, chat: ChatRequest, writing: Writing): void {
  encodeMaxTokens(body, chat, writing)
  if (chat.stop?.length) encodeStop(body, chat.stop, chat, writing)
}

function encodeMaxTokens(body: JsonObject, chat: ChatRequest, { facts, dialect, notes }: Writing): void {
  const { maxTokens } = chat
  if (maxTokens === undefined) return
  if (maxTokens < 1) notes.approximated(chat, 'maxTokens', 'at least one token has to be asked for')
  body[facts.maxTokens ?? dialect.maxTokens ?? 'max_completion_tokens'] = Math.max(1, maxTokens)
}

/** As many stop sequences as are taken; the answer is cut at the others. */
function encodeStop(
  body: JsonObject,
  stop: string[],
  chat: ChatRequest,
  { notes, enforceStops, refusal, faithful, dialect }: Writing,
): void {
  const refused = refusal('stop')
  const taken = refused ? [] : faithful ? stop : stop.slice(0, MAX_STOPS)
  const others = stop.slice(taken.length).filter((sequence) => sequence)
  if (taken.length) body[dialect.rename?.stop ?? 'stop'] = taken
  if (!others.length) return
  const reason = refused ?? `only ${MAX_STOPS} stop sequences are taken`
  notes.approximated(chat, 'stop', `${reason}; the answer is cut where ${taken.length ? 'one of the others' : 'one'} comes`)
  enforceStops?.(others)
}

/** Neutral fields that are written one to one. */
const PLAIN = [
  ['topP', 'top_p'],
  ['seed', 'seed'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['presencePenalty', 'presence_penalty'],
  ['candidates', 'n'],
  ['verbosity', 'verbosity'],
] as const

function encodeSampling(body: JsonObject, chat: ChatRequest, writing: Writing): void {
  for (const [neutral, wire] of PLAIN) put(body, wire, chat[neutral], { object: chat, field: neutral }, writing)
  put(body, 'temperature', temperatureOf(chat, writing), { object: chat, field: 'temperature' }, writing)
  if (chat.topK !== undefined) {
    if (writing.faithful || writing.dialect.accepts?.includes('top_k')) body.top_k = chat.topK
    else writing.notes.dropped(chat, 'topK', 'this provider cannot limit sampling to the k likeliest tokens')
  }
  if (!chat.logprobs) return
  put(body, 'logprobs', true, { object: chat, field: 'logprobs' }, writing)
  const { top } = chat.logprobs
  if (top === undefined) return
  if (body.logprobs) body.top_logprobs = top
  else writing.notes.dropped(chat, 'topLogprobs', 'no probabilities are told')
}

function temperatureOf({ temperature, at }: ChatRequest, { faithful, dialect, notes, refusal }: Writing): number | undefined {
  if (temperature === undefined || faithful || refusal('temperature')) return temperature
  const [low, high] = dialect.temperature ?? [0, 2]
  const fitted = Math.min(high, Math.max(low, temperature))
  if (fitted !== temperature) notes.approximated({ at }, 'temperature', `temperatures go from ${low} to ${high} here`)
  return fitted
}

function encodeAccount(body: JsonObject, chat: ChatRequest, writing: Writing): void {
  const { dialect, notes } = writing
  put(body, 'metadata', chat.metadata, { object: chat, field: 'metadata' }, writing)
  put(body, 'prompt_cache_key', chat.cacheKey, { object: chat, field: 'cacheKey' }, writing)
  if (chat.serviceTier) {
    put(body, 'service_tier', OPENAI_TIERS[chat.serviceTier], { object: chat, field: 'serviceTier' }, writing)
    if (chat.serviceTier === 'fast' && body.service_tier) notes.approximated(chat, 'serviceTier', 'the fastest tier here is "priority"')
  }
  if (chat.user === undefined) return
  const place = dialect.user ?? { field: 'safety_identifier', max: 64 }
  if (!place) return notes.dropped(chat, 'user', 'this provider is not told about users')
  const user = fitUser(chat.user, place)
  if (user !== chat.user) notes.approximated(chat, 'user', `a user's id has at most ${place.max} characters here; a hash stands for it`)
  put(body, place.field, user, { object: chat, field: 'user' }, writing)
}

/** A last message of the assistant is the beginning of the answer, where the provider is told so. */
function encodePrefill(body: JsonObject, chat: ChatRequest, { dialect, notes }: Writing): void {
  const messages = body.messages as JsonObject[]
  const last = messages.at(-1)
  if (last?.role !== 'assistant' || last.tool_calls) return
  if (dialect.prefill) {
    Object.assign(last, dialect.prefill.message)
    Object.assign(body, dialect.prefill.body)
    return
  }
  const source = chat.messages.at(-1)
  if (source) notes.approximated(source, undefined, 'this provider answers anew rather than go on with the given beginning')
}
