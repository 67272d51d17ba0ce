/**
 * The items of a request's `input`, written.
 *
 * @module
 */
import type { Message, Part, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { callJson } from '../../core/tool-call.ts'
import { encodeAnnotation } from './annotations.ts'
import { summaryOf } from './compaction.ts'
import { encodeContentPart } from './content.ts'
import { encodeReasoning } from './reasoning.ts'
import { complete, GENERATED, OWN, spellingOf } from './wire.ts'

/** Models that tell preambles from final answers, and take preambles for final answers where `phase` is missing. */
const KNOWS_PHASE = /\bgpt-(?:5\.[4-9]|[6-9])/

export function encodeMessages(messages: Message[], context: AskContext): JsonObject[] {
  const items: JsonObject[] = []
  for (const message of messages) addMessage(items, message, context)
  return items
}

/** Adds the items of a message: what it says, and each call, result and thought by itself. */
function addMessage(items: JsonObject[], message: Message, context: AskContext): void {
  if (message.name !== undefined) context.notes.dropped(message, 'name', 'messages have no names here')
  if (message.parts.length === 0) {
    const { item, hollow } = spellingOf(message)
    if (!item) return
    // What its parts said has been taken away: none of it may come back with the item.
    const { content: _, ...rest } = item
    items.push(hollow ? { ...rest, content: [] } : rest)
    return
  }
  let content: Part[] | undefined
  const flush = () => {
    if (content) addContent(items, message, content, context)
    content = undefined
  }
  for (let index = 0; index < message.parts.length; index++) {
    const part = message.parts[index]!
    if (!isItem(part, message)) {
      // Parts of one wire message share one object; a part of another message begins a new one.
      if (message.role === 'assistant' && content && spellingOf(part).item !== spellingOf(content[0]!).item) flush()
      if (content) content.push(part)
      else content = [part]
      continue
    }
    flush()
    const item = writeItem(part, message.parts, index, context)
    if (item) items.push(item)
  }
  flush()
}

/** Whether a part is an item of its own, rather than content of a message. */
const isItem = (part: Part, message: Message): boolean =>
  part.type === 'tool-call' ||
  part.type === 'tool-result' ||
  part.type === 'reasoning' ||
  (part.type === 'image' && spellingOf(part).item?.type === GENERATED) ||
  (part.type === 'native' &&
    part.protocol === OWN &&
    !(message.at !== undefined && part.at?.startsWith(`${message.at}/`)) &&
    !spellingOf(part).item)

function writeItem(part: Part, siblings: Part[], index: number, context: AskContext): JsonObject | undefined {
  switch (part.type) {
    case 'tool-call':
      return writeCall(part, context)
    case 'tool-result':
      return writeResult(part, context)
    case 'native': {
      const summary = summaryOf(part.value)
      return summary === undefined ? part.value : { type: 'message', role: 'user', content: [{ type: 'input_text', text: summary }] }
    }
    case 'image':
      return spellingOf(part).item
    case 'reasoning': {
      // Reasoning that nothing follows is refused; that of a client of this protocol stands in a message of its own.
      if (part.opaque?.by === OWN && !part.spelling?.[OWN] && siblings.slice(index + 1).every((next) => next.type === 'reasoning')) {
        context.notes.dropped(part, undefined, 'reasoning that nothing follows is refused here')
        return undefined
      }
      return encodeReasoning(part, context)
    }
    default:
      return undefined
  }
}

/** Adds what a message says: as one item, or each part by itself where an assistant of another protocol said it. */
function addContent(items: JsonObject[], message: Message, parts: Part[], context: AskContext): void {
  const role = message.role === 'tool' ? 'user' : message.role
  const [first] = parts
  const wrapper = spellingOf(role === 'assistant' ? first! : message)
  if (role === 'assistant' && !wrapper.item) {
    const phase = phaseOf(message, parts, context)
    for (const part of parts) {
      const content = encodeContentPart(part, 'assistant', context)
      if (!content) continue
      const item = foreignAnswer(part, content, context)
      if (phase !== undefined) item.phase = phase
      items.push(item)
    }
    return
  }
  const content = encodeContent(parts, role === 'assistant' ? 'assistant' : 'input', context)
  if (wrapper.item) {
    const bare = wrapper.bare === 'content' && parts.length === 1 && first?.type === 'text'
    items.push({ ...wrapper.item, content: bare ? first.text : content })
  } else if (content.length) {
    const bare = message.bare && message.parts.length === 1 && first?.type === 'text' && !first.cache
    items.push({ type: 'message', role, content: bare ? first.text : content })
  }
}

function encodeContent(parts: Part[], role: 'assistant' | 'input', context: AskContext): JsonObject[] {
  const content: JsonObject[] = []
  for (const part of parts) {
    const written = encodeContentPart(part, role, context)
    if (written) content.push(written)
  }
  return content
}

/**
 * What an assistant of another protocol said. A bare string is all that a message without an id may hold; what has
 * sources, or is a refusal, becomes a message as OpenAI would have given it, with an id by its place.
 */
function foreignAnswer(part: Part, content: JsonObject, { notes }: AskContext): JsonObject {
  const annotations =
    part.type === 'text' ? part.citations?.flatMap((citation) => encodeAnnotation(citation, part.text.length, notes) ?? []) : undefined
  if (content.type === 'output_text' && !annotations?.length) return { type: 'message', role: 'assistant', content: content.text }
  const id = `msg_${(part.at ?? '').replace(/\W+/g, '_')}`
  return {
    type: 'message',
    role: 'assistant',
    id,
    status: 'completed',
    content: [content.type === 'output_text' ? { ...content, annotations } : content],
  }
}

/** What an assistant says before it calls a tool is commentary; foreign histories do not tell. */
function phaseOf(message: Message, parts: Part[], context: AskContext): 'commentary' | 'final_answer' | undefined {
  if (!KNOWS_PHASE.test(context.model)) return undefined
  const last = message.parts.indexOf(parts.at(-1)!)
  return message.parts.slice(last + 1).some((part) => part.type === 'tool-call') ? 'commentary' : 'final_answer'
}

function writeCall(call: ToolCallPart, context: AskContext): JsonObject {
  const { item } = spellingOf(call)
  if (item) return item
  if (call.cache) context.notes.dropped(call, 'cache', 'a tool call takes no cache mark here')
  const call_id = context.callIds.fit(call.id)
  const name = context.toolNames.fit(call.name)
  const wire = call.custom
    ? { type: 'custom_tool_call', call_id, name, input: call.json ?? '' }
    : { type: 'function_call', call_id, name, arguments: callJson(call) }
  return complete(wire, call)
}

const wordsOf = ({ parts }: ToolResultPart): string => parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')

/** A result that begins with words of an error needs no mark. */
const SAYS_ERROR = /\berrors?\b/i

function writeResult(result: ToolResultPart, context: AskContext): JsonObject {
  const { item } = spellingOf(result)
  if (item) return item
  if (result.cache) context.notes.dropped(result, 'cache', 'a result takes no cache mark here')
  if (result.isError) context.notes.approximated(result, 'isError', 'a failed call is told by words here')
  const [first] = result.parts
  const mark = result.isError && !SAYS_ERROR.test(wordsOf(result).slice(0, 200)) ? 'Error: ' : ''
  const output =
    (result.bare || result.parts.length === 0) && (first === undefined || (first.type === 'text' && result.parts.length === 1))
      ? mark + (first?.text ?? '')
      : [...(mark ? [{ type: 'input_text', text: mark.trimEnd() }] : []), ...encodeContent(result.parts, 'input', context)]
  const emptied = Array.isArray(output) && output.length === 0 && result.parts.length > 0
  const type = result.custom ? 'custom_tool_call_output' : 'function_call_output'
  return complete({ type, call_id: context.callIds.fit(result.callId), output: emptied ? '' : output }, result)
}
