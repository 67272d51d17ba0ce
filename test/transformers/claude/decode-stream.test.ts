import { describe, expect, it } from 'vitest'
import { createFold } from '../../../src/core/fold.ts'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { readStream } from './contexts.ts'

const start = (fields: object = {}) => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
    usage: { input_tokens: 43, output_tokens: 1 },
    ...fields,
  },
})
const open = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value })
const words = (index: number, text: string) => delta(index, { type: 'text_delta', text })
const close = (index: number) => ({ type: 'content_block_stop', index })
const ended = (stop_reason: string, usage: object = { output_tokens: 2 }) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
})
const stop = { type: 'message_stop' }
const text = open(0, { type: 'text', text: '' })

const types = (events: StreamEvent[]) => events.map((event) => event.type)
const folded = (wire: unknown[]) => {
  const fold = createFold()
  readStream(wire).forEach(fold.emit)
  return fold.reply()
}

describe('an upstream stream', () => {
  it('is read as it comes; later counts replace earlier ones', () => {
    const events = readStream([
      start(),
      { type: 'ping' },
      text,
      words(0, 'po'),
      words(0, 'ng'),
      close(0),
      ended('end_turn', { input_tokens: 61, output_tokens: 2 }),
      stop,
    ])
    expect(types(events)).toEqual(['start', 'part-start', 'delta', 'delta', 'part-end', 'finish'])
    expect(events[0]).toMatchObject({ id: 'msg_1', model: 'claude-x', usage: { input: 43 } })
    expect(events.at(-1)).toMatchObject({ stop: { reason: 'end' }, usage: { input: 61, output: 2 } })
  })
  it('tells thinking, its signature, calls with and without arguments', () => {
    const { parts, stop: why } = folded([
      start(),
      open(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'hm' }),
      delta(0, { type: 'signature_delta', signature: 'sig' }),
      close(0),
      open(1, { type: 'redacted_thinking', data: 'hidden' }),
      close(1),
      open(2, { type: 'tool_use', id: 'a', name: 'run', input: {} }),
      delta(2, { type: 'input_json_delta', partial_json: '' }),
      delta(2, { type: 'input_json_delta', partial_json: '{"x":1}' }),
      close(2),
      open(3, {
        type: 'tool_use',
        id: 'b',
        name: 'run',
        input: { eager: true },
        caller: { type: 'code_execution_20250825', tool_id: 's' },
      }),
      close(3),
      open(4, { type: 'tool_use', id: 'c', name: 'run', input: {} }),
      close(4),
      ended('tool_use'),
      stop,
    ])
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'hm', opaque: { by: 'claude', form: 'signature', data: 'sig' } },
      { type: 'reasoning', redacted: true, opaque: { form: 'redacted', data: 'hidden' } },
      { type: 'tool-call', id: 'a', json: '{"x":1}' },
      { type: 'tool-call', id: 'b', json: '{"eager":true}' },
      { type: 'tool-call', id: 'c', json: '' },
    ])
    expect(why.reason).toBe('tool-calls')
  })
  it('keeps what the provider did itself as one part', () => {
    const { parts, stop: why } = folded([
      start(),
      open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      delta(0, { type: 'input_json_delta', partial_json: '"q"}' }),
      close(0),
      open(1, { type: 'compaction', content: null }),
      delta(1, { type: 'compaction_delta', content: 'summary' }),
      close(1),
      open(2, { type: 'text', text: '', citations: [] }),
      delta(2, { type: 'citations_delta', citation: { type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'c' } }),
      words(2, 'Sun.'),
      close(2),
      ended('end_turn'),
      stop,
    ])
    expect(parts).toMatchObject([
      { type: 'native', value: { type: 'server_tool_use', input: { query: 'q' } } },
      { type: 'native', value: { type: 'compaction', content: 'summary' } },
      { type: 'text', text: 'Sun.', citations: [{ url: 'u', title: 't', quote: 'c' }] },
    ])
    expect(why.reason).toBe('end')
  })
  it('may begin twice, as long as nothing was said', () => {
    expect(types(readStream([start(), start(), text, words(0, 'a'), close(0), ended('end_turn'), stop]))).toEqual([
      'start',
      'part-start',
      'delta',
      'part-end',
      'finish',
    ])
    expect(() => readStream([start(), text, words(0, 'a'), start({ id: 'msg_2' })])).toThrow('second message')
  })
  it('may be declined before it says anything', () => {
    const refusal = {
      type: 'message_delta',
      delta: { stop_reason: 'refusal', stop_details: { explanation: 'no', category: 'cyber' } },
      usage: {},
    }
    expect(readStream([start(), refusal, stop]).at(-1)).toMatchObject({
      type: 'finish',
      stop: { reason: 'refusal', detail: 'no', category: 'cyber' },
    })
  })
  it('is complete once it has told why it stopped, and is not before (hard case 38)', () => {
    expect(types(readStream([start(), text, words(0, 'a'), close(0), ended('end_turn')])).at(-1)).toBe('finish')
    expect(types(readStream([start(), text, words(0, 'a'), close(0)])).at(-1)).toBe('part-end')
    expect(types(readStream([start(), text, words(0, 'a'), ended('max_tokens')])).slice(-2)).toEqual(['part-end', 'finish'])
    expect(readStream([])).toEqual([])
  })
  it('breaks in an error', () => {
    const events = readStream([start(), text, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, stop])
    expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'overloaded', status: 529, message: 'Overloaded' } })
  })
  it('may lack the start of a block, and hold events that nobody knows yet', () => {
    const { parts } = folded([
      start(),
      { type: 'new_event' },
      words(0, 'a'),
      delta(0, { type: 'new_delta' }),
      delta(7, { type: 'signature_delta' }),
      ended('end_turn'),
      stop,
    ])
    expect(parts).toMatchObject([{ type: 'text', text: 'a' }])
  })
})
