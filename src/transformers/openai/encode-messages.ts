/**
 * The conversation, written for an upstream.
 *
 * @module
 */
import type {
  ChatRequest,
  Located,
  MediaPart,
  Message,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/chat.ts'
import { objectOf, type JsonObject } from '../../core/json.ts'
import { callJson } from '../../core/tool-call.ts'
import { encodeHistory } from './encode-history.ts'
import { encodePart } from './encode-parts.ts'
import { signature } from './signature.ts'
import { spelled } from './wire.ts'
import type { Writing } from './writing.ts'

export function encodeMessages(chat: ChatRequest, writing: Writing): JsonObject[] {
  const out: JsonObject[] = []
  const thinking = chat.reasoning?.mode !== 'off' && chat.reasoning?.effort !== 'none'
  const system: JsonObject[] = []
  for (const part of chat.system) system.push(...encodePart(part, writing))
  if (system.length) out.push({ role: writing.facts.systemRole ?? 'system', content: joined(system, '\n\n') })
  // Media of tool results waits until all results of the turn are said: nothing may stand between them.
  let waiting: MediaPart[] = []
  const deliver = () => {
    if (waiting.length) out.push({ role: 'user', content: waiting.flatMap((part) => encodePart(part, writing)) })
    waiting = []
  }
  for (const message of chat.messages) {
    if (message.role !== 'tool') deliver()
    let results = 0
    for (const part of message.parts) {
      if (part.type !== 'tool-result') continue
      results++
      out.push(encodeResult(part, waiting, writing))
    }
    if (message.role === 'tool') continue
    const rest = results ? { ...message, bare: false, parts: message.parts.filter((part) => part.type !== 'tool-result') } : message
    if (results && !rest.parts.length) continue
    deliver()
    if (message.role === 'assistant') {
      const written = encodePlainTurn(rest, thinking, writing) ?? encodeAssistant(rest, thinking, writing)
      if (written) out.push(written)
    } else if (message.role === 'user') {
      const written = encodeUser(rest, writing)
      if (written) out.push(written)
    } else out.push(encodeSystem(rest, out.length > 0, writing))
  }
  deliver()
  return out
}

/** `undefined` where nothing is left to say. */
function encodeUser(message: Message, writing: Writing): JsonObject | undefined {
  const words = onlyWords(message.parts, writing)
  if (words !== undefined && isBare(message)) return { role: 'user', content: words }
  const content = contentOf(message, writing)
  if (!content.length && message.parts.length && message.parts.every((part) => part.type === 'native')) return undefined
  return { role: 'user', ...nameOf(message, writing), content, ...message.extra?.openai, ...spelled(message) }
}

function encodeSystem(message: Message, later: boolean, writing: Writing): JsonObject {
  const { dialect, facts, faithful, notes } = writing
  const content = contentOf(message, writing)
  if (later && dialect.laterSystem === 'user') {
    notes.approximated(message, undefined, 'this provider takes instructions at the beginning only; the user says it')
    const words = typeof content === 'string' ? content : content.map((part) => part.text).join('\n\n')
    return { role: 'user', content: `<system-reminder>\n${words}\n</system-reminder>` }
  }
  const known = message.role === 'developer' && dialect.developerRole === false ? 'system' : message.role
  const role = faithful ? message.role : (facts.systemRole ?? known)
  return { role, ...nameOf(message, writing), content, ...message.extra?.openai, ...spelled(message) }
}

function nameOf(message: Message, writing: Writing): { name?: string } {
  if (message.name === undefined) return {}
  const reason = writing.refusal('name')
  if (!reason) return { name: message.name }
  writing.notes.dropped(message, 'name', reason)
  return {}
}

function contentOf(message: Message, writing: Writing): string | JsonObject[] {
  const parts = message.parts.flatMap((part) => encodePart(part, writing))
  if (writing.faithful) return message.bare ? parts.map((part) => part.text).join('') : parts
  return shaped(parts, '\n\n', writing)
}

/** This protocol has nothing of its own to say of it. */
const isForeign = (object: Located) => !object.extra?.openai && !object.spelling?.openai

/** Nothing was said of the message but who says what. */
const isBare = (message: Message) => message.name === undefined && isForeign(message)

/** The text of the one part, where there is nothing else to say of it: nearly all content of large requests, and a tenth of the cost. */
const onlyWords = (parts: Part[], writing: Writing): string | undefined => (parts.length === 1 ? wordsOf(parts[0]!, writing) : undefined)

function wordsOf(part: Part, writing: Writing): string | undefined {
  if (part.type !== 'text' || writing.faithful || !isForeign(part)) return undefined
  const more = part.cache ?? part.citations ?? part.volatile
  return more === undefined ? part.text : undefined
}

const isPlainText = (part: JsonObject) => part.type === 'text' && Object.keys(part).length === 2
const joined = (parts: JsonObject[], glue: string) => (parts.every(isPlainText) ? parts.map((part) => part.text).join(glue) : parts)

/** One text is a string; several stay apart where the provider allows it. */
function shaped(parts: JsonObject[], glue: string, { dialect }: Writing): string | JsonObject[] {
  return parts.length < 2 || dialect.content === 'string' ? joined(parts, glue) : parts
}

/** A turn of one text and calls with nothing else to say of them; `undefined` for any other. Most turns of an agent are like this. */
function encodePlainTurn(message: Message, thinking: boolean, writing: Writing): JsonObject | undefined {
  if (!isBare(message) || writing.faithful || (thinking && writing.dialect.replay?.missing !== undefined)) return undefined
  let content: string | null = null
  const calls: JsonObject[] = []
  for (const part of message.parts) {
    if (part.type === 'text' && content === null && !calls.length) content = wordsOf(part, writing) ?? null
    else if (part.type !== 'tool-call' || !isPlainCall(part)) return undefined
    else calls.push(encodeCall(part, writing))
    if (part.type === 'text' && (content === null || part.opaque)) return undefined
  }
  if (!calls.length) return content === null ? undefined : { role: 'assistant', content }
  return { role: 'assistant', content, tool_calls: calls }
}

const isPlainCall = (call: ToolCallPart) => !(call.custom || call.cache || call.opaque) && isForeign(call)

/** `undefined` where nothing is left to say. */
function encodeAssistant(message: Message, thinking: boolean, writing: Writing): JsonObject | undefined {
  const { faithful, notes } = writing
  const calls = message.parts.filter((part): part is ToolCallPart => part.type === 'tool-call')
  const reasoning = message.parts.filter((part): part is ReasoningPart => part.type === 'reasoning')
  const history = encodeHistory(reasoning, calls.length > 0, thinking, writing)
  const refusal = message.parts.find((part) => part.type === 'refusal' && spelled(part)?.field === true)
  const spoken = message.parts.filter((part) => part !== refusal && part.type !== 'tool-call' && !isListed(part))
  if (!faithful) noteOrder(message.parts, writing)
  const parts = said(history.parts, spoken, writing)
  if (history.before) parts.unshift({ type: 'text', text: history.before })
  const { content: blank, tool_calls: noCalls, ...spelling } = spelled(message) ?? {}
  const content = faithful && !message.bare ? parts : joined(parts, '')
  const silent = !parts.length
  if (silent && !faithful && !calls.length && message.parts.length) return undefined
  const written: JsonObject = { role: 'assistant', ...nameOf(message, writing) }
  if (!silent) written.content = content
  else if ('content' in (spelled(message) ?? {})) {
    if (blank !== undefined) written.content = blank
  } else written.content = faithful || calls.length ? null : ''
  Object.assign(written, history.fields)
  if (refusal?.type === 'refusal') written.refusal = refusal.text
  encodeCalls(written, calls, writing)
  if (noCalls !== undefined && !written.tool_calls) written.tool_calls = noCalls
  const signed = message.parts.findLast((part): part is TextPart => part.type === 'text' && part.opaque?.by === 'openai')
  if (signed?.opaque) written.extra_content = signature(signed.opaque.data)
  if (signed === undefined)
    for (const part of spoken) if (part.type === 'text' && part.opaque) notes.dropped(part, 'opaque', 'a signature of another provider')
  return { ...written, ...message.extra?.openai, ...spelling }
}

/** An image of the list beside the content, which is written back with the message. */
const isListed = (part: Part): boolean => part.type === 'image' && spelled(part)?.listed === true

/** What is said, behind what was `thought`. What stands for a block of another provider's is no part of the text beside it. */
function said(thought: readonly JsonObject[], spoken: readonly Part[], writing: Writing): JsonObject[] {
  const parts = thought.slice()
  let before: Part | undefined
  for (const part of spoken) {
    const words = sayable(part, writing)
    const [first] = words
    const stands = !writing.faithful && (part.type === 'native' || before?.type === 'native')
    if (stands && first?.text && parts.some(({ text }) => text !== '')) first.text = `\n\n${String(first.text)}`
    // an empty text stands between nothing
    if (first?.text !== '') before = part
    parts.push(...words)
  }
  return parts
}

/** What an assistant's message can hold: words. Only the provider's own client sends more. */
function sayable(part: Part, writing: Writing): JsonObject[] {
  const media = part.type === 'image' || part.type === 'audio' || part.type === 'video' || part.type === 'file'
  if (!media || writing.faithful) return encodePart(part, writing)
  writing.notes.dropped(part, undefined, `a message of the assistant cannot hold ${part.type} here`)
  return [{ type: 'text', text: `[${part.type}]` }]
}

/** Text and calls have places of their own: what was said after a call is said before it. */
function noteOrder(parts: Part[], { notes }: Writing): void {
  const call = parts.findIndex((part) => part.type === 'tool-call')
  if (call < 0) return
  for (const part of parts.slice(call))
    if (part.type === 'text') notes.approximated(part, undefined, 'text after a tool call stands before it here')
}

function encodeCalls(written: JsonObject, calls: ToolCallPart[], writing: Writing): void {
  const list: JsonObject[] = []
  for (const call of calls) {
    const legacy = objectOf(spelled(call)?.function_call)
    if (legacy) written.function_call = { ...legacy, name: writing.toolNames.fit(call.name) }
    else list.push(encodeCall(call, writing))
  }
  if (list.length) written.tool_calls = list
}

function encodeCall(call: ToolCallPart, writing: Writing): JsonObject {
  const name = writing.toolNames.fit(call.name)
  if (isPlainCall(call)) return { id: writing.callIds.fit(call.id), type: 'function', function: { name, arguments: callJson(call) } }
  const custom = call.custom && writing.dialect.customTools !== false
  if (call.cache) writing.notes.dropped(call, 'cache', 'a tool call takes no cache mark here')
  const inner = custom
    ? { name, input: callJson(call) }
    : { name, arguments: call.custom ? JSON.stringify({ input: call.json ?? '' }) : callJson(call) }
  const field = custom ? 'custom' : 'function'
  const { [field]: more, extra_content: rest, ...extra } = call.extra?.openai ?? {}
  const { [field]: exact, ...spelling } = spelled(call) ?? {}
  const signed = call.opaque?.by === 'openai' ? signature(call.opaque.data) : undefined
  return {
    id: writing.callIds.fit(call.id),
    type: field,
    [field]: { ...inner, ...objectOf(more), ...objectOf(exact) },
    ...(signed && { extra_content: signed }),
    ...(rest !== undefined && !signed && { extra_content: rest }),
    ...extra,
    ...spelling,
  }
}

/** A tool's message holds text only: media is put off to a message of the user's, which `waiting` collects. */
function encodeResult(result: ToolResultPart, waiting: MediaPart[], writing: Writing): JsonObject {
  const { faithful, notes } = writing
  const id = writing.callIds.fit(result.callId)
  const words = onlyWords(result.parts, writing)
  if (words !== undefined && !(result.isError || result.cache) && isForeign(result))
    return { role: 'tool', tool_call_id: id, content: words }
  const said = spelled(result)
  const before = waiting.length
  const parts = result.parts.flatMap((part): JsonObject[] => {
    const media =
      part.type === 'image' || part.type === 'audio' || part.type === 'video' || (part.type === 'file' && part.source.type !== 'text')
    if (!media || faithful) return encodePart(part, writing)
    waiting.push(part)
    return []
  })
  const put = !parts.length && waiting.length > before
  if (put) parts.push({ type: 'text', text: `[${waiting.at(-1)?.type} attached below: ${id}]` })
  if (result.isError && !faithful) {
    notes.approximated(result, 'isError', 'a failed call is told by words here')
    const first = parts.find((part) => part.type === 'text')
    if (!first) parts.unshift({ type: 'text', text: 'Error' })
    else if (!SAYS_ERROR.test(String(first.text).slice(0, 200))) first.text = `Error: ${String(first.text)}`
  }
  if (result.cache) markResult(result, parts, writing)
  const content = faithful
    ? result.bare
      ? parts.map((part) => part.text).join('')
      : parts
    : parts.length
      ? shaped(parts, '\n', writing)
      : ''
  const head =
    said?.role === 'function'
      ? { name: result.name }
      : { tool_call_id: id, ...(faithful && result.name !== undefined && { name: result.name }) }
  return { role: 'tool', ...head, content, ...result.extra?.openai, ...said }
}

/** A result that begins with words of an error needs no mark. */
const SAYS_ERROR = /\berrors?\b/i

/** A mark on a whole result moves to its last text. */
function markResult(result: ToolResultPart, parts: JsonObject[], writing: Writing): void {
  const last = parts.findLast((part) => part.type === 'text')
  const [marked] = encodePart({ type: 'text', text: '', cache: result.cache, at: result.at }, writing)
  const { type: _, text: __, ...mark } = marked ?? {}
  if (last) Object.assign(last, mark)
}
