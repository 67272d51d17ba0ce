import type { ChatRequest } from '../../../src/core/chat.ts'
import type { Dialect } from '../../../src/core/dialect.ts'
import { createFold } from '../../../src/core/fold.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { createNameMap } from '../../../src/core/names.ts'
import { createNotes, type Notice } from '../../../src/core/notice.ts'
import type { Framing, ReplyContext } from '../../../src/core/protocol.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate, type Exchange } from '../../../src/transformers/translate.ts'

/** A neutral request with one word of the user, unless told otherwise. */
export const chatOf = (chat: Partial<ChatRequest> = {}): ChatRequest => ({
  stream: false,
  at: '',
  system: [],
  tools: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  ...chat,
})

/** What goes to Gemini, and what was noted. */
export function written(
  chat: Partial<ChatRequest>,
  model = 'gemini-3-pro',
  dialect: Dialect = { name: 'gemini' },
): { body: JsonObject; notices: Notice[] } {
  const notes = createNotes('request', {})
  const toolNames = createNameMap(gemini.toolName)
  const callIds = createNameMap(gemini.callId)
  const body = gemini.encodeRequest(chatOf(chat), { model, dialect, notes, toolNames, callIds })
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, notices: notes.list }
}

/** A Claude client's request, as it goes to Gemini. */
export const fromClaude = (body: JsonObject, model = 'gemini-3-pro', dialect?: string): Exchange =>
  translate({ model: 'claude-sonnet-5', max_tokens: 100, ...body }, { from: 'claude', to: 'gemini', model, ...(dialect && { dialect }) })

export const contentsOf = (body: JsonObject) => body.contents as { role: string; parts: JsonObject[] }[]
export const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject

export function replyContext(framing: Framing = 'sse', chat: Partial<ChatRequest> = {}): ReplyContext {
  let count = 0
  return {
    chat: chatOf(chat),
    model: 'gemini-3-pro',
    dialect: { name: 'gemini' },
    notes: createNotes('reply', {}),
    framing,
    newId: (prefix) => `${prefix}${++count}`,
    now: () => 1_700_000_000_000,
  }
}

/** A chunk of Gemini's stream. */
export const chunk = (parts: JsonObject[], more: JsonObject = {}, usageMetadata?: JsonObject): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  ...(usageMetadata && { usageMetadata }),
  modelVersion: 'gemini-3-pro',
  responseId: 'r1',
})

export function eventsOf(chunks: unknown[], context = replyContext()): StreamEvent[] {
  const events: StreamEvent[] = []
  const decoder = gemini.decodeStream((event) => events.push(event), context)
  for (const data of chunks) decoder.event(data, undefined)
  decoder.end(false)
  return events
}

export function folded(chunks: unknown[], context = replyContext()): Reply {
  const fold = createFold()
  eventsOf(chunks, context).forEach(fold.emit)
  return fold.reply()
}

/** What a client gets of neutral events. */
export function streamed(events: StreamEvent[], context = replyContext()): string {
  const write = gemini.encodeStream(context)
  return events.map(write).join('')
}

export const chunksOf = (text: string): JsonObject[] =>
  text
    .split('\n\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => JSON.parse(event.slice(6)) as JsonObject)

/** An upstream's stream through a whole translation. */
export function through(exchange: Exchange, chunks: unknown[]): string {
  const translator = exchange.translator()
  const bytes = new TextEncoder().encode(chunks.map((data) => `data: ${JSON.stringify(data)}\r\n\r\n`).join(''))
  return translator.push(bytes) + translator.end()
}
