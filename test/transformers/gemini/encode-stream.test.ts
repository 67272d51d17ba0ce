import { describe, expect, it } from 'vitest'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { chunksOf, replyContext, streamed } from './run.ts'

const open = (index: number, type: 'text' | 'reasoning' | 'refusal'): StreamEvent => ({
  type: 'part-start',
  index,
  part: { type, text: '' },
})
const call = (index: number, id: string): StreamEvent => ({ type: 'part-start', index, part: { type: 'tool-call', id, name: 'look' } })
const more = (index: number, text: string): StreamEvent => ({ type: 'delta', index, text })
const end = (index: number): StreamEvent => ({ type: 'part-end', index })
const start: StreamEvent = { type: 'start', id: 'msg_1', usage: { input: 10 } }
const finish: StreamEvent = { type: 'finish', stop: { reason: 'end' }, usage: { cacheRead: 100, output: 7, reasoning: 2 } }

describe('case 31: what the strictest SDK takes', () => {
  const text = streamed([
    start,
    open(0, 'text'),
    more(0, 'Hel'),
    more(0, 'lo'),
    end(0),
    call(1, 'a'),
    call(2, 'b'),
    more(2, '{"n":2}'),
    more(1, '{"n":1}'),
    end(2),
    end(1),
    finish,
  ])
  it('is one event a chunk, on one line', () => expect(text).toMatch(/^(data: \{.*\}\n\n)+$/))
  it('has one part a chunk, of the model', () => {
    for (const { candidates } of chunksOf(text)) {
      const [{ content }] = candidates as [{ content: { role: string; parts: unknown[] } }]
      expect(content).toMatchObject({ role: 'model', parts: [expect.anything()] })
    }
  })
  it('tells calls whole and in order', () => {
    expect(chunksOf(text).map(({ candidates }) => (candidates as { content: { parts: object[] } }[])[0]?.content.parts[0])).toEqual([
      { text: 'Hel' },
      { text: 'lo' },
      { functionCall: { id: 'a', name: 'look', args: { n: 1 } } },
      { functionCall: { id: 'b', name: 'look', args: { n: 2 } } },
      { text: '' },
    ])
  })
  it('ends with a part, the reason and the counts', () => {
    expect(chunksOf(text).at(-1)).toEqual({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: {
        promptTokenCount: 110,
        cachedContentTokenCount: 100,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 2,
        totalTokenCount: 117,
      },
      modelVersion: 'gemini-3-pro',
      responseId: 'msg_1',
    })
  })
  it('lives through silence on an empty text', () => expect(chunksOf(gemini.heartbeat.within)).toHaveLength(1))
})

it('tells an error as bare JSON, and nothing after it', () => {
  const text = streamed([
    start,
    open(0, 'text'),
    more(0, 'Hel'),
    { type: 'error', failure: { kind: 'overloaded', status: 529, message: 'busy' } },
  ])
  expect(text.split('\n\n')[1]).toBe('{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}')
})

it('writes a JSON array where no events were asked for', () => {
  const array = replyContext('json-array')
  expect(JSON.parse(streamed([start, open(0, 'text'), more(0, 'Hi'), end(0), finish], array))).toHaveLength(2)
  expect(
    JSON.parse(streamed([start, { type: 'error', failure: { kind: 'internal', status: 500, message: 'x' } }], replyContext('json-array'))),
  ).toMatchObject([{ error: { code: 500 } }])
})

it('never makes an empty call of arguments that are no JSON', () => {
  const text = streamed([start, call(0, 'a'), more(0, '{"n":'), end(0), { type: 'finish', stop: { reason: 'tool-calls' } }])
  expect(text).not.toContain('functionCall')
  expect(chunksOf(text).at(-1)).toMatchObject({
    candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: expect.stringContaining('{"n":') as string }],
  })
})

it('keeps arguments on one line', () => {
  const text = streamed([start, call(0, 'a'), more(0, '{\n "n": 1\n}'), end(0), finish])
  expect(text).toContain('"args":{"n":1}')
})

it.each([
  [{ reason: 'max-tokens' as const }, { finishReason: 'MAX_TOKENS' }],
  [
    { reason: 'refusal' as const, detail: 'no' },
    { finishReason: 'SAFETY', finishMessage: 'no' },
  ],
  [
    { reason: 'stop-sequence' as const, sequence: 'END' },
    { finishReason: 'STOP', finishMessage: 'Stopped at the stop sequence "END".' },
  ],
])('ends %j', (stop, candidate) =>
  expect(chunksOf(streamed([start, { type: 'finish', stop }])).at(-1)).toMatchObject({ candidates: [candidate] }),
)
