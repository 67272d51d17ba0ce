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
import { compact, extraOf, OWN, spellingOf } from './wire.ts'

/** Models that tell preambles from final answers, and take preambles for final answers where `phase` is missing. */
const KNOWS_PHASE = /\bgpt-(?:5\.[4-9]|[6-9])/

export function encodeMessages(messages: Message[], context: AskContext): JsonObject[] {
  return messages.flatMap((message) => encodeMessage(message, context))
}

function encodeMessage(message: Message, context: AskContext): JsonObject[] {
  if (message.name !== undefined) context.notes.dropped(message, 'name', 'messages have no names here')
  if (message.parts.length === 0) {
    const { item, hollow } = spellingOf(message)
    return item ? [hollow ? { ...item, content: [] } : item] : []
  }
  const items: JsonObject[] = []
  let content: Part[] = []
  const flush = () => {
    if (content.length) items.push(...writeMessage(message, content, context))
    content = []
  }
  for (let index = 0; index < message.parts.length; index++) {
    const part = message.parts[index]!
    if (!isItem(part, message)) {
      // Parts of one wire message share one object; a part of another message begins a new one.
      if (message.role === 'assistant' && content.length && spellingOf(part).item !== spellingOf(content[0]!).item) flush()
      content.push(part)
      continue
    }
    flush()
    const item = writeItem(part, message.parts, index, context)
    if (item) items.push(item)
  }
  flush()
  return items
}

/** Whether a part is an item of its own, rather than content of a message. */
const isItem = (part: Part, message: Message): boolean =>
  part.type === 'tool-call' ||
  part.type === 'tool-result' ||
  part.type === 'reasoning' ||
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

function writeMessage(message: Message, parts: Part[], context: AskContext): JsonObject[] {
  const role = message.role === 'tool' ? 'user' : message.role
  const [first] = parts
  const wrapper = spellingOf(role === 'assistant' ? first! : message)
  const write = (part: Part): JsonObject[] => {
    const written = encodeContentPart(part, role === 'assistant' ? 'assistant' : 'input', context)
    return written ? [written] : []
  }
  if (role === 'assistant' && !wrapper.item)
    return parts.flatMap((part) =>
      write(part).map((content) => ({ ...foreignAnswer(part, content, context), ...phaseOf(message, parts, context) })),
    )
  const content = parts.flatMap(write)
  if (wrapper.item) {
    const bare = wrapper.bare === 'content' && parts.length === 1 && first?.type === 'text'
    return [{ ...wrapper.item, content: bare ? first.text : content }]
  }
  if (!content.length) return []
  const bare = message.bare && message.parts.length === 1 && first?.type === 'text' && !first.cache
  return [{ type: 'message', role, content: bare ? first.text : content }]
}

/**
 * What an assistant of another protocol said. A bare string is all that a message without an id may hold; what has
 * sources, or is a refusal, becomes a message as OpenAI would have given it, with an id by its place.
 */
function foreignAnswer(part: Part, content: JsonObject, { notes }: AskContext): JsonObject {
  const citations = part.type === 'text' ? (part.citations ?? []) : []
  const annotations = citations.flatMap((citation) => encodeAnnotation(citation, part.type === 'text' ? part.text.length : 0, notes) ?? [])
  if (content.type === 'output_text' && annotations.length === 0) return { type: 'message', role: 'assistant', content: content.text }
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
function phaseOf(message: Message, parts: Part[], context: AskContext): JsonObject {
  if (!KNOWS_PHASE.test(context.model)) return {}
  const last = message.parts.indexOf(parts.at(-1)!)
  return { phase: message.parts.slice(last + 1).some((part) => part.type === 'tool-call') ? 'commentary' : 'final_answer' }
}

function writeCall(call: ToolCallPart, context: AskContext): JsonObject {
  const { item, fields } = spellingOf(call)
  if (item) return item
  if (call.cache) context.notes.dropped(call, 'cache', 'a tool call takes no cache mark here')
  const common = { call_id: context.callIds.fit(call.id), name: context.toolNames.fit(call.name) }
  if (!call.custom && !call.extra && !fields) return { type: 'function_call', ...common, arguments: callJson(call) }
  const wire = call.custom
    ? { type: 'custom_tool_call', ...common, input: call.json ?? '' }
    : { type: 'function_call', ...common, arguments: callJson(call) }
  return compact({ ...wire, ...extraOf(call), ...fields })
}

const wordsOf = ({ parts }: ToolResultPart): string => parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')

/** A result that begins with words of an error needs no mark. */
const SAYS_ERROR = /\berrors?\b/i

function writeResult(result: ToolResultPart, context: AskContext): JsonObject {
  const { item, fields } = spellingOf(result)
  if (item) return item
  if (result.cache) context.notes.dropped(result, 'cache', 'a result takes no cache mark here')
  if (result.isError) context.notes.approximated(result, 'isError', 'a failed call is told by words here')
  const [first] = result.parts
  const mark = result.isError && !SAYS_ERROR.test(wordsOf(result).slice(0, 200)) ? 'Error: ' : ''
  const output =
    (result.bare || result.parts.length === 0) && (first === undefined || (first.type === 'text' && result.parts.length === 1))
      ? mark + (first?.text ?? '')
      : [
          ...(mark ? [{ type: 'input_text', text: mark.trimEnd() }] : []),
          ...result.parts.flatMap((part) => encodeContentPart(part, 'input', context) ?? []),
        ]
  const emptied = Array.isArray(output) && output.length === 0 && result.parts.length > 0
  return compact({
    type: result.custom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: context.callIds.fit(result.callId),
    output: emptied ? '' : output,
    ...extraOf(result),
    ...fields,
  })
}
