/**
 * A request, read.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 *
 * @module
 */
import type { ChatRequest, Effort, Located, Message, OutputFormat, ReasoningAsk, ServiceTier, Tool } from '../../core/chat.ts'
import { fail, type Failure } from '../../core/failure.ts'
import {
  arrayOf,
  isObject,
  optional,
  pointer,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
  reject,
  restOf,
  stringOf,
  type JsonObject,
} from '../../core/json.ts'
import { decodeItem } from './decode-items.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { returnCarried } from './reasoning.ts'
import { keep, OWN, STRICT, type Spelling } from './wire.ts'

const KNOWN = new Set([
  'model', 'input', 'instructions', 'max_output_tokens', 'temperature', 'top_p', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning',
  'text', 'prompt_cache_key', 'safety_identifier', 'user', 'metadata', 'service_tier', 'stream', 'top_logprobs',
]) // prettier-ignore

/** Reads a request body. Throws a `FailureError` (400) that names the field. */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, '')
  const fields: JsonObject = {}
  const spelling: Spelling = { fields }
  for (const key of KNOWN) if (body[key] === null && key !== 'model') fields[key] = null
  const groups: Located[] = []
  const input = readInput(body, spelling, groups)
  const listed = optional((tools, at) => decodeTools(tools, at), body.tools, '/tools')
  if (listed && listed.length === 0) fields.tools = []
  if (listed) groups.push(...namespacesOf(body.tools, '/tools'))
  const chat: ChatRequest = {
    stream: body.stream === true,
    system: [],
    messages: input.messages,
    tools: withoutRepeats([...(listed ?? []), ...input.tools]),
    at: '',
  }
  if (body.stream === false) fields.stream = false
  else optional(readBoolean, body.stream, '/stream')

  const instructions = optional(readString, body.instructions, '/instructions')
  if (instructions !== undefined) {
    chat.system.push({ type: 'text', text: instructions, at: '/instructions' })
    chat.systemBare = true
  }
  const set = <K extends keyof ChatRequest>(key: K, read: ChatRequest[K] | undefined) => {
    if (read !== undefined) chat[key] = read
  }
  set('model', optional(readString, body.model, '/model'))
  set('maxTokens', optional(readNumber, body.max_output_tokens, '/max_output_tokens'))
  set('temperature', optional(readNumber, body.temperature, '/temperature'))
  set('topP', optional(readNumber, body.top_p, '/top_p'))
  set('toolChoice', optional(decodeToolChoice, body.tool_choice, '/tool_choice'))
  set('parallelToolCalls', optional(readBoolean, body.parallel_tool_calls, '/parallel_tool_calls'))
  set('cacheKey', optional(readString, body.prompt_cache_key, '/prompt_cache_key'))
  set('reasoning', optional(decodeReasoningAsk, body.reasoning, '/reasoning'))
  const top = optional(readNumber, body.top_logprobs, '/top_logprobs')
  if (top !== undefined) chat.logprobs = { top }
  const extra = restOf(body, KNOWN) ?? {}
  readUser(body, chat, extra)
  readMetadata(body, chat, extra)
  readTier(body, chat, extra)
  readText(body, chat, groups, fields)
  if (input.updates.length) spelling.before = { reasoning: body.reasoning, text: body.text }
  for (const update of input.updates) applyUpdate(chat, update)
  set('bound', boundOf(body, chat.messages))
  if (groups.length) chat.groups = groups
  return { ...chat, ...keep(extra, spelling) }
}

interface Input {
  messages: Message[]
  /** Tools that items brought along. */
  tools: Tool[]
  updates: JsonObject[]
}

function readInput(body: JsonObject, spelling: Spelling, groups: Located[]): Input {
  const { input } = body
  if (input === undefined || input === null) {
    spelling.noInput = true
    return { messages: [], tools: [], updates: [] }
  }
  if (typeof input === 'string') {
    const message: Message = {
      role: 'user',
      bare: true,
      parts: [{ type: 'text', text: input, at: '/input' }],
      ...keep(undefined, { bare: 'input' }),
    }
    return { messages: [message], tools: [], updates: [] }
  }
  const read: Input = { messages: [], tools: [], updates: [] }
  const inserted: NonNullable<Spelling['inserted']> = []
  for (const [index, entry] of readArray(input, '/input').entries()) {
    const at = `/input/${index}`
    const item = readObject(entry, at)
    const loaded = item.type === 'additional_tools' || item.type === 'tool_search_output'
    if (loaded && Array.isArray(item.tools)) {
      read.tools.push(...decodeTools(item.tools, `${at}/tools`, true))
      groups.push(...namespacesOf(item.tools, `${at}/tools`))
    }
    if (item.type === 'additional_tools' || item.type === 'configuration_update') {
      inserted.push({ index, item })
      const { type: _type, tools: _tools, reasoning: _reasoning, text: _text, ...rest } = item
      groups.push({ at, ...keep(rest) })
      if (item.type === 'configuration_update') read.updates.push(item)
      continue
    }
    read.messages.push(decodeItem(item, at, STRICT))
  }
  if (inserted.length) spelling.inserted = inserted
  const known = read.messages.length
  read.messages = returnCarried(withoutBorrowedIds(read.messages, body.store === false))
  // An envelope that was opened is gone from the list: what stood at fixed places moves up.
  if (read.messages.length < known) for (const entry of inserted) entry.index = Math.min(entry.index, read.messages.length)
  return read
}

