import { describe, expect, it } from 'vitest'
import type { Part } from '../../../src/core/chat.ts'
import type { Reply } from '../../../src/core/reply.ts'
import { openOpaque } from '../../../src/core/envelope.ts'
import { claude } from '../../../src/transformers/claude/index.ts'
import { answer } from './contexts.ts'

const wire = (fields: object) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
  ...fields,
})
const read = (fields: object) => claude.decodeReply(wire(fields), answer())
const write = (reply: Partial<Reply>, context = answer()) => claude.encodeReply({ parts: [], stop: { reason: 'end' }, ...reply }, context)
const text = (value: string): Part => ({ type: 'text', text: value })

describe('an upstream answer', () => {
  it('is read block by block', () => {
    const { parts, stop } = read({
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'hidden' },
        { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
        {
          type: 'text',
          text: 'Sun.',
          citations: [{ type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'c', encrypted_index: 'e' }],
        },
        { type: 'tool_use', id: 'toolu_1', name: 'run', input: { a: 1 }, caller: { type: 'direct' } },
        { type: 'something_new', x: 1 },
      ],
      stop_reason: 'tool_use',
    })
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'hm', opaque: { by: 'claude', form: 'signature', data: 'sig' } },
      { type: 'reasoning', redacted: true, opaque: { form: 'redacted', data: 'hidden' } },
      { type: 'native', protocol: 'claude' },
      { type: 'text', citations: [{ url: 'u', title: 't', quote: 'c' }] },
      { type: 'tool-call', id: 'toolu_1', name: 'run', input: { a: 1 } },
      { type: 'native' },
    ])
    expect(stop.reason).toBe('tool-calls')
    // others would show the words of what the provider did by itself as the answer
    expect(parts.every((part) => part.type !== 'native' || part.text === undefined)).toBe(true)
  })
  it.each([
    [
      { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      { reason: 'stop-sequence', sequence: 'END' },
    ],
    [{ stop_reason: 'pause_turn' }, { reason: 'pause' }],
    [{ stop_reason: 'model_context_window_exceeded' }, { reason: 'context-window' }],
    [
      { stop_reason: 'refusal', content: [], stop_details: { category: 'cyber', explanation: 'no' } },
      { reason: 'refusal', detail: 'no', category: 'cyber' },
    ],
    [{ stop_reason: 'refusal', content: [], stop_details: null }, { reason: 'refusal' }],
    [{ stop_reason: 'tool_use' }, { reason: 'end' }],
    [{ stop_reason: 'brand_new' }, { reason: 'other', detail: 'brand_new' }],
  ])('ends: %j', (fields, stop) => expect(read(fields).stop).toEqual(stop))
  it('counts tokens', () => {
    const usage = {
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 40 },
    }
    expect(read({ usage }).usage).toMatchObject({
      input: 10,
      cacheRead: 100,
      cacheWrite: 30,
      cacheWriteLong: 20,
      output: 50,
      reasoning: 40,
    })
    const iterations = [
      { type: 'compaction', input_tokens: 1000, output_tokens: 20 },
      { type: 'advisor_message', input_tokens: 7, output_tokens: 7 },
      { type: 'message', input_tokens: 10, output_tokens: 50 },
    ]
    expect(read({ usage: { ...usage, iterations } }).usage).toMatchObject({ input: 1010, output: 70 })
    iterations.push({ type: 'fallback_message', input_tokens: 1, output_tokens: 1 })
    expect(read({ usage: { ...usage, iterations } }).usage).toMatchObject({ input: 10, output: 50 })
  })
  it('counts the cache of a compaction, which the totals leave out', () => {
    const counts = (type: string, input: number, output: number, read: number, long: number) => ({
      ...(type && { type }),
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: long + 1,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: long },
    })
    const usage = {
      ...counts('', 10, 50, 100, 4),
      iterations: [counts('compaction', 3000, 400, 147000, 20), counts('message', 10, 50, 100, 4)],
    }
    const total = { input: 3010, output: 450, cacheRead: 147100, cacheWrite: 26, cacheWriteLong: 24 }
    expect(read({ usage }).usage).toMatchObject(total)
    expect(read({ usage: { ...usage, iterations: usage.iterations.slice(0, 1) } }).usage).toMatchObject(total)
    expect(write(read({ usage }))).toMatchObject({ usage })
  })
  it.each([
    [{ service_tier: 'standard', speed: 'fast' }, 'fast'],
    [{ service_tier: 'priority', speed: 'standard' }, 'priority'],
    [{ speed: 'standard' }, 'standard'],
    [{ service_tier: 'batch', speed: null }, 'batch'],
  ])('tells what it is billed as: %j', (fields, tier) => {
    const usage = { input_tokens: 1, output_tokens: 1, ...fields }
    const reply = read({ usage })
    expect(reply.usage?.serviceTier).toBe(tier)
    expect(write(reply)).toMatchObject({ usage })
  })
  it('may be an error with a status of success, or none at all', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(() => claude.decodeReply(body, answer())).toThrow('Overloaded')
    expect(() => claude.decodeReply('<html>', answer())).toThrow('not a Claude message')
    expect(() => claude.decodeReply({}, answer())).toThrow('not a Claude message')
  })
})

