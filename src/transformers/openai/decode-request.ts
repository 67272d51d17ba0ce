/**
 * A client's request, read.
 *
 * @module
 */
import type { ChatRequest, Located, OutputFormat } from '../../core/chat.ts'
import {
  isObject,
  optional,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
  reject,
  restOf,
  type JsonObject,
} from '../../core/json.ts'
import { tierAsked } from '../../core/service-tier.ts'
import { decodeMessages } from './decode-messages.ts'
import { nullsOf } from './decode-parts.ts'
import { decodeReasoning, REASONING_ASKS } from './decode-reasoning.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { keep } from './wire.ts'

/**
 * System messages stay where they are: `system` is left empty, and encoders of protocols with a field of their own for
 * instructions take the leading run.
 */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, '')
  const spelling: JsonObject = { ...nullsOf(body) }
  const groups: Located[] = []
  const names: Record<string, string> = {}
  const chat: ChatRequest = {
    stream: optional(readBoolean, body.stream, '/stream') ?? false,
    system: [],
    messages: decodeMessages(body.messages),
    tools: decodeTools(body),
    at: '',
    wireNames: names,
    groups,
  }
  if (body.stream === false) spelling.stream = false
  const model = optional(readString, body.model, '/model')
  if (model !== undefined) chat.model = model
  const extra: JsonObject = { ...restOf(body, KNOWN) }
  readPlain(chat, body)
  readLimits(chat, body, { spelling, extra, names })
  readStreamOptions(chat, body, spelling, groups)
  readUser(chat, body, { spelling, extra, names })
  readCache(chat, body, { spelling, extra, names, groups })

  const { choice, spelling: chosen } = decodeToolChoice(body)
  if (choice) chat.toolChoice = choice
  const format = decodeFormat(body.response_format)
  if (format) chat.format = format
  else if (body.response_format !== undefined) spelling.response_format = body.response_format
  const reasoning = decodeReasoning(body)
  if (reasoning.ask) chat.reasoning = reasoning.ask
  groups.push(...reasoning.groups)
  Object.assign(spelling, chosen, reasoning.spelling)
  Object.assign(extra, reasoning.extra)
  if (body.functions !== undefined) spelling.functions = body.functions
  if (Array.isArray(body.tools) && !body.tools.length) spelling.tools = body.tools

  keep(chat, Object.keys(extra).length ? extra : undefined)
  // Set even where it is empty: it tells the encoder that the client spoke this very protocol.
  chat.spelling = { openai: spelling }
  return chat
}

/** Fields that are read one to one: the wire's name, the neutral one, and what they must be. */
const PLAIN = [
  ['temperature', 'temperature', readNumber],
  ['top_p', 'topP', readNumber],
  ['top_k', 'topK', readNumber],
  ['seed', 'seed', readNumber],
  ['frequency_penalty', 'frequencyPenalty', readNumber],
  ['presence_penalty', 'presencePenalty', readNumber],
  ['n', 'candidates', readNumber],
  ['parallel_tool_calls', 'parallelToolCalls', readBoolean],
  ['verbosity', 'verbosity', readString],
  ['prompt_cache_key', 'cacheKey', readString],
] as const

const KNOWN: ReadonlySet<string> = new Set([
  ...PLAIN.map(([wire]) => wire),
  ...REASONING_ASKS,
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'web_search_options',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'response_format',
  'user',
  'safety_identifier',
  'service_tier',
  'metadata',
  'logprobs',
  'top_logprobs',
  'cache_control',
  'prompt_cache_options',
])

interface Sink {
  spelling: JsonObject
  extra: JsonObject
  names: Record<string, string>
}

function readPlain(chat: ChatRequest, body: JsonObject): void {
  const target = chat as unknown as JsonObject
  for (const [wire, neutral, read] of PLAIN) {
    const value = optional<number | boolean | string>(read, body[wire], `/${wire}`)
    if (value !== undefined) target[neutral] = value
  }
}

