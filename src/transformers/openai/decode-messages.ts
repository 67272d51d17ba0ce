/**
 * The conversation of a request, read.
 *
 * @module
 */
import type { Message, Part, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import { isObject, optional, readArray, readObject, readString, reject, restOf, type JsonObject, lookUp } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { decodeContent, mergeExtra, nullsOf } from './decode-parts.ts'
import { decodeHistory, REASONING_FIELDS } from './history.ts'
import { decodeEarlierImages } from './images.ts'
import { isSealed, readSignature } from './signature.ts'
import { keep } from './wire.ts'

const ROLES: Record<string, (message: JsonObject, at: string, legacy: LegacyCalls) => Message> = {
  system: (message, at) => plainMessage('system', message, at),
  developer: (message, at) => plainMessage('developer', message, at),
  user: (message, at) => plainMessage('user', message, at),
  assistant: assistantMessage,
  tool: toolMessage,
  function: functionMessage,
}

export function decodeMessages(value: unknown): Message[] {
  const legacy = legacyCalls()
  return mapped(readArray(value, '/messages'), (item, i) => {
    const at = `/messages/${i}`
    const message = readObject(item, at)
    const read = lookUp(ROLES, readString(message.role, at, 'role'))
    return read ? read(message, at, legacy) : reject(`${at}/role`, `one of ${Object.keys(ROLES).join(', ')}`, message.role)
  })
}

function plainMessage(role: 'system' | 'developer' | 'user', message: JsonObject, at: string): Message {
  const { parts, bare } = message.content === null ? { parts: [], bare: false } : decodeContent(message.content, `${at}/content`)
  const read: Message = { role, parts, at }
  addName(read, message, at)
  if (bare) read.bare = true
  return keep(read, restOf(message, PLAIN), nullsOf(message))
}
const PLAIN = new Set(['role', 'content', 'name'])

function addName(read: { name?: string }, message: JsonObject, at: string): void {
  const name = optional(readString, message.name, at, 'name')
  if (name !== undefined) read.name = name
}

function assistantMessage(message: JsonObject, at: string, legacy: LegacyCalls): Message {
  const spelling: JsonObject = nullsOf(message) ?? {}
  const history = decodeHistory(message, at)
  if (history.spelling) Object.assign(spelling, history.spelling)
  const parts: Part[] = history.parts.slice()
  let bare = false
  if (typeof message.content === 'string' ? message.content : message.content !== null && message.content !== undefined) {
    const content = decodeContent(message.content, `${at}/content`)
    parts.push(...content.parts)
    bare = content.bare
    if (!content.parts.length) spelling.content = message.content
  } else if (message.content !== null) spelling.content = message.content
  const refusal = optional(readString, message.refusal, at, 'refusal')
  if (refusal) {
    parts.push({ type: 'refusal', text: refusal, at: `${at}/refusal`, spelling: { openai: { field: true } } })
  } else if (message.refusal !== undefined) spelling.refusal = message.refusal
  const images = decodeEarlierImages(message.images, `${at}/images`)
  if (images) {
    parts.push(...images.parts)
    spelling.images = images.own
  }
  const calls = optional(readArray, message.tool_calls, at, 'tool_calls')
  if (calls?.length === 0) spelling.tool_calls = calls
  calls?.forEach((call, i) => parts.push(toolCall(call, `${at}/tool_calls/${i}`)))
  if (isObject(message.function_call)) parts.push(legacy.call(message.function_call, `${at}/function_call`))
  const signed = signText(message, parts)
  if (signed) spelling.extra_content = signed
  const extra = mergeExtras(restOf(message, images ? DRAWING : ASSISTANT), history.extra)
  const read: Message = { role: 'assistant', parts, at }
  addName(read, message, at)
  if (bare) read.bare = true
  return keep(read, extra, spelling)
}
const ASSISTANT = new Set(['role', 'content', 'name', 'refusal', 'tool_calls', 'function_call', 'extra_content', ...REASONING_FIELDS])
const DRAWING = new Set([...ASSISTANT, 'images'])

const mergeExtras = (one: JsonObject | undefined, other: JsonObject | undefined) => (one && other ? { ...one, ...other } : (one ?? other))

function toolCall(value: unknown, at: string): ToolCallPart {
  const call = readObject(value, at)
  const type = optional(readString, call.type, at, 'type') ?? 'function'
  if (type !== 'function' && type !== 'custom') reject(`${at}/type`, '"function" or "custom"', type)
  const custom = type === 'custom'
  const field = custom ? 'custom' : 'function'
  const inner = readObject(call[field], at, field)
  const spelling: JsonObject = nullsOf(call) ?? {}
  if (call.type === undefined) spelling.type = undefined
  if (typeof call.id !== 'string') spelling.id = call.id
  const id = optional(readString, call.id, at, 'id') ?? ''
  const part: ToolCallPart = { type: 'tool-call', id, name: readString(inner.name, `${at}/${field}`, 'name'), at }
  if (custom) {
    part.custom = true
    part.wireNames = CUSTOM_CALL
  }
  const args = custom ? inner.input : inner.arguments
  if (typeof args === 'string') part.json = args
  else if (isObject(args)) part.input = args
  else if (args !== undefined && args !== null) reject(`${at}/${field}/arguments`, 'a string of JSON', args)
  if (typeof args !== 'string' || !args) spelling[field] = inner
  const { opaque, rest } = readSignature(call.extra_content)
  if (opaque) part.opaque = opaque
  if (opaque && !isSealed(call.extra_content)) spelling.extra_content = call.extra_content
  const extra = mergeExtra(mergeExtra(restOf(call, CALL), field, restOf(inner, INNER)), 'extra_content', rest)
  return keep(part, extra, spelling)
}
const CALL = new Set(['id', 'type', 'function', 'custom', 'extra_content'])
const INNER = new Set(['name', 'arguments', 'input'])
const CUSTOM_CALL = { input: 'custom/input', json: 'custom/input', name: 'custom/name' }

/** A signature beside the message belongs to its text. Returns it where the wire has to get it back as it was. */
function signText(message: JsonObject, parts: Part[]): unknown {
  if (message.extra_content === undefined) return undefined
  const { opaque } = readSignature(message.extra_content)
  const text = parts.findLast((part): part is TextPart => part.type === 'text')
  if (opaque && text) text.opaque = opaque
  return isSealed(message.extra_content) ? undefined : message.extra_content
}

function toolMessage(message: JsonObject, at: string): Message {
  const { parts, bare } =
    message.content === null || message.content === undefined ? NOTHING : decodeContent(message.content, `${at}/content`)
  const nulls = nullsOf(message)
  const spelling = message.content === undefined ? { ...nulls, content: undefined } : nulls
  const result: ToolResultPart = { type: 'tool-result', callId: readString(message.tool_call_id, at, 'tool_call_id'), parts, at }
  addName(result, message, at)
  if (bare) result.bare = true
  return { role: 'tool', parts: [keep(result, restOf(message, TOOL), spelling)], at }
}
const TOOL = new Set(['role', 'content', 'tool_call_id', 'name'])
const NOTHING: { parts: Part[]; bare: boolean } = { parts: [], bare: false }

function functionMessage(message: JsonObject, at: string, legacy: LegacyCalls): Message {
  const name = readString(message.name, `${at}/name`)
  const { parts, bare } = message.content === null ? NOTHING : decodeContent(message.content, `${at}/content`)
  const result: ToolResultPart = { type: 'tool-result', callId: legacy.answered(name), name, parts, at, ...(bare && { bare }) }
  return { role: 'tool', parts: [keep(result, restOf(message, PLAIN), { ...nullsOf(message), role: 'function' })], at }
}

/** Calls of the time before tools have no ids: a result belongs to the latest call of its name. */
interface LegacyCalls {
  call(value: JsonObject, at: string): ToolCallPart
  answered(name: string): string
}
function legacyCalls(): LegacyCalls {
  const latest = new Map<string, string>()
  let count = 0
  return {
    call(value, at) {
      const name = readString(value.name, `${at}/name`)
      const id = `call_function_${++count}`
      latest.set(name, id)
      return {
        type: 'tool-call',
        id,
        name,
        json: optional(readString, value.arguments, `${at}/arguments`) ?? '',
        at,
        wireNames: LEGACY_CALL,
        spelling: { openai: { function_call: value } },
      }
    },
    answered: (name) => latest.get(name) ?? `call_function_${name}`,
  }
}
const LEGACY_CALL = { input: 'arguments', json: 'arguments', name: 'name' }
