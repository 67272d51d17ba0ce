/** Stop sequences that an upstream cannot be told are enforced on its answer. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFold, unfold } from '../../src/core/fold.ts'
import type { Reply, StreamEvent } from '../../src/core/reply.ts'
import { cutReply, cutStream } from '../../src/transformers/stop-sequences.ts'
import { translate } from '../../src/transformers/translate.ts'

const bytes = (events: object[]) =>
  new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n')

const claude = { model: 'claude-opus-5-5', max_tokens: 64, messages: [{ role: 'user', content: 'Count.' }] }
const chunk = (delta: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-5.4',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
})
const USAGE = { prompt_tokens: 9, completion_tokens: 30, total_tokens: 39 }

describe('case 18: more stop sequences than Chat Completions takes', () => {
  const stops = ['one', 'two', 'three', 'four', 'five', '\n\nHuman:']
  const asked = (stream: boolean) =>
    translate({ ...claude, stream, stop_sequences: stops }, { from: 'claude', to: 'openai', model: 'gpt-5.4' })

  it('sends four, and tells that the answer is cut at the others', () => {
    const { body, notices } = asked(false)
    expect(body.stop).toEqual(['one', 'two', 'three', 'four'])
    expect(notices.find((notice) => notice.path === '/stop_sequences')).toMatchObject({ action: 'approximated', minor: true })
  })

  it('cuts a whole answer, says which sequence it was and counts what was used', () => {
    const message = { role: 'assistant', content: 'So: 5.\n\nHuman: what is six?' }
    const reply = asked(false).response({
      id: 'c', object: 'chat.completion', created: 1, model: 'gpt-5.4', usage: USAGE,
      choices: [{ index: 0, message, finish_reason: 'length' }],
    }) // prettier-ignore
    expect(reply.content).toMatchObject([{ type: 'text', text: 'So: 5.' }])
    expect([reply.stop_reason, reply.stop_sequence]).toEqual(['stop_sequence', '\n\nHuman:'])
    expect(reply.usage).toMatchObject({ output_tokens: 30 })
  })

  it('cuts a stream, though the sequence comes in pieces and calls follow', () => {
    const events = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'So: 5.\n' }),
      chunk({ content: '\nHum' }),
      chunk({ content: 'an: what' }),
      chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'ls', arguments: '{}' } }] }),
      chunk({}, { finish_reason: 'tool_calls' }),
      { ...chunk({}), choices: [], usage: USAGE },
    ]
    const translator = asked(true).translator()
    const out = translator.push(bytes(events)) + translator.end()
    expect(out).toContain('"text":"So: 5."')
    expect(out).not.toMatch(/"text":"[^"]*Hum/)
    expect(out).not.toContain('"type":"tool_use"')
    expect(out).toContain('"stop_reason":"stop_sequence","stop_sequence":"\\n\\nHuman:"')
    expect(out).toContain('"output_tokens":30')
    expect(out.match(/event: message_stop/g)).toHaveLength(1)
  })

  it('gives back what only looked like a sequence', () => {
    const translator = asked(true).translator()
    const out =
      translator.push(bytes([chunk({ content: 'fiv' }), chunk({ content: 'r' }), chunk({}, { finish_reason: 'stop' })])) + translator.end()
    expect(out.match(/"text":"[^"]*"/g)?.join('')).toContain('fiv')
    expect(out).toContain('"stop_reason":"end_turn"')
  })

  it('is complete where it was cut, though the upstream breaks off behind it', () => {
    const translator = asked(true).translator()
    const out = translator.push(bytes([chunk({ content: 'a five b' })]).slice(0, -14)) + translator.end()
    expect(out).toContain('"stop_reason":"stop_sequence"')
    expect(out).not.toContain('event: error')
  })
})

describe('Responses case 33: stop sequences where there are none', () => {
  it('cuts the answer at each of them', () => {
    const exchange = translate({ ...claude, stop_sequences: ['END'] }, { from: 'claude', to: 'openai-responses', model: 'gpt-5.4' })
    expect(JSON.stringify(exchange.body)).not.toContain('END')
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Yes END no', annotations: [] }] }] // prettier-ignore
    const reply = exchange.response({ id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5.4', status: 'completed', output, usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 } }) // prettier-ignore
    expect(reply).toMatchObject({ content: [{ text: 'Yes ' }], stop_reason: 'stop_sequence', stop_sequence: 'END' })
  })
})

describe('other limits', () => {
  const asked = (stop: string[], to: 'claude' | 'gemini') =>
    translate(
      { model: 'gpt-5.4', stop, messages: [{ role: 'user', content: 'Hi' }] },
      { from: 'openai', to, model: to === 'claude' ? 'claude-sonnet-5' : 'gemini-3-pro' },
    )

  it('Gemini takes five, and the answer is cut at the sixth', () => {
    const exchange = asked(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'], 'gemini')
    expect(exchange.body.generationConfig).toMatchObject({ stopSequences: ['a1', 'a2', 'a3', 'a4', 'a5'] })
    const reply = exchange.response({ candidates: [{ content: { role: 'model', parts: [{ text: 'x a6 y' }] }, finishReason: 'STOP' }] })
    expect(reply.choices).toMatchObject([{ message: { content: 'x ' }, finish_reason: 'stop' }])
  })

  it('Claude takes none of white space alone', () => {
    const exchange = asked(['END', '\n'], 'claude')
    expect(exchange.body.stop_sequences).toEqual(['END'])
    const reply = exchange.response({ id: 'msg_1', type: 'message', role: 'assistant', model: 'c', content: [{ type: 'text', text: 'one\ntwo' }], stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } }) // prettier-ignore
    expect(reply.choices).toMatchObject([{ message: { content: 'one' } }])
  })
})

describe('however an answer comes', () => {
  const letters = (max: number) => fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: max }).map((list) => list.join(''))
  const parts = fc.array(
    fc.oneof(
      letters(12).map((text) => ({ type: 'text' as const, text })),
      letters(4).map((text) => ({ type: 'reasoning' as const, text })),
    ),
    { maxLength: 4 },
  )
  const sequences = fc.array(letters(4).filter(Boolean), { minLength: 1, maxLength: 3 })

  it('the stream is cut where the whole is (law 5)', () => {
    fc.assert(
      fc.property(parts, sequences, fc.integer({ min: 1, max: 3 }), (content, stops, size) => {
        const reply: Reply = { parts: content, stop: { reason: 'end' }, usage: { input: 1, output: 9 } }
        const whole = cutReply(reply, stops)
        const seen: StreamEvent[] = []
        const fold = createFold()
        const pass = cutStream((event) => {
          seen.push(event)
          fold.emit(event)
        }, stops)
        unfold(reply, (event) => {
          if (event.type !== 'delta') return pass(event)
          for (let i = 0; i < event.text.length; i += size) pass({ ...event, text: event.text.slice(i, i + size) })
        })
        const folded = fold.reply()
        const said = ({ parts: list }: Reply) => list.map((part) => [part.type, 'text' in part ? part.text : ''])
        expect(said(folded)).toEqual(said(whole))
        expect(folded.stop).toEqual(whole.stop)
        expect(folded.usage).toEqual(reply.usage)
        const opened = seen.flatMap((event) => (event.type === 'part-start' ? [event.index] : []))
        const closed = seen.flatMap((event) => (event.type === 'part-end' ? [event.index] : []))
        expect(opened).toEqual(opened.map((_, i) => i))
        expect(new Set(closed)).toEqual(new Set(opened))
        expect(closed).toHaveLength(opened.length)
        for (const part of whole.parts) if (part.type === 'text') for (const stop of stops) expect(part.text.includes(stop)).toBe(false)
      }),
      // what once failed: the shorter sequence is complete first, whatever the chunks are
      { numRuns: 2000, examples: [[[{ type: 'text', text: 'cb' }], ['cb', 'c'], 1]] },
    )
  })
})
