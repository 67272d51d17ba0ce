/** Short ways to run this protocol's two directions in tests. */
import OpenAI from 'openai'
import type { Response as ResponseObject } from 'openai/resources/responses/responses'
import type { ChatRequest } from '../../../src/core/chat.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { createNameMap } from '../../../src/core/names.ts'
import { createNotes, type Notice } from '../../../src/core/notice.ts'
import type { AskContext, ReplyContext } from '../../../src/core/protocol.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { createEventReader } from '../../../src/core/sse.ts'
import { arrangeTurns } from '../../../src/core/turns.ts'
import { createFold, unfold } from '../../../src/core/fold.ts'
import { openaiResponses as protocol } from '../../../src/transformers/openai-responses/index.ts'

export const ask = (body: JsonObject): ChatRequest => protocol.decodeRequest(body, {})

export function askContext(model = 'gpt-5.4'): AskContext {
  return {
    model,
    dialect: { name: 'openai-responses' },
    notes: createNotes('request', protocol.fields),
    toolNames: createNameMap(protocol.toolName),
    callIds: createNameMap(protocol.callId),
  }
}

/** A neutral request as the upstream gets it, and what was noted. */
export function sent(chat: Partial<ChatRequest>, model?: string): { body: JsonObject; notices: Notice[] } {
  const context = askContext(model)
  const whole: ChatRequest = {
    stream: false,
    system: [],
    tools: [],
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    at: '',
    ...chat,
  }
  const body = protocol.encodeRequest({ ...whole, messages: arrangeTurns(whole.messages, context.notes) }, context)
  return { body, notices: context.notes.list }
}

export function replyContext(body: JsonObject = { model: 'gpt-5.4', input: 'hi' }): ReplyContext {
  let count = 0
  return {
    chat: ask(body),
    model: 'gpt-5.4',
    dialect: { name: 'openai-responses' },
    notes: createNotes('reply', protocol.fields),
    framing: 'sse',
    newId: (prefix) => `${prefix}${++count}`,
    now: () => 1_700_000_000_000,
  }
}

/** The wire text that a client gets of an answer's events. */
export function streamed(events: StreamEvent[], body?: JsonObject): string {
  const encode = protocol.encodeStream(replyContext(body))
  return events.map((event) => encode(event)).join('')
}

export const replied = (reply: Reply, body?: JsonObject): JsonObject => protocol.encodeReply(reply, replyContext(body))

export function eventsOf(reply: Reply): StreamEvent[] {
  const events: StreamEvent[] = []
  unfold(reply, (event) => events.push(event))
  return events
}

/** The events of wire text. */
export function parsed(text: string): JsonObject[] {
  const events: JsonObject[] = []
  const reader = createEventReader((data, name) => {
    const event = JSON.parse(data) as JsonObject
    if (event.type !== name) throw new Error(`the event ${name} says that it is ${String(event.type)}`)
    events.push(event)
  })
  reader.push(new TextEncoder().encode(text))
  reader.end()
  return events
}

export const types = (text: string): string[] => parsed(text).map((event) => String(event.type).replace(/^response\./, ''))

/** What openai-node's stream helper makes of wire text; it throws on every event out of place. */
export async function officially(text: string): Promise<ResponseObject> {
  const fetch = () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } }))
  const client = new OpenAI({ apiKey: 'k', baseURL: 'http://openai.test/v1', fetch, maxRetries: 0 })
  return client.responses.stream({ model: 'gpt-5.4', input: 'hi' }).finalResponse()
}

/** The neutral events of an upstream's stream. */
export function read(events: JsonObject[], done = false): StreamEvent[] {
  const told: StreamEvent[] = []
  const decoder = protocol.decodeStream((event) => told.push(event), replyContext())
  for (const event of events) decoder.event(event, undefined)
  decoder.end(done)
  return told
}

export function folded(events: JsonObject[]): Reply {
  const fold = createFold()
  read(events).forEach(fold.emit)
  return fold.reply()
}

export const text = (value: string) => ({ type: 'text', text: value }) as const
export { protocol }