/**
 * The ids of items belong together with the encrypted reasoning that their provider checks them against. Where a turn's
 * reasoning came from another provider, or cannot be found because nothing is stored, its ids mean nothing any more and are refused.
 */
function withoutBorrowedIds(messages: Message[], stateless: boolean): Message[] {
  const foreign = (message: Message) =>
    message.parts.some((part) => part.type === 'reasoning' && part.opaque !== undefined && part.opaque.by !== OWN)
  if (!messages.some(foreign)) return messages
  const lost = (message: Message) =>
    foreign(message) || (stateless && message.parts.some((part) => part.type === 'reasoning' && part.opaque?.form === 'plain'))
  let start = 0
  for (let i = 0; i <= messages.length; i++) {
    if (i < messages.length && messages[i]!.role === 'assistant') continue
    const turn = messages.slice(start, i)
    if (turn.some(lost)) turn.forEach(stripIds)
    start = i + 1
  }
  return messages
}

function stripIds(message: Message): void {
  for (const part of [message, ...message.parts]) {
    const spelling = part.spelling?.[OWN] as Spelling | undefined
    if (spelling?.item && 'id' in spelling.item) {
      const { id: _id, ...item } = spelling.item
      spelling.item = item
    }
    const extra = part.extra?.[OWN]
    if (extra && part !== message) delete extra.id
  }
}

/** What is said of namespaces themselves: their tools carry only the name. */
const namespacesOf = (tools: unknown, at: string): Located[] =>
  arrayOf(tools).flatMap((tool, i) => {
    if (!isObject(tool) || tool.type !== 'namespace') return []
    const { type: _type, name: _name, tools: _tools, ...rest } = tool
    return [{ at: `${at}/${i}`, ...keep(rest) }]
  })

/** Of tools with the same name the first counts: those in `tools` come before those that items bring. */
function withoutRepeats(tools: Tool[]): Tool[] {
  const names = new Set<string>()
  return tools.filter((tool) => {
    if (tool.type === 'hosted') return true
    const repeated = names.has(tool.name) && (tool.spelling?.[OWN] as Spelling | undefined)?.additional === true
    names.add(tool.name)
    return !repeated
  })
}

function readUser(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const identifier = optional(readString, body.safety_identifier, '/safety_identifier')
  const user = optional(readString, body.user, '/user')
  if (identifier !== undefined) {
    chat.user = identifier
    if (user !== undefined) extra.user = user
  } else if (user !== undefined) {
    chat.user = user
    chat.wireNames = { ...chat.wireNames, user: 'user' }
  }
}

function readMetadata(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const metadata = optional(readObject, body.metadata, '/metadata')
  if (!metadata) return
  if (Object.values(metadata).every((value) => typeof value === 'string')) chat.metadata = metadata as Record<string, string>
  else extra.metadata = metadata
}

const TIERS: Record<string, ServiceTier> = {
  auto: 'auto',
  default: 'standard',
  flex: 'flex',
  priority: 'priority',
  fast: 'fast',
  scale: 'scale',
}

function readTier(body: JsonObject, chat: ChatRequest, extra: JsonObject): void {
  const tier = optional(readString, body.service_tier, '/service_tier')
  if (tier === undefined) return
  if (TIERS[tier]) chat.serviceTier = TIERS[tier]
  else extra.service_tier = tier
}

/** Codex says `disabled` and `ultra`. */
const EFFORTS: Record<string, Effort> = {
  none: 'none',
  disabled: 'none',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
  ultra: 'max',
}

