/**
 * The items of a conversation, read: those of a request's `input` and those of an answer's `output` are the same.
 *
 * @module
 */
import type { MediaPart, Message, NativePart, Part, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { fieldName, isObject, pointer, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { answeredTool, calledTool, clientCallInput, clientOutputText, type ClientTool } from './client-tools.ts'
import { decodeContentPart } from './content.ts'
import { flatName } from './decode-tools.ts'
import { nativeRole, nativeText, searchedIn } from './native-items.ts'
import { decodeReasoning } from './reasoning.ts'
import { GENERATED, keep, keepIn, OWN, spellingOf, type Readers, type Spelling } from './wire.ts'

const MESSAGE = new Set(['type', 'role', 'content'])
const CALL = new Set(['type', 'call_id', 'name', 'namespace', 'arguments', 'input'])
const CUSTOM_NAMES = { input: 'input', json: 'input' }
const RESULT = new Set(['type', 'call_id', 'output'])
const ROLES: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant'])

/** Reads one item into a message of its own. */
export function decodeItem(item: JsonObject, at: string, read: Readers): Message {
  const type = item.type ?? (item.role === undefined ? undefined : 'message')
  switch (type) {
    case 'message':
      return decodeMessage(item, at, read)
    case 'function_call':
    case 'custom_tool_call':
      return { role: 'assistant', parts: [decodeCall(item, at, read)] }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return { role: 'tool', parts: [decodeResult(item, at, read)] }
    case 'reasoning':
      return { role: 'assistant', parts: [decodeReasoning(item, at, read)] }
    case undefined:
      if (typeof item.id === 'string') return { role: 'user', parts: [native(item, at)] }
      return fail({
        kind: 'invalid-request',
        message: `${fieldName(at)}: an input item needs a type, or a role and content.`,
        param: fieldName(at),
      })
    default:
      return decodeOther(item, read.string(type, at, 'type'), at)
  }
}

function decodeMessage(item: JsonObject, at: string, read: Readers): Message {
  const role = read.string(item.role, at, 'role')
  if (!ROLES.has(role))
    fail({
      kind: 'invalid-request',
      message: `${fieldName(at)}: unknown role "${role}". Use user, assistant, system or developer.`,
      param: fieldName(at),
    })
  const { content } = item
  const bare = typeof content === 'string'
  const place = `${at}/content`
  const parts: Part[] = bare
    ? [{ type: 'text', text: content, at: place }]
    : mapped(read.array(content ?? (role === 'assistant' ? [] : content), place), (part, i) =>
        decodeContentPart(part, `${place}/${i}`, read),
      )
  const wrapper: Spelling = { item }
  if (bare) wrapper.bare = 'content'
  if (Array.isArray(content) && content.length === 0) wrapper.hollow = true
  // An assistant's messages are merged later: each part remembers the message it stood in.
  if (role === 'assistant')
    for (const part of parts) keepIn(part, undefined, part.spelling ? Object.assign({}, spellingOf(part), wrapper) : wrapper)
  const message: Message = { role: role as Message['role'], parts, at }
  if (bare) message.bare = true
  return keepIn(message, restOf(item, MESSAGE), wrapper)
}

function decodeCall(item: JsonObject, at: string, read: Readers): ToolCallPart {
  const custom = item.type === 'custom_tool_call'
  const field = custom ? 'input' : 'arguments'
  const name = read.string(item.name, at, 'name')
  const namespace = stringOf(item.namespace)
  const json = read.string(item[field] ?? '', at, field)
  const fields: JsonObject = {}
  if (item.namespace !== undefined) Object.assign(fields, { name, namespace: item.namespace })
  if (!json) fields[field] = item[field]
  const id = read.string(item.call_id ?? item.id ?? '', at, 'call_id')
  const call: ToolCallPart = { type: 'tool-call', id, name: flatName(name, namespace), json, at }
  if (custom) {
    call.custom = true
    call.wireNames = CUSTOM_NAMES
  }
  return keepIn(call, restOf(item, CALL), { fields })
}

function decodeResult(item: JsonObject, at: string, read: Readers): ToolResultPart {
  const place = pointer(at, 'output')
  const bare = typeof item.output === 'string'
  let fields: JsonObject | undefined
  if (typeof item.call_id !== 'string') fields = { call_id: item.call_id }
  if (Array.isArray(item.output) && !item.output.length) fields = { ...fields, output: [] }
  const result: ToolResultPart = {
    type: 'tool-result',
    // A result without a call's id is an orphan: it becomes text when the turns are arranged.
    callId: stringOf(item.call_id) ?? '',
    parts: bare
      ? [{ type: 'text', text: item.output as string, at: place }]
      : mapped(read.array(item.output, place), (part, i) => decodeContentPart(part, `${place}/${i}`, read)),
    at,
  }
  if (bare) result.bare = true
  if (item.type === 'custom_tool_call_output') result.custom = true
  return keepIn(result, restOf(item, RESULT), fields && { fields })
}

const CLIENT_ITEM = new Set(['type', 'call_id', 'action', 'operation', 'arguments', 'output', 'execution', 'tools'])

function decodeOther(item: JsonObject, type: string, at: string): Message {
  const called = calledTool(item)
  const answered = answeredTool(item)
  const image = generatedImage(item, at)
  if (image) return { role: 'assistant', parts: [image] }
  if (called) return { role: 'assistant', parts: [clientCall(called, item, at)] }
  if (answered) return { role: 'tool', parts: [clientResult(answered, item, at)] }
  return { role: nativeRole(type), parts: [native(item, at)] }
}

/** An image that the model made; `undefined` for other items, and where it is not told. */
export function generatedImage(item: JsonObject, at: string): MediaPart | undefined {
  if (item.type !== GENERATED || typeof item.result !== 'string' || !item.result) return undefined
  const format = stringOf(item.output_format) ?? 'png'
  return {
    type: 'image',
    source: { type: 'data', data: item.result },
    mediaType: `image/${format}`,
    at,
    ...keep(restOf(item, IMAGE), { item }),
  }
}
const IMAGE = new Set(['type', 'result', 'output_format'])

const idOf = (item: JsonObject): string => stringOf(item.call_id) ?? stringOf(item.id) ?? ''

const clientCall = (tool: ClientTool, item: JsonObject, at: string): ToolCallPart => ({
  type: 'tool-call',
  id: idOf(item),
  name: tool.type,
  input: clientCallInput(tool, item),
  at,
  ...keep({ ...restOf(item, CLIENT_ITEM), ...oddAction(tool, item) }, { item }),
})

/** A local shell's action is always `exec`, which is not worth a word to others; any other would be. */
const oddAction = (tool: ClientTool, { action }: JsonObject): JsonObject =>
  tool.type === 'local_shell' && isObject(action) && action.type !== undefined && action.type !== 'exec'
    ? { action: { type: action.type } }
    : {}

function clientResult(tool: ClientTool, item: JsonObject, at: string): ToolResultPart {
  const text = clientOutputText(tool, item)
  return {
    type: 'tool-result',
    callId: idOf(item),
    parts: [{ type: 'text', text, at }],
    bare: true,
    at,
    ...keep(restOf(item, CLIENT_ITEM), { item }),
  }
}

/** An item that others do not have. */
export function native(item: JsonObject, at: string): NativePart {
  const text = nativeText(item)
  const searched = searchedIn(item)
  return { type: 'native', protocol: OWN, value: item, at, ...(text !== undefined && { text }), ...(searched && { searched }) }
}
