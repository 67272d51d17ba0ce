/**
 * The conversation, written as turns: tool results open the user's next turn, and messages of one role become one turn.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use#handling-results-from-client-tools
 * @module
 */
import type { ChatRequest, Message, Part } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import type { AskContext } from '../../core/protocol.ts'
import { encodeBlocks, type Place } from './encode-blocks.ts'
import { traitsOf } from './models.ts'
import { ownFields } from './wire.ts'

interface Turn {
  role: 'user' | 'assistant' | 'system'
  content: string | JsonObject[]
  fields?: JsonObject | undefined
  /** Holds tool results alone, so that a user's message after it joins it. */
  results?: boolean | undefined
}

type Places = Record<Place['role'], Place>

export interface Conversation {
  system: JsonObject[]
  messages: JsonObject[]
}

/** A request of this protocol keeps its messages as they are; that of another is rearranged to what Claude takes. */
export function encodeConversation(chat: ChatRequest, context: AskContext, own: boolean): Conversation {
  const places: Places = {
    user: { context, own, role: 'user' },
    assistant: { context, own, role: 'assistant' },
    system: { context, own, role: 'system' },
  }
  const leading = own ? 0 : leadingInstructions(chat.messages)
  const instructions: Part[] = [...chat.system]
  for (const message of chat.messages.slice(0, leading)) {
    noteName(message, context)
    instructions.push(...message.parts)
  }
  const system = encodeBlocks(instructions, places.system)
  const turns: Turn[] = []
  for (const message of chat.messages.slice(leading)) {
    const turn = encodeMessage(message, places, context)
    if (turn && (own || turn.content.length)) join(turns, turn, own)
  }
  if (!own) finishTurns(turns, context)
  const messages = mapped(turns, ({ role, content, fields }) => (fields ? { role, content, ...fields } : { role, content }))
  return { system, messages }
}

/** How many messages of instructions the conversation begins with. */
function leadingInstructions(messages: readonly Message[]): number {
  const first = messages.findIndex((message) => message.role !== 'system' && message.role !== 'developer')
  return first < 0 ? messages.length : first
}

function encodeMessage(message: Message, places: Places, context: AskContext): Turn | undefined {
  noteName(message, context)
  switch (message.role) {
    case 'system':
    case 'developer':
      return places.system.own || traitsOf(context.model).midSystem
        ? turnOf(message, places.system)
        : reminder(message, places.user, context)
    case 'tool':
      return turnOf(message, places.user, true)
    default:
      return turnOf(message, places[message.role])
  }
}

function noteName(message: Message, { notes }: AskContext): void {
  if (message.name !== undefined) notes.dropped(message, 'name', 'Claude knows no names of participants')
}

function turnOf(message: Message, place: Place, results = false): Turn {
  const [first] = message.parts
  const bare =
    message.bare &&
    message.parts.length === 1 &&
    first?.type === 'text' &&
    !first.cache &&
    !first.opaque &&
    (place.own || first.text.trim())
  return {
    role: place.role,
    content: bare ? first.text : encodeBlocks(message.parts, place),
    fields: place.own ? ownFields(message) : undefined,
    results,
  }
}

/** Instructions amid the conversation, for models that take them only at its beginning: the user's turn tells them. */
function reminder(message: Message, place: Place, context: AskContext): Turn | undefined {
  const text = message.parts.map((part: Part) => (part.type === 'text' ? part.text : '')).join('')
  if (!text.trim()) return undefined
  context.notes.approximated(
    message,
    'role',
    'this model takes instructions only at the beginning; told as a reminder in the turn of the user',
  )
  return {
    role: 'user',
    content: encodeBlocks([{ type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` }], place),
  }
}

/** Adds a turn, as part of the last one where the two have to be one. */
function join(turns: Turn[], turn: Turn, own: boolean): void {
  const last = turns.at(-1)
  const joins = last?.role === turn.role && turn.role !== 'system' && (!own || last.results)
  if (!joins) return void turns.push(turn)
  last.content = [...blocksOf(last.content), ...blocksOf(turn.content)]
  last.results &&= turn.results
  if (turn.fields) last.fields = { ...last.fields, ...turn.fields }
}

const blocksOf = (content: string | JsonObject[]): JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const GO_ON = 'Continue from exactly where the previous assistant message left off.'

/** There must be a turn to answer, and most models do not continue one of their own. */
function finishTurns(turns: Turn[], context: AskContext): void {
  const last = turns.findLast((turn) => turn.role !== 'system')
  if (!last) {
    context.notes.invented('/messages/0', 'Claude needs a message to answer')
    turns.unshift({ role: 'user', content: '.' })
  } else if (last.role === 'assistant') {
    if (traitsOf(context.model).prefill) trimEnd(last)
    else {
      context.notes.invented(`/messages/${turns.length}`, 'this model does not continue a message of the assistant; it is asked to')
      turns.push({ role: 'user', content: GO_ON })
    }
  }
}

/** A message that is to be continued must not end in white space. */
function trimEnd(turn: Turn): void {
  if (typeof turn.content === 'string') turn.content = turn.content.trimEnd()
  else {
    const end = turn.content.at(-1)
    if (end?.type === 'text' && typeof end.text === 'string')
      turn.content = [...turn.content.slice(0, -1), { ...end, text: end.text.trimEnd() }]
  }
}