function readLimits(chat: ChatRequest, body: JsonObject, { spelling, extra, names }: Sink): void {
  const limit = optional(readNumber, body.max_completion_tokens, '/max_completion_tokens')
  const older = optional(readNumber, body.max_tokens, '/max_tokens')
  const max = limit ?? older
  if (max !== undefined) {
    chat.maxTokens = max
    names.maxTokens = limit === undefined ? 'max_tokens' : 'max_completion_tokens'
    spelling[names.maxTokens] = max
    if (limit !== undefined && older !== undefined) extra.max_tokens = older
  }
  if (typeof body.stop === 'string') {
    chat.stop = [body.stop]
    spelling.stop = body.stop
  } else if (body.stop !== undefined && body.stop !== null)
    chat.stop = readArray(body.stop, '/stop').map((word, i) => readString(word, `/stop/${i}`))
  const logprobs = optional(readBoolean, body.logprobs, '/logprobs')
  const top = optional(readNumber, body.top_logprobs, '/top_logprobs')
  if (logprobs) chat.logprobs = top === undefined ? {} : { top }
  else {
    if (logprobs === false) spelling.logprobs = false
    if (top !== undefined) extra.top_logprobs = top
  }
  readTier(chat, body, { spelling, extra, names })
  const metadata = body.metadata
  if (isObject(metadata) && Object.values(metadata).every((word) => typeof word === 'string'))
    chat.metadata = metadata as Record<string, string>
  else if (metadata !== undefined && metadata !== null) extra.metadata = metadata
}

function readTier(chat: ChatRequest, body: JsonObject, { spelling, extra }: Sink): void {
  const tier = optional(readString, body.service_tier, '/service_tier')
  if (tier === undefined) return
  const known = tierAsked(tier)
  if (known) {
    chat.serviceTier = known
    spelling.service_tier = tier
  } else extra.service_tier = tier
}

function readStreamOptions(chat: ChatRequest, body: JsonObject, spelling: JsonObject, groups: Located[]): void {
  const options = optional(readObject, body.stream_options, '/stream_options')
  if (!options) return
  spelling.stream_options = options
  if (options.include_usage === true) chat.includeUsage = true
  const rest = restOf(options, USAGE)
  if (rest) groups.push({ at: '/stream_options', extra: { openai: rest } })
}
const USAGE = new Set(['include_usage'])

function readUser(chat: ChatRequest, body: JsonObject, { spelling, extra, names }: Sink): void {
  const safety = optional(readString, body.safety_identifier, '/safety_identifier')
  const user = optional(readString, body.user, '/user')
  const said = safety ?? user
  if (said === undefined) return
  chat.user = said
  names.user = safety === undefined ? 'user' : 'safety_identifier'
  spelling[names.user] = said
  if (safety !== undefined && user !== undefined) extra.user = user
}

/** A mark on the whole request: Claude's, as some providers take it over, or OpenAI's implicit mode. */
function readCache(chat: ChatRequest, body: JsonObject, { spelling, extra, names, groups }: Sink & { groups: Located[] }): void {
  const control = optional(readObject, body.cache_control, '/cache_control')
  const options = optional(readObject, body.prompt_cache_options, '/prompt_cache_options')
  const implicit = options?.mode === 'implicit'
  const mark = control ?? (implicit ? options : undefined)
  if (mark) {
    chat.cache = typeof mark.ttl === 'string' ? { ttl: mark.ttl } : {}
    names.cache = control ? 'cache_control' : 'prompt_cache_options'
    spelling[names.cache] = mark
    const rest = restOf(mark, control ? CONTROL : OPTIONS)
    if (rest) groups.push({ at: `/${names.cache}`, extra: { openai: rest } })
  }
  if (options && mark !== options) extra.prompt_cache_options = options
}
const CONTROL = new Set(['type', 'ttl'])
const OPTIONS = new Set(['mode', 'ttl'])

/** `undefined` for free text. */
function decodeFormat(value: unknown): OutputFormat | undefined {
  const at = '/response_format'
  const format = optional(readObject, value, at)
  if (!format || format.type === 'text') return undefined
  if (format.type === 'json_object') return keep<OutputFormat>({ type: 'json', at }, restOf(format, TYPE))
  if (format.type !== 'json_schema') return reject(`${at}/type`, 'one of text, json_object, json_schema', format.type)
  const asked = readObject(format.json_schema, `${at}/json_schema`)
  const name = optional(readString, asked.name, `${at}/json_schema/name`)
  const description = optional(readString, asked.description, `${at}/json_schema/description`)
  const strict = optional(readBoolean, asked.strict, `${at}/json_schema/strict`)
  const rest = restOf(asked, SCHEMA)
  const read: OutputFormat = {
    type: 'schema',
    schema: optional(readObject, asked.schema, `${at}/json_schema/schema`) ?? {},
    at,
    wireNames: FORMAT,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  }
  const nulls = nullsOf(asked)
  return keep(read, rest ? { json_schema: rest } : undefined, {
    ...(nulls && { json_schema: nulls }),
    ...(asked.schema === undefined && { json_schema: { ...nulls, schema: undefined } }),
  })
}
const TYPE = new Set(['type'])
const SCHEMA = new Set(['name', 'description', 'schema', 'strict'])
const FORMAT = {
  schema: 'json_schema/schema',
  name: 'json_schema/name',
  description: 'json_schema/description',
  strict: 'json_schema/strict',
}
