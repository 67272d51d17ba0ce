import type { ChatRequest } from '../../../src/core/chat.ts'
import { createNameMap } from '../../../src/core/names.ts'
import { createNotes } from '../../../src/core/notice.ts'
import type { AskContext, ReplyContext } from '../../../src/core/protocol.ts'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { arrangeTurns } from '../../../src/core/turns.ts'
import { claude } from '../../../src/transformers/claude/index.ts'

export const ask = (model: string): AskContext => ({
  model,
  dialect: { name: 'claude' },
  notes: createNotes('request', claude.fields),
  toolNames: createNameMap(claude.toolName),
  callIds: createNameMap(claude.callId),
})

/** A question as another protocol's client asks it. */
export const chatOf = (chat: Partial<ChatRequest> = {}): ChatRequest => ({
  at: '',
  stream: false,
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }], bare: true }],
  tools: [],
  ...chat,
})

/** Writes a question for a Claude model, as `translate` would. */
export function written(chat: Partial<ChatRequest>, model = 'claude-sonnet-5') {
  const context = ask(model)
  const whole = chatOf(chat)
  const body = claude.encodeRequest({ ...whole, messages: arrangeTurns(whole.messages, context.notes) }, context)
  return { body, notices: context.notes.list }
}

export function answer(chat: Partial<ChatRequest> = {}): ReplyContext {
  let count = 0
  return {
    chat: chatOf(chat),
    model: 'claude-sonnet-5',
    dialect: { name: 'openai' },
    notes: createNotes('reply', {}),
    framing: 'sse',
    newId: (prefix) => `${prefix}new${++count}`,
    now: () => 0,
  }
}

type WireEvent = { type: string } & Record<string, unknown>

/** The events of a client's stream. */
export const eventsOf = (text: string): WireEvent[] =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((frame) => {
      const [name, data] = frame.split('\n') as [string, string]
      const event = JSON.parse(data.slice('data: '.length)) as WireEvent
      if (name !== `event: ${event.type}`) throw new Error(`event name and type differ: ${frame}`)
      return event
    })

export function streamed(events: StreamEvent[], context = answer()): { text: string; events: WireEvent[] } {
  const encode = claude.encodeStream(context)
  const text = events.map(encode).join('')
  return { text, events: eventsOf(text) }
}

/** The neutral events of an upstream's stream. `done`: it ended in `[DONE]`. */
export function readStream(wire: unknown[], done = false): StreamEvent[] {
  const events: StreamEvent[] = []
  const decoder = claude.decodeStream((event) => events.push(event), answer())
  for (const event of wire) decoder.event(event, undefined)
  decoder.end(done)
  return events
}