function decodeReasoningAsk(value: unknown, at: string): ReasoningAsk {
  const ask = readObject(value, at)
  const extra: JsonObject = {}
  const fields: JsonObject = {}
  const read: ReasoningAsk = { at }
  for (const key in ask) {
    const field = ask[key]
    if (field === null) fields[key] = null
    else if (key === 'effort' && typeof field === 'string' && EFFORTS[field]) {
      read.effort = EFFORTS[field]
      if (read.effort === 'none') read.mode = 'off'
      if (read.effort !== field) fields.effort = field
    } else if (key === 'summary') {
      read.show = 'summary'
      if (field !== 'auto') extra.summary = field
    } else extra[key] = field
  }
  return { ...read, ...keep(extra, { fields }) }
}

const TEXT = new Set(['format', 'verbosity'])

function readText(body: JsonObject, chat: ChatRequest, groups: Located[], fields: JsonObject): void {
  const text = optional(readObject, body.text, '/text')
  if (!text) return
  const verbosity = optional(readString, text.verbosity, '/text/verbosity')
  if (verbosity !== undefined) chat.verbosity = verbosity
  const format = optional(decodeFormat, text.format, '/text/format')
  if (format) chat.format = format
  const rest = restOf(text, TEXT)
  if (rest) groups.push({ at: '/text', ...keep(rest) })
  // What the neutral fields do not write back by themselves.
  if (rest || text.format === null || text.verbosity === null || !format) fields.text = text
}

const FORMAT = new Set(['type', 'name', 'description', 'schema', 'strict'])

/** `undefined` for plain text. */
function decodeFormat(value: unknown, at: string): OutputFormat | undefined {
  const format = readObject(value, at)
  if (format.type === 'text') return undefined
  if (format.type === 'json_object') return { type: 'json', at, ...keep(restOf(format, FORMAT)) }
  if (format.type !== 'json_schema') return reject(pointer(at, 'type'), '"text", "json_object" or "json_schema"', format.type)
  const name = stringOf(format.name)
  const description = stringOf(format.description)
  const strict = optional(readBoolean, format.strict, pointer(at, 'strict'))
  const fields: JsonObject = {}
  for (const key of ['name', 'description', 'strict'])
    if (typeof format[key] !== 'string' && typeof format[key] !== 'boolean') fields[key] = format[key]
  return {
    type: 'schema',
    schema: readObject(format.schema, pointer(at, 'schema')),
    at,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
    ...keep(restOf(format, FORMAT), { fields }),
  }
}

/** An update amid the conversation counts as if it had stood in the request: providers without such items cannot change their settings later. */
function applyUpdate(chat: ChatRequest, update: JsonObject): void {
  if (isObject(update.reasoning)) {
    const ask = decodeReasoningAsk(update.reasoning, '')
    chat.reasoning = { ...chat.reasoning, ...ask, at: chat.reasoning?.at ?? '/reasoning', ...keptOf(chat.reasoning) }
  }
  const verbosity = isObject(update.text) ? stringOf(update.text.verbosity) : undefined
  if (verbosity !== undefined) chat.verbosity = verbosity
}

/** Only the request's own fields are written back at its top. */
const keptOf = (object: Located | undefined): Pick<Located, 'extra' | 'spelling'> => ({ extra: object?.extra, spelling: object?.spelling })

/** What this request needs that only its own provider holds; other providers must not answer without it. */
function boundOf(body: JsonObject, messages: Message[]): Failure | undefined {
  const source = { protocol: OWN, body: undefined } as const
  const previous = stringOf(body.previous_response_id)
  if (previous !== undefined && body.conversation != null)
    fail({
      kind: 'invalid-request',
      message: "Mutually exclusive parameters: use either 'previous_response_id' or 'conversation'.",
      param: 'previous_response_id',
    })
  const refused = (message: string, code: string, param: string): Failure => ({
    kind: 'not-found',
    status: 400,
    message,
    code,
    param,
    retryable: false,
    source,
  })
  if (previous !== undefined)
    return refused(`Previous response with id '${previous}' not found.`, 'previous_response_not_found', 'previous_response_id')
  const conversation = stringOf(body.conversation) ?? (isObject(body.conversation) ? stringOf(body.conversation.id) : undefined)
  if (conversation !== undefined)
    return refused(`Conversation with id '${conversation}' not found.`, 'conversation_not_found', 'conversation')
  if (isObject(body.prompt)) return refused(`Prompt with id '${stringOf(body.prompt.id) ?? ''}' not found.`, 'prompt_not_found', 'prompt')
  for (const message of messages)
    for (const part of message.parts)
      if (
        part.type === 'native' &&
        (part.value.type === 'item_reference' || part.value.type == null) &&
        part.value.role === undefined &&
        typeof part.value.id === 'string'
      )
        return refused(`Item with id '${part.value.id}' not found.`, 'item_not_found', 'input')
  return undefined
}
