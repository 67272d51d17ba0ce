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

describe('what passes untouched', () => {
  it.each(streams)('is known to be whole: %s', (_, protocol, stream) => {
    for (const size of [1, 7, 100, 1000, 4097, 1 << 20])
      expect({ size, ...passed(protocol, stream, size) }).toMatchObject({ size, last: undefined, usage: 7, recovered: false })
  })

  it.each(streams)('is known to be cut: %s', (_, protocol, stream) => {
    for (const size of [1, 7, 100, 1000, 4097, 1 << 20]) expect(passed(protocol, stream.slice(0, -15_000), size).last).toBe('<cut>')
  })

  it.each([0, 1, 3, 10, 1000])('is known to be about as long as it is, without counts: %i more words', (more) => {
    const words = ['one ', ...Array.from({ length: more }, (_, i) => `word ${i % 10} of it `)]
    const chunk = (delta: object, finish_reason: string | null = null) => ({ id: 'c', choices: [{ index: 0, delta, finish_reason }] })
    const stream = `${sse([...words.map((content) => chunk({ content })), chunk({}, 'stop')])}data: [DONE]\n\n`
    for (const text of [stream, stream.slice(0, -200)])
      for (const size of [7, 1000, 1 << 20]) {
        const { said } = passed('openai', text, size)
        const characters = words.join('').length
        if (text === stream || more > 100) expect(Math.abs(said!.characters / characters - 1)).toBeLessThan(0.05)
      }
  })

  it('is not called cut where an event was too large to be kept', () => {
    const huge = sse([text('a')]) + `data: ${'x'.repeat(17 * 1024 * 1024)}`
    expect(passed('gemini', huge, 1 << 16).last).toBeUndefined()
  })
})
