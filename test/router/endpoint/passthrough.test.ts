/** What passes untouched is read at its head and its tail: the end must be known however the bytes are cut. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { createPassThrough } from '../../../src/router/endpoint/passthrough.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { emptyChat, replyContext } from '../../laws/contexts.ts'

/** What a client gets of a stream cut into pieces of `size` bytes, and how it ended. */
function passed(protocol: ProtocolName, text: string, size: number) {
  const events: StreamEvent[] = []
  const passage = createPassThrough({
    upstream: protocols[protocol],
    context: replyContext(protocol, emptyChat(), 'm'),
    tell: () => '<cut>',
    observe: (event) => events.push(event),
  })
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    expect(passage.push(piece)).toBe(piece)
  }
  const last = passage.end()
  const finish = events.find((event) => event.type === 'finish')
  const usage = finish?.type === 'finish' ? finish.usage?.output : undefined
  return { last, usage, recovered: passage.recovered, said: passage.said?.() }
}

const BIG = 'x'.repeat(20_000)
const sse = (events: object[], end = '\n') => events.map((event) => `data: ${JSON.stringify(event)}${end}${end}`).join('')
const named = (events: { type: string }[]) => events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

const text = (words: string) => ({ candidates: [{ content: { role: 'model', parts: [{ text: words }] }, index: 0 }] })
const signed = {
  candidates: [{ content: { role: 'model', parts: [{ text: '', thoughtSignature: BIG }] }, finishReason: 'STOP', index: 0 }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 7, totalTokenCount: 10 },
}
const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: BIG, annotations: [] }],
}
const part = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', output: [] as object[] }
const responses = [
  { type: 'response.created', response: { ...response, status: 'in_progress' } },
  { type: 'response.output_item.added', output_index: 0, item: { ...message, status: 'in_progress', content: [] } },
  { type: 'response.content_part.added', ...part, part: { type: 'output_text', text: '', annotations: [] } },
  ...Array.from({ length: 20 }, () => ({ type: 'response.output_text.delta', ...part, delta: 'x'.repeat(1000) })),
  { type: 'response.output_item.done', output_index: 0, item: message },
  {
    type: 'response.completed',
    response: { ...response, status: 'completed', output: [message], usage: { input_tokens: 3, output_tokens: 7, total_tokens: 10 } },
  },
]
const streams: [string, ProtocolName, string][] = [
  [
    'a last event of Gemini with a large signature',
    'gemini',
    sse([text('a'), ...Array.from({ length: 30 }, () => text(BIG.slice(0, 500))), signed]),
  ],
  ['the same with CRLF', 'gemini', sse([text('a'), text('b'), signed], '\r\n')],
  ['two events in a row', 'gemini', sse([text('a'), { ...text('b'), ...signed }])],
  ['a last event that holds all of the answer', 'openai-responses', named(responses)],
]

const chunk = (delta: object, more: object = {}) => ({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }] })
const counted = { id: 'c', choices: [], usage: { prompt_tokens: 3, completion_tokens: 7, total_tokens: 10 } }
const said = (words: string[]) => words.map((content) => chunk({ content }))
const begun = [
  {
    type: 'message_start',
    message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
]
const told = (words: string[]) => words.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }))
const ended = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
  { type: 'message_stop' },
]
const pings = (count: number) => Array.from({ length: count }, () => ({ type: 'ping' }))

const MANY = Array.from({ length: 40 }, (_, i) => `word ${i} `)
const endings: [string, ProtocolName, string][] = [
  ['pings of Claude', 'claude', named([...begun, ...told(MANY), ...ended, ...pings(9)])],
  ['comments', 'openai', `${sse([...said(MANY), chunk({}, { finish_reason: 'stop' }), counted])}${': keep-alive\n\n'.repeat(8)}`],
  ['comments and the last word', 'openai', `${sse([...said(MANY), counted])}${': keep-alive\n\n'.repeat(8)}data: [DONE]\n\n`],
  ['blank lines', 'openai', sse([...said(MANY), chunk({}, { finish_reason: 'stop' }), counted], '\n\n\n\n')],
]
const unread: [string, ProtocolName, (words: string[]) => string][] = [
  ['chunks', 'openai', (words) => `${sse([...said(words), chunk({}, { finish_reason: 'stop' })])}data: [DONE]\n\n`],
  ['chunks, cut', 'openai', (words) => sse(said(words))],
  ['an empty chunk behind each', 'openai', (words) => sse(words.flatMap((content) => [chunk({ content }), chunk({})]))],
  ['events with names', 'claude', (words) => named([...begun, ...told(words), ended[0]!])],
  ['events with names, behind pings', 'claude', (words) => named([...begun, ...told(words), ...pings(7)])],
]

describe('what passes untouched', () => {
  it.each(streams)('is known to be whole: %s', (_, protocol, stream) => {
    for (const size of [1, 7, 100, 1000, 4097, 1 << 20]) {
      const { said: _, ...known } = passed(protocol, stream, size)
      expect({ size, ...known }).toEqual({ size, last: undefined, usage: 7, recovered: false })
    }
  })

  it.each(streams)('is known to be cut: %s', (_, protocol, stream) => {
    for (const size of [1, 7, 100, 1000, 4097, 1 << 20]) expect(passed(protocol, stream.slice(0, -15_000), size).last).toBe('<cut>')
  })

  it.each(endings)('is known with its counts behind signs of life: %s', (_, protocol, stream) => {
    for (const size of [1, 100, 1 << 20]) {
      const { last, usage } = passed(protocol, stream, size)
      expect(last).not.toBe('<cut>')
      expect(usage).toBe(7)
    }
  })

  it.each(unread)('is known to be about as long as it is, without counts: %s', (_, protocol, streamOf) => {
    for (const words of [1, 3, 10, 1000])
      for (const size of [7, 1000, 1 << 20]) {
        const { said } = passed(protocol, streamOf(Array.from({ length: words }, (_, i) => `word ${i % 10} of it `)), size)
        const far = Math.abs(said!.characters / (words * 'word 0 of it '.length) - 1)
        expect({ words, size, far }).toEqual({ words, size, far: expect.toSatisfy((by: number) => by < 0.1) })
      }
  })

  it('is not called cut where an event was too large to be kept', () => {
    const huge = sse([text('a')]) + `data: ${'x'.repeat(17 * 1024 * 1024)}`
    expect(passed('gemini', huge, 1 << 16).last).toBeUndefined()
  })
})