describe('an answer for a client', () => {
  it('has the form that clients know', () => {
    const call: Part = { type: 'tool-call', id: 'toolu_1', name: 'run', json: '' }
    const body = write({
      id: 'chatcmpl-1',
      parts: [text('I run it.'), call],
      usage: { input: 5, cacheRead: 90, cacheWrite: 5, output: 7, reasoning: 2 },
    })
    expect(body).toMatchObject({
      id: 'msg_new1',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5',
      content: [
        { type: 'text', text: 'I run it.' },
        { type: 'tool_use', id: 'toolu_1', name: 'run', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: {
        input_tokens: 5,
        cache_read_input_tokens: 90,
        cache_creation_input_tokens: 5,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 2 },
      },
    })
  })
  it('has no empty text', () => expect(write({ parts: [text('')] }).content).toEqual([]))
  it('never counts 0 where nothing was counted', () => {
    const { usage } = write({ parts: [text('some words')] }) as { usage: { input_tokens: number; output_tokens: number } }
    expect(usage.input_tokens).toBeGreaterThan(0)
    expect(usage.output_tokens).toBeGreaterThan(0)
  })
  it('says that it was declined (hard case 39)', () => {
    expect(write({ stop: { reason: 'refusal', category: 'odd' } })).toMatchObject({
      content: [],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: null },
    })
    expect(write({ parts: [{ type: 'refusal', text: 'I cannot.' }] })).toMatchObject({
      content: [{ type: 'text', text: 'I cannot.' }],
      stop_reason: 'refusal',
      stop_details: { explanation: 'I cannot.' },
    })
  })
  it('seals what another provider minted', () => {
    const opaque = { by: 'openai-responses' as const, form: 'encrypted', id: 'rs_1', data: 'xyz' }
    const { content } = write({ parts: [{ type: 'reasoning', text: '', opaque }] }) as { content: { signature: string }[] }
    expect(content).toMatchObject([{ type: 'thinking', thinking: '' }])
    expect(openOpaque(content[0]?.signature ?? '')).toEqual(opaque)
  })
  it('hides reasoning that the client asked not to see, but not what comes back of it', () => {
    const context = answer({ reasoning: { show: 'hidden' } })
    const parts: Part[] = [{ type: 'reasoning', text: 'secret', opaque: { by: 'openai', form: 'plain', data: '' } }, text('a')]
    expect(write({ parts }, context).content).toMatchObject([
      { type: 'thinking', thinking: '', signature: expect.stringMatching(/^ccr1/) },
      { text: 'a' },
    ])
  })
  it('names sources', () => {
    const parts: Part[] = [
      { type: 'text', text: 'Sun.', citations: [{ url: 'https://example.com', quote: 'sun' }, { title: 'no address' }] },
    ]
    expect(write({ parts }).content).toEqual([
      {
        type: 'text',
        text: 'Sun.',
        citations: [
          {
            type: 'web_search_result_location',
            url: 'https://example.com',
            title: 'https://example.com',
            cited_text: 'sun',
            encrypted_index: '',
          },
        ],
      },
    ])
  })
  it('leaves out what only other clients know, with a notice', () => {
    const context = answer()
    write(
      {
        parts: [
          { type: 'native', protocol: 'gemini', value: { executableCode: {} } },
          { type: 'image', source: { type: 'url', url: 'u' } },
        ],
      },
      context,
    )
    expect(context.notes.list.map((notice) => notice.action)).toEqual(['dropped', 'dropped'])
  })
})
