import { describe, expect, it } from 'vitest'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { chunk, eventsOf, folded, replyContext, through } from './run.ts'

const whole = (parts: object[], finishReason = 'STOP', more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0, ...more }],
})
const read = (body: unknown) => gemini.decodeReply(body, replyContext())
const claudeStream = (chunks: unknown[]) => {
  const ask = { model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'hi' }] }
  return through(translate(ask, { from: 'claude', to: 'gemini', model: 'gemini-3-pro' }), chunks)
}

it('case 9: parallel calls in chunks of their own are calls of their own', () => {
  const ask = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }
  const exchange = translate(ask, { from: 'openai', to: 'gemini', model: 'gemini-3-pro' })
  const text = through(exchange, [
    ...[0, 1, 2].map((n) => chunk([{ functionCall: { name: 'look', args: { n } } }])),
    chunk([{ text: '' }], { finishReason: 'STOP' }),
  ])
  const calls = new Map<number, string>()
  for (const line of text.split('\n')) {
    if (!line.startsWith('data: {')) continue
    const event = JSON.parse(line.slice(6)) as {
      choices: { delta: { tool_calls?: { index: number; function?: { arguments?: string } }[] } }[]
    }
    for (const call of event.choices[0]?.delta.tool_calls ?? [])
      calls.set(call.index, (calls.get(call.index) ?? '') + (call.function?.arguments ?? ''))
  }
  expect([...calls]).toEqual([
    [0, '{"n":0}'],
    [1, '{"n":1}'],
    [2, '{"n":2}'],
  ])
})

it('case 11: a call without arguments has none', () => {
  expect(folded([chunk([{ functionCall: { name: 'now' } }], { finishReason: 'STOP' })]).parts).toMatchObject([
    { type: 'tool-call', name: 'now', json: '{}' },
  ])
})

describe('case 12: arguments in pieces', () => {
  const piece = (functionCall: object, more: object = {}) => chunk([{ functionCall, ...more }])
  const pieces = [
    piece({ name: 'make', willContinue: true }, { thoughtSignature: 'AAAA' }),
    piece({ partialArgs: [{ jsonPath: '$.title', stringValue: 'He', willContinue: true }], willContinue: true }),
    piece({
      partialArgs: [
        { jsonPath: '$.title', stringValue: 'llo' },
        { jsonPath: '$.list[0].n', numberValue: 1 },
      ],
      willContinue: true,
    }),
    piece({
      partialArgs: [
        { jsonPath: '$.list[1].ok', boolValue: true },
        { jsonPath: '$.none', nullValue: 'NULL_VALUE' },
      ],
      willContinue: true,
    }),
    piece({ partialArgs: [{ jsonPath: '$.empty[]' }], willContinue: true }),
  ]
  it.each([
    ['with', [piece({})]],
    ['without', []],
  ])('%s an end mark', (_, end) => {
    const { parts, stop } = folded([...pieces, ...end, chunk([{ text: '' }], { finishReason: 'STOP' })])
    expect(parts).toMatchObject([{ name: 'make', opaque: { data: 'AAAA' } }])
    expect(parts[0]?.type === 'tool-call' && JSON.parse(parts[0].json ?? '')).toEqual({
      title: 'Hello',
      list: [{ n: 1 }, { ok: true }],
      none: null,
      empty: [],
    })
    expect(stop.reason).toBe('tool-calls')
  })
})

it('case 13: STOP after a call is a call, whatever follows', () => {
  const { stop } = folded([
    chunk([{ functionCall: { name: 'a', args: {} } }], { finishReason: 'STOP' }),
    chunk([{ text: '' }], { finishReason: 'STOP' }),
  ])
  expect(stop.reason).toBe('tool-calls')
})

describe('cases 14 and 15: a model that failed', () => {
  it.each(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'MALFORMED_RESPONSE', 'OTHER'])(
    '%s with nothing said is an error',
    (finishReason) => {
      expect(eventsOf([chunk([], { finishReason, finishMessage: 'why' })]).at(-1)).toMatchObject({
        type: 'error',
        failure: { code: finishReason, message: expect.stringContaining('why') as string },
      })
      expect(() => read(whole([], finishReason))).toThrow(finishReason)
    },
  )
  it('never has its call run', () => {
    const chunks = [
      chunk([{ text: 'Hm.' }]),
      chunk([{ functionCall: { name: 'bad', args: {} } }], { finishReason: 'UNEXPECTED_TOOL_CALL', finishMessage: 'no tool bad' }),
    ]
    expect(folded(chunks)).toMatchObject({ parts: [{ text: 'Hm.' }], stop: { reason: 'end', detail: 'no tool bad' } })
  })
})

