import { describe, expect, it } from 'vitest'
import { openOpaque } from '../../../src/core/envelope.ts'
import { unfold } from '../../../src/core/fold.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { openai } from '../../../src/transformers/openai/index.ts'
import { parse, replyContext, writeEvents } from './asking.ts'

const start: StreamEvent = { type: 'start', id: 'msg_1' }
const end: StreamEvent = { type: 'finish', stop: { reason: 'end' }, usage: { input: 3, cacheRead: 4, output: 5, reasoning: 1 } }
const text = (index: number, words: string): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'text', text: '' } },
  { type: 'delta', index, text: words },
  { type: 'part-end', index },
]
const toolCall = (index: number, name: string, args: string): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'tool-call', id: `call_${name}`, name } },
  ...(args ? [{ type: 'delta', index, text: args } as const] : []),
  { type: 'part-end', index },
]
const deltas = (events: StreamEvent[], context = replyContext()) =>
  parse(writeEvents(events, context)).flatMap((data) => (data.choices?.[0] ? [data.choices[0].delta] : []))

describe('a stream for a client', () => {
  it('begins with the role, ends with the reason, the usage where it was asked for, and [DONE]', () => {
    const events = [start, ...text(0, 'hi'), end]
    const chunks = parse(writeEvents(events))
    expect(chunks.map((data) => (typeof data === 'string' ? data : data.choices![0]))).toEqual([
      { index: 0, delta: { role: 'assistant', content: '', refusal: null }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'hi' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
      '[DONE]',
    ])
    const asked = parse(writeEvents(events, replyContext({ body: { stream: true, stream_options: { include_usage: true } } })))
    expect(asked.map((data) => data.usage)).toEqual([
      null,
      null,
      null,
      {
        prompt_tokens: 7,
        completion_tokens: 5,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      undefined,
    ])
    expect(asked[3]!.choices).toEqual([])
    expect(new Set(asked.slice(0, 4).map(({ id, model, created }) => `${id} ${model} ${created}`))).toEqual(
      new Set(['chatcmpl-msg_1 client-model 1700000000']),
    )
  })

  it('43: counts calls from 0, whatever parts stand before', () => {
    const calls = deltas([start, ...text(0, 'hi'), ...toolCall(1, 'f', '{"x":1}'), ...toolCall(2, 'g', ''), end]).flatMap(
      (delta) => delta.tool_calls ?? [],
    )
    expect(calls).toEqual([
      { index: 0, id: 'call_f', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{"x":1}' } },
      { index: 1, id: 'call_g', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
    ])
  })

  it('calls may interleave', () => {
    const calls = deltas([
      start,
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'f' } },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'b', name: 'g' } },
      { type: 'delta', index: 1, text: '{}' },
      { type: 'delta', index: 0, text: '{"x":1}' },
      { type: 'part-end', index: 1 },
      { type: 'part-end', index: 0 },
      end,
    ]).flatMap((delta) => delta.tool_calls ?? [])
    expect(calls.slice(2)).toEqual([
      { index: 1, function: { arguments: '{}' } },
      { index: 0, function: { arguments: '{"x":1}' } },
    ])
  })

  it('seals what another provider minted, and gives it back with the next request', () => {
    const opaque = { by: 'claude' as const, data: 'sig==' }
    const all = deltas([
      start,
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
      { type: 'delta', index: 0, text: 'hm' },
      { type: 'part-end', index: 0, opaque },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'a', name: 'f' } },
      { type: 'part-end', index: 1, opaque: { by: 'gemini', data: 'c2ln' } },
      end,
    ])
    expect(all[1]).toEqual({ reasoning_content: 'hm' })
    const [detail] = all[2]!.reasoning_details!
    expect(detail).toMatchObject({ type: 'reasoning.text', text: 'hm', index: 0 })
    expect(openOpaque(detail!.signature)).toEqual(opaque)
    const signed = all.findLast((delta) => delta.tool_calls)!.tool_calls![0]!
    expect(signed.function).toEqual({ arguments: '' })

    const { messages } = openai.decodeRequest(
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            reasoning_content: 'hm',
            reasoning_details: [detail],
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: signed.extra_content }],
          },
        ],
      },
      {},
    )
    expect(messages[0]!.parts).toMatchObject([
      { type: 'reasoning', text: 'hm', opaque },
      { type: 'tool-call', opaque: { by: 'gemini', data: 'c2ln' } },
    ])
    expect(messages[0]!.extra).toBeUndefined()
  })

  it('39: a refusal without a word said', () => {
    const chunks = parse(writeEvents([start, { type: 'finish', stop: { reason: 'refusal', detail: 'Against the rules.' } }]))
    expect(chunks.map((data) => data.choices?.[0]?.delta?.refusal)).toEqual([null, 'Against the rules.', undefined, undefined])
    expect(chunks[2]!.choices![0]!.finish_reason).toBe('content_filter')
  })

  it('an error ends without [DONE]', () => {
    const failure = { kind: 'overloaded', status: 529, message: 'Overloaded' } as const
    expect(parse(writeEvents([start, ...text(0, 'hi'), { type: 'error', failure }])).at(-1)).toEqual({
      error: { message: 'Overloaded', type: 'server_error', param: null, code: 'overloaded' },
    })
  })

  it('places sources in the whole message', () => {
    const chunks = deltas([
      start,
      ...text(0, 'ab'),
      { type: 'part-start', index: 1, part: { type: 'text', text: '' } },
      { type: 'delta', index: 1, text: 'cde' },
      { type: 'citation', index: 1, citation: { url: 'https://a.org' } },
      { type: 'part-end', index: 1 },
      end,
    ])
    expect(chunks.find((delta) => delta.annotations)?.annotations).toEqual([
      { type: 'url_citation', url_citation: { start_index: 2, end_index: 5, url: 'https://a.org', title: '' } },
    ])
  })

  it.each([
    ['pause', 'length'],
    ['context-window', 'length'],
    ['max-tokens', 'length'],
    ['other', 'stop'],
    ['tool-calls', 'stop'], // only tools of the provider's own were called
  ] as const)('%s is %s', (reason, word) => {
    expect(parse(writeEvents([start, { type: 'finish', stop: { reason } }]))[1]!.choices![0]!.finish_reason).toBe(word)
  })

  it('law 5: a stream and a whole answer say the same', () => {
    const reply: Reply = {
      id: 'r',
      parts: [
        { type: 'reasoning', text: 'hm', opaque: { by: 'claude', data: 's' } },
        { type: 'text', text: 'a "quoted"\n' },
        { type: 'tool-call', id: 'x', name: 'f', json: '' },
        { type: 'tool-call', id: 'y', name: 'patch', json: 'raw', custom: true },
      ],
      stop: { reason: 'tool-calls' },
      usage: { input: 1, output: 2 },
    }
    const events: StreamEvent[] = []
    unfold(reply, (event) => events.push(event))
    const all = deltas(events)
    const message = openai.encodeReply(reply, replyContext()).choices as { message: Record<string, unknown> }[]
    expect(all.map((delta) => delta.content ?? '').join('')).toBe(message[0]!.message.content)
    expect(all.flatMap((delta) => delta.reasoning_details ?? [])).toEqual(message[0]!.message.reasoning_details)
    expect(all.flatMap((delta) => delta.tool_calls ?? []).at(-1)).toEqual({ index: 1, custom: { input: 'raw' } })
    expect(message[0]!.message.tool_calls).toEqual([
      { id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } },
      { id: 'y', type: 'custom', custom: { name: 'patch', input: 'raw' } },
    ])
  })
})
