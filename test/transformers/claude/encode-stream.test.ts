import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { openOpaque } from '../../../src/core/envelope.ts'
import type { StreamEvent, StreamPart } from '../../../src/core/reply.ts'
import { answer, streamed } from './contexts.ts'

const start: StreamEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt' }
const open = (index: number, part: StreamPart): StreamEvent => ({ type: 'part-start', index, part })
const delta = (index: number, text: string): StreamEvent => ({ type: 'delta', index, text })
const end = (index: number, opaque?: { by: 'openai' | 'gemini'; form: string; data: string }): StreamEvent => ({
  type: 'part-end',
  index,
  opaque,
})
const finish = (fields: object = {}): StreamEvent => ({
  type: 'finish',
  stop: { reason: 'end' },
  usage: { input: 9, output: 3 },
  ...fields,
})
const text: StreamPart = { type: 'text', text: '' }
const thought: StreamPart = { type: 'reasoning', text: '' }
const call = (id: string): StreamPart => ({ type: 'tool-call', id, name: 'run' })
const plain = { by: 'openai' as const, form: 'plain', data: '' }

/** The official client reads the stream. */
async function byClient(wire: string): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: async () => new Response(wire, { headers: { 'content-type': 'text/event-stream' } }),
  })
  return client.messages.stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }).finalMessage()
}

describe('a stream for a client', () => {
  it('has exactly the sequence that clients know', () => {
    const { events } = streamed([start, open(0, text), delta(0, 'Hel'), delta(0, 'lo'), end(0), finish()])
    expect(events).toMatchObject([
      { type: 'message_start', message: { id: 'msg_new1', model: 'claude-sonnet-5', content: [], stop_reason: null, container: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
        usage: { input_tokens: 9, output_tokens: 3 },
      },
      { type: 'message_stop' },
    ])
  })
  it('counts real input from its start (hard case 36)', () => {
    const { events } = streamed([start, finish({ usage: { input: 200, cacheRead: 1000, output: 5 } })])
    const [first, last] = [events[0]?.message, events.at(-2)] as unknown as [{ usage: { input_tokens: number } }, { usage: object }]
    expect(first.usage.input_tokens).toBeGreaterThan(0)
    expect(last.usage).toMatchObject({ input_tokens: 200, cache_read_input_tokens: 1000, output_tokens: 5 })
  })
  it('is read by the official client, thinking, text and calls (hard cases 28, 29 and 31)', async () => {
    const { text: wire } = streamed([
      start,
      open(0, thought),
      delta(0, 'hm'),
      end(0, plain),
      open(1, call('toolu_a')),
      delta(1, '{"a":'),
      delta(1, '1}'),
      end(1),
      open(2, text),
      delta(2, 'more\n"text" é𝄞'),
      end(2),
      open(3, call('toolu_b')),
      end(3),
      finish({ stop: { reason: 'tool-calls' } }),
    ])
    const message = await byClient(wire)
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'hm', signature: expect.stringMatching(/^ccr1/) },
      { type: 'tool_use', id: 'toolu_a', input: { a: 1 } },
      { type: 'text', text: 'more\n"text" é𝄞' },
      { type: 'tool_use', id: 'toolu_b', input: {} },
    ])
    expect(message.stop_reason).toBe('tool_use')
  })
  it('is one block after the other where calls interleave (hard case 30, Responses hard case 4)', () => {
    const { events } = streamed([
      start,
      open(0, call('toolu_a')),
      delta(0, '{"x"'),
      open(1, call('toolu_b')),
      delta(1, '{"y":2}'),
      delta(0, ':1}'),
      end(0),
      end(1),
      finish(),
    ])
    const blocks = events
      .filter((event) => event.type.startsWith('content_block'))
      .map((event) => `${event.type.slice(14)} ${String(event.index)}`)
    expect(blocks).toEqual(['start 0', 'delta 0', 'delta 0', 'stop 0', 'start 1', 'delta 1', 'stop 1'])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } })
  })
  it('opens no block that stays empty, and keeps thinking that only carries (Responses hard case 5)', () => {
    const sealed = { by: 'openai' as const, form: 'encrypted', data: 'xyz' }
    const { events } = streamed([start, open(0, text), end(0), open(1, thought), end(1, plain), open(2, thought), end(2, sealed), finish()])
    expect(events.slice(1, -2)).toMatchObject([
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { delta: { type: 'signature_delta' } },
      { type: 'content_block_stop', index: 0 },
    ])
  })
  it('carries the signature of a call in a thinking block before it, never after (hard case 46, Gemini hard cases 4 and 8)', () => {
    const opaque = { by: 'gemini' as const, form: 'call', data: 'signature' }
    const { events } = streamed([
      start,
      open(0, text),
      delta(0, 'a'),
      end(0, { ...opaque, form: 'text' }),
      open(1, { type: 'tool-call', id: 'toolu_a', name: 'run', opaque }),
      delta(1, '{}'),
      end(1, opaque),
      open(2, call('toolu_b')),
      end(2),
      finish(),
    ])
    const blocks = events.flatMap((event) => (event.type === 'content_block_start' ? [(event.content_block as { type: string }).type] : []))
    expect(blocks).toEqual(['text', 'thinking', 'tool_use', 'tool_use'])
    const signed = events.find((event) => (event.delta as { type?: string } | undefined)?.type === 'signature_delta')
    expect(openOpaque((signed?.delta as { signature?: string } | undefined)?.signature ?? '')).toEqual(opaque)
  })
  it('gives free text of a custom call as its one field', async () => {
    const { text: wire } = streamed([
      start,
      open(0, { type: 'tool-call', id: 'c', name: 'patch', custom: true }),
      delta(0, '*** "x"'),
      end(0),
      finish(),
    ])
    expect((await byClient(wire)).content).toMatchObject([{ input: { input: '*** "x"' } }])
  })
  it('hides reasoning that the client asked not to see', () => {
    const { events } = streamed(
      [start, open(0, thought), delta(0, 'secret'), end(0, plain), finish()],
      answer({ reasoning: { show: 'hidden' } }),
    )
    expect(JSON.stringify(events)).not.toContain('secret')
    expect(events.filter((event) => event.type.startsWith('content_block'))).toHaveLength(3)
  })
  it('declines (hard case 39)', () => {
    const { events } = streamed([start, open(0, { type: 'refusal', text: '' }), delta(0, 'I cannot.'), end(0), finish()])
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal', stop_details: { explanation: 'I cannot.' } } })
  })
  it('names sources as they come', () => {
    const citation: StreamEvent = { type: 'citation', index: 0, citation: { url: 'https://example.com', title: 't' } }
    const { events } = streamed([start, open(0, text), delta(0, 'a'), citation, end(0), finish()])
    expect(events[3]).toMatchObject({ delta: { type: 'citations_delta', citation: { url: 'https://example.com' } } })
  })
  it('breaks in an error event, without a clean end (hard cases 37 and 38)', async () => {
    const failure = { kind: 'overloaded' as const, status: 503, message: 'busy' }
    const { text: wire, events } = streamed([start, open(0, text), delta(0, 'a'), { type: 'error', failure }])
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } })
    expect(events.some((event) => event.type === 'message_stop')).toBe(false)
    await expect(byClient(wire)).rejects.toThrow('busy')
  })
})