it('case 16: a blocked prompt is a refusal', () => {
  const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 5 } }
  expect(read(blocked)).toMatchObject({ parts: [], stop: { reason: 'refusal', category: 'PROHIBITED_CONTENT' } })
  expect(eventsOf([blocked]).map(({ type }) => type)).toEqual(['start', 'finish'])
  expect(() => read({ usageMetadata: {} })).toThrow(/without a candidate/)
})

it('case 17: an answer that was cut amid its thoughts is empty, not broken', () => {
  const body = {
    candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }],
    usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 2 },
  }
  expect(read(body)).toMatchObject({ parts: [], stop: { reason: 'max-tokens' }, usage: { input: 9, output: 2, reasoning: 2 } })
})

describe('case 18: an error amid the stream', () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }
  it.each([[error], [[error]]])('%j', (data) => {
    const events = eventsOf([chunk([{ text: 'Hel' }]), data])
    expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind: 'overloaded', status: 503 } })
    expect(claudeStream([chunk([{ text: 'Hel' }]), data])).toContain('event: error')
  })
  it('as bare text', () => expect(eventsOf(['boom']).at(-1)).toMatchObject({ type: 'error', failure: { message: 'boom' } }))
  it('is told as one, too, where a whole answer was asked for', () => expect(() => read(error)).toThrow(/overloaded/))
})

it('a stream without a reason to end did not end', () => {
  expect(eventsOf([chunk([{ text: 'Hel' }])]).some(({ type }) => type === 'finish')).toBe(false)
})

it('case 30: counts are snapshots, and cached input is counted once', () => {
  const { usage } = folded([
    chunk([{ text: 'a' }], {}, { promptTokenCount: 100_200, cachedContentTokenCount: 100_000, candidatesTokenCount: 1 }),
    chunk([{ text: 'b' }], {}, { trafficType: 'ON_DEMAND' }),
    chunk([{ text: '' }], { finishReason: 'STOP' }, { promptTokenCount: 100_200, candidatesTokenCount: 5, thoughtsTokenCount: 3 }),
  ])
  expect(usage).toEqual({ at: '/usageMetadata', serviceTier: 'standard', input: 200, cacheRead: 100_000, output: 8, reasoning: 3 })
})

it('case 38: CONTINUATION is an answer that was cut', () => {
  expect(read(whole([{ text: 'a' }], 'CONTINUATION', { continuationToken: 't' })).stop.reason).toBe('max-tokens')
})

describe('case 40: places of sources', () => {
  const text = 'Grüße 𝄞 sagt er. Und mehr.'
  const said = 'sagt er.'
  const start = new TextEncoder().encode(text.slice(0, text.indexOf(said))).length
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://a.example/x', title: 'A' } }, { web: { uri: 'https://b.example' } }],
    groundingSupports: [{ segment: { startIndex: start, endIndex: start + said.length, text: said }, groundingChunkIndices: [0, 1] }],
  }
  const citation = {
    url: 'https://a.example/x',
    title: 'A',
    supported: said,
    start: text.indexOf(said),
    end: text.indexOf(said) + said.length,
  }
  it('in a whole answer', () => {
    const [part] = read(whole([{ text }], 'STOP', { groundingMetadata })).parts
    expect(part).toMatchObject({ citations: [citation, { title: 'b.example' }] })
  })
  it('in a stream', () => {
    const { parts } = folded([
      chunk([{ text: text.slice(0, 9) }]),
      chunk([{ text: text.slice(9) }], { groundingMetadata }),
      chunk([], { finishReason: 'STOP' }),
    ])
    expect(parts).toMatchObject([{ text, citations: [citation, {}] }])
  })
  it('and back', () => {
    const reply = { parts: [{ type: 'text' as const, text, citations: [citation] }], stop: { reason: 'end' as const } }
    expect(gemini.encodeReply(reply, replyContext())).toMatchObject({
      candidates: [
        { groundingMetadata: { groundingSupports: [{ segment: { startIndex: start, endIndex: start + said.length, text: said } }] } },
      ],
    })
  })
})

it('reads a list of chunks as one answer', () => {
  expect(read([chunk([{ text: 'Hel' }]), chunk([{ text: 'lo' }], { finishReason: 'STOP' })])).toMatchObject({
    parts: [{ text: 'Hello' }],
    stop: { reason: 'end' },
  })
})

it('keeps images and its own blocks whole', () => {
  const { parts } = folded([
    chunk([{ executableCode: { language: 'PYTHON', code: '1' } }]),
    chunk([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }], { finishReason: 'STOP' }),
  ])
  expect(parts).toMatchObject([
    { type: 'native', protocol: 'gemini' },
    { type: 'image', source: { data: 'AAAA' } },
  ])
})
