import type { ProtocolName } from '../../../src/core/chat.ts'
import { createFold } from '../../../src/core/fold.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { createNotes } from '../../../src/core/notice.ts'
import type { ReplyContext } from '../../../src/core/protocol.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { createEventReader } from '../../../src/core/sse.ts'
import { dialectFor } from '../../../src/transformers/dialects.ts'
import { openai } from '../../../src/transformers/openai/index.ts'
import { translate, type TranslateOptions } from '../../../src/transformers/translate.ts'

/** Wire objects are looked into as freely as parsed JSON. */
export type Wire = ReturnType<JSON['parse']>

let seed = 1
const steady = { now: () => 1_700_000_000_000, random: () => (seed = (seed * 16807) % 2147483647) / 2147483647 }

/** A Claude request as an upstream of Chat Completions gets it. */
export function fromClaude(body: JsonObject, options: Partial<TranslateOptions> = {}) {
  const exchange = translate(
    { model: 'claude-opus-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body },
    { from: 'claude', to: 'openai', model: 'gpt-4.1', ...steady, ...options },
  )
  return { ...exchange, body: exchange.body as Wire, paths: exchange.notices.map(({ action, path }) => `${action} ${path}`) }
}

/** A Chat request as an upstream of `to` gets it. */
export function fromChat(body: JsonObject, to: ProtocolName = 'claude', options: Partial<TranslateOptions> = {}) {
  const exchange = translate(
    { model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }], ...body },
    { from: 'openai', to, model: 'some-model', ...steady, ...options },
  )
  return { ...exchange, body: exchange.body as Wire, paths: exchange.notices.map(({ action, path }) => `${action} ${path}`) }
}

export function replyContext(more: Partial<ReplyContext> & { dialectName?: string; body?: JsonObject } = {}): ReplyContext {
  const { dialectName, body, ...context } = more
  let count = 0
  return {
    chat: openai.decodeRequest({ model: 'm', messages: [], ...body }, {}),
    model: 'client-model',
    dialect: dialectFor({ protocol: 'openai', dialect: dialectName }),
    notes: createNotes('reply', openai.fields),
    framing: 'sse',
    newId: (prefix) => `${prefix}${++count}`,
    now: () => 1_700_000_000_000,
    ...context,
  }
}

/** What a stream of chunks is read as. A chunk that is an array stands for its deltas' choices. */
export function readChunks(
  chunks: unknown[],
  options: { done?: boolean; context?: ReplyContext } = {},
): { events: StreamEvent[]; reply?: Reply } {
  const events: StreamEvent[] = []
  const fold = createFold()
  const decoder = openai.decodeStream((event) => {
    events.push(event)
    fold.emit(event)
  }, options.context ?? replyContext())
  for (const chunk of chunks) decoder.event(chunk, undefined)
  decoder.end(options.done ?? true)
  const finished = events.at(-1)?.type === 'finish'
  return { events, ...(finished && { reply: fold.reply() }) }
}

export const chunk = (delta: JsonObject, more: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
})
export const finish = (reason: string, more: JsonObject = {}): JsonObject => ({ ...chunk({}, { finish_reason: reason }), ...more })
export const call = (fields: JsonObject): JsonObject => chunk({ tool_calls: [fields] })

/** Neutral events as the text that a client gets. */
export function writeEvents(events: StreamEvent[], context = replyContext()): string {
  const write = openai.encodeStream(context)
  return events.map(write).join('')
}

/** The data of server-sent events, parsed; `[DONE]` as itself. */
export function parse(text: string): Wire[] {
  const data: Wire[] = []
  const reader = createEventReader((line) => data.push(line === '[DONE]' ? line : JSON.parse(line)))
  reader.push(new TextEncoder().encode(text))
  reader.end()
  return data
}

export const callsOf = (reply: Reply | undefined) =>
  reply?.parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ id: part.id, name: part.name, input: JSON.parse(part.json || '{}') as unknown }] : [],
  )
