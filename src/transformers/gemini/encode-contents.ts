/**
 * The conversation, written. Every answer to the calls of a turn stands in one content of its own, what the user says with it
 * in the next; other contents of the user that follow each other become one.
 * @see https://ai.google.dev/gemini-api/docs/function-calling
 *
 * @module
 */
import type { ChatRequest, Message } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import type { AskContext } from '../../core/protocol.ts'
import { spellingOf } from './fields.ts'
import { addPart, addResult, encodeModelParts, encodeParts, type PartContext } from './encode-parts.ts'
import type { ModelTraits } from './models.ts'

const GO_ON = 'Continue from exactly where the previous assistant message left off.'

interface Content {
  role: 'user' | 'model'
  parts: JsonObject[]
  /** Holds results of tools. */
  results?: boolean
  /** As Gemini's wire had it; kept apart from its neighbours. */
  message?: Message
}

/** The contents, and the parts of leading instructions. */
export function encodeContents(chat: ChatRequest, traits: ModelTraits, ask: AskContext): { contents: unknown; instructions: JsonObject[] } {
  const { notes, dialect, toolNames, callIds } = ask
  const ids = dialect.name !== 'vertex' || traits.generation >= 3
  const context: PartContext = { notes, dialect, toolNames, callIds, traits, ids, nameOf: createNames(chat) }
  const contents: Content[] = []
  const instructions: JsonObject[] = []
  const add = (content: Content) => {
    const last = contents.at(-1)
    if (!content.parts.length && !content.message) return
    if (last?.role === content.role && last.results === content.results && !(last.message && content.message))
      last.parts.push(...content.parts)
    else contents.push(content)
  }
  for (const message of chat.messages) {
    if (message.name !== undefined) ask.notes.dropped(message, 'name', 'Gemini knows no names of participants')
    const own = spellingOf(message) ? message : undefined
    switch (message.role) {
      case 'system':
      case 'developer':
        if (contents.length) add({ role: 'user', parts: reminder(message, context) })
        else instructions.push(...encodeParts(message.parts, context))
        break
      case 'assistant':
        add({ role: 'model', parts: encodeModelParts(message.parts, context), message: own })
        break
      case 'user':
        add({ role: 'user', parts: encodeParts(message.parts, context), message: own })
        break
      case 'tool': {
        const results: JsonObject[] = []
        const media: JsonObject[] = []
        for (const part of message.parts)
          if (part.type === 'tool-result') addResult(results, media, part, context)
          else addPart(media, part, context)
        add({ role: 'user', parts: results, results: true })
        add({ role: 'user', parts: media })
      }
    }
  }
  complete(contents, traits, ask)
  return { contents: written(contents), instructions }
}

/** What Gemini needs at both ends: the user first, and with newer models the user last. */
function complete(contents: Content[], traits: ModelTraits, { notes }: AskContext): void {
  const [first] = contents
  if (!first || (first.role === 'model' && !first.message)) {
    contents.unshift({ role: 'user', parts: [{ text: ' ' }] })
    notes.invented('/contents/0', 'Gemini needs a content of the user first')
  }
  const last = contents.at(-1)
  if (last?.role === 'model' && !last.message && !traits.prefill) {
    contents.push({ role: 'user', parts: [{ text: GO_ON }] })
    notes.invented(`/contents/${contents.length - 1}`, 'this model does not go on from its own turn; the user asks it to')
  }
}

/** In Gemini's own spelling where it came from there. */
function written(contents: Content[]): unknown {
  const wire = mapped(contents, ({ role, parts, message }): unknown => {
    if (!message) return { role, parts }
    const { shape: _, only, ...spelled } = spellingOf(message) ?? { role }
    if (only === 'part') return parts[0]
    if (message.bare && !('role' in spelled)) return message.parts.map((part) => ('text' in part ? part.text : '')).join('')
    const single = only === 'parts' && parts.length === 1
    return { role, parts: single ? parts[0] : parts, ...message.extra?.gemini, ...spelled }
  })
  return contents.length === 1 && spellingOf(contents[0]?.message)?.shape === 'one' ? wire[0] : wire
}

/** Instructions amid the conversation have no place of their own: the user passes them on, marked. */
function reminder(message: Message, context: PartContext): JsonObject[] {
  context.notes.approximated(message, undefined, 'Gemini knows no instructions amid a conversation; the user passes them on in a reminder')
  const parts = encodeParts(message.parts, context)
  return parts.map((part) =>
    typeof part.text === 'string' && !part.text.startsWith('<system-reminder>')
      ? { ...part, text: `<system-reminder>\n${part.text}\n</system-reminder>` }
      : part,
  )
}

/** Looks names of calls up, in an index that is only made where it is needed. */
function createNames(chat: ChatRequest): (callId: string) => string | undefined {
  let names: Map<string, string> | undefined
  return (callId) => {
    names ??= new Map(
      chat.messages.flatMap(({ parts }) =>
        parts.flatMap((part): [string, string][] => (part.type === 'tool-call' ? [[part.id, part.name]] : [])),
      ),
    )
    return names.get(callId)
  }
}
