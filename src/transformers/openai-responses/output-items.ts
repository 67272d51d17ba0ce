/**
 * The items of an answer as a client gets them, whole and streamed alike.
 *
 * @module
 */
import type { ChatRequest, NativePart, Part, RefusalPart, TextPart, ToolCallPart } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import { writeLogprobs } from '../../core/logprobs.ts'
import type { Notes } from '../../core/notice.ts'
import { callInput, callJson } from '../../core/tool-call.ts'
import { encodeAnnotation } from './annotations.ts'
import { clientCallFields, clientToolOf, type ClientTool } from './client-tools.ts'
import { compact, extraOf, OWN, spellingOf } from './wire.ts'

/** How a tool on offer wants to be called. */
export interface CallShape {
  type: 'function' | 'custom' | 'client'
  /** The name and namespace under which the client knows it. */
  name: string
  namespace?: unknown
  tool?: ClientTool
}

/** The shapes of the tools that the request offered, by neutral name. A tool that was not offered is called as a function. */
export function callShapes(chat: ChatRequest): (call: ToolCallPart) => CallShape {
  const shapes = new Map<string, CallShape>()
  for (const tool of chat.tools) {
    if (tool.type === 'hosted' || shapes.has(tool.name)) continue
    const { namespace, name = tool.name, tool: whole } = spellingOf(tool)
    const client = whole && clientToolOf(whole)
    shapes.set(
      tool.name,
      client
        ? { type: 'client', name, tool: client }
        : { type: tool.type, name, ...(namespace && namespace.name !== 'functions' && { namespace: namespace.name }) },
    )
  }
  return (call) => shapes.get(call.name) ?? { type: call.custom ? 'custom' : 'function', name: call.name }
}

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export const CALL_PREFIX: Record<CallShape['type'], string> = { function: 'fc_', custom: 'ctc_', client: 'tc_' }

/** A call as its item. `call.json` is its whole text. */
export function callItem(call: ToolCallPart, shape: CallShape, id: string, status: ItemStatus): JsonObject {
  const { item, fields } = spellingOf(call)
  if (item) return item
  if (call.spelling?.[OWN] && status === 'completed') return compact({ ...callFields(call, shape), ...extraOf(call), ...fields })
  return compact(extended(callFields(call, shape), { id: extraOf(call)?.id ?? id, status }))
}

function callFields(call: ToolCallPart, shape: CallShape): JsonObject {
  const common = { call_id: call.id, name: shape.name, namespace: shape.namespace }
  if (shape.type === 'client' && shape.tool) return { ...clientCallFields(shape.tool, callInput(call)), call_id: call.id }
  if (shape.type === 'custom' || call.custom) return { type: 'custom_tool_call', ...common, input: customText(call) }
  return { type: 'function_call', ...common, arguments: callJson(call) }
}

/** A custom tool's text. A provider without such tools was told to call a function with one text argument. */
export function customText(call: ToolCallPart): string {
  const json = call.json ?? (call.input === undefined ? '' : JSON.stringify(call.input))
  if (call.custom) return json
  const value = tryParse(json)
  if (typeof value === 'string') return value
  if (!isObject(value)) return json
  if (typeof value.input === 'string') return value.input
  const [only, ...more] = Object.values(value)
  return typeof only === 'string' && more.length === 0 ? only : json
}

/** Whether a call that the answer's end cut off is there as a whole nevertheless. */
export const isWholeCall = (call: ToolCallPart): boolean => call.custom !== true && tryParse(callJson(call)) !== undefined

/** A text or refusal as content of a message. */
export function contentOf(part: TextPart | RefusalPart, notes: Notes): JsonObject {
  const { fields } = spellingOf(part)
  if (part.type === 'refusal') return compact({ type: 'refusal', refusal: part.text, ...extraOf(part), ...fields })
  const annotations = (part.citations ?? []).flatMap((citation) => encodeAnnotation(citation, part.text.length, notes) ?? [])
  return compact({
    type: 'output_text',
    text: part.text,
    annotations,
    logprobs: writeLogprobs(part.logprobs ?? []),
    ...extraOf(part),
    ...fields,
  })
}

/** A message around its content. */
export function messageItem(first: Part, content: readonly unknown[], id: string, status: ItemStatus): JsonObject {
  const { item, hollow } = spellingOf(first)
  const whole = item ? { ...item, content: hollow ? [] : content } : { type: 'message', id, status, role: 'assistant', content }
  // an answer may be cut off right behind a message that was complete
  const asItWas = status === 'completed' || (status === 'incomplete' && item?.status === 'completed')
  return asItWas ? whole : extended(whole, { status })
}

/** Whether two parts are content of one message: of the same, or of none in particular. */
export const shareMessage = (one: Part, other: Part): boolean => spellingOf(one).item === spellingOf(other).item

/** A block that is an item of its own; `undefined` where this protocol has none for it. A notice tells. */
export function blockItem(part: Part, newId: (prefix: string) => string, notes: Notes): JsonObject | undefined {
  // what stood in a message is no item
  if (part.type === 'native' && part.protocol === OWN && !spellingOf(part).item) return part.value
  // the pages it found are told by the citations of the text
  if (part.type === 'native' && part.searched) {
    const [query = ''] = part.searched
    return { type: 'web_search_call', id: newId('ws_'), status: 'completed', action: { type: 'search', query, queries: part.searched } }
  }
  if (part.type === 'image') {
    const { item } = spellingOf(part)
    if (item) return item
    if (part.source.type === 'data')
      return {
        type: 'image_generation_call',
        id: newId('ig_'),
        status: 'completed',
        result: part.source.data,
        output_format: (part.mediaType ?? 'image/png').slice(6),
      }
  }
  notes.dropped(
    part,
    undefined,
    `there is no item for ${part.type === 'native' ? `this block of ${(part satisfies NativePart).protocol}` : `${part.type} in an answer`} here`,
  )
  return undefined
}
