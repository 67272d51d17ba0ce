import { expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { TokenLogprob } from '../../../src/core/logprobs.ts'
import { createNotes } from '../../../src/core/notice.ts'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { createJoin } from '../../../src/router/pool/join.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { sseOf } from '../../laws/streamed.ts'

const client = protocols.openai
const token = (word: string): TokenLogprob => ({ token: word, logprob: -1 })
const delta = (text: string): StreamEvent[] => [
  { type: 'logprobs', index: 0, logprobs: [token(text)] },
  { type: 'delta', index: 0, text },
]
const FIRST: StreamEvent[] = [
  { type: 'start', id: 'c1', model: 'm' },
  { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
  ...delta('One, '),
  ...delta('two, '),
]
const chunk = (content: string, words: string[], finish: string | null = null) => ({
  id: 'c2',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      delta: { content },
      logprobs: { content: words.map((word) => ({ token: word, logprob: -2, bytes: null, top_logprobs: [] })), refusal: null },
      finish_reason: finish,
    },
  ],
})

/** What a client is told of texts and tokens once another member goes on with these chunks. */
function goneOn(chunks: JsonObject[]) {
  const chat = client.decodeRequest({ model: 'm', stream: true, logprobs: true, messages: [{ role: 'user', content: 'Count.' }] }, {})
  const context = {
    chat,
    model: 'm',
    dialect: { name: 'openai' },
    notes: createNotes('reply', {}),
    framing: 'sse' as const,
    newId: (prefix: string) => `${prefix}1`,
    now: () => 1_700_000_000_000,
  }
  const join = createJoin({ client, context, events: FIRST, said: 'One, two, ', used: {} })
  const text = chunks.map((event) => join.push(`data: ${JSON.stringify(event)}\n\n`)).join('') + join.push('data: [DONE]\n\n')
  const choices = sseOf(text).flatMap(({ data }) => (data === '[DONE]' ? [] : (JSON.parse(data) as { choices: Choice[] }).choices))
  return {
    text: choices.map((choice) => choice.delta.content ?? '').join(''),
    tokens: choices.flatMap((choice) => choice.logprobs?.content ?? []).map((told) => told.token),
  }
}
interface Choice {
  delta: { content?: string }
  logprobs: { content: { token: string }[] } | null
}

it('tokens of what another member goes on with are told, and of what it repeats are not', () => {
  const repeats = [chunk('One, ', ['One', ', ']), chunk('two, three', ['two', ', ', 'thr', 'ee']), chunk('.', ['.'], 'stop')]
  expect(goneOn(repeats)).toEqual({ text: 'three.', tokens: ['thr', 'ee', '.'] })
  expect(goneOn([chunk('three', ['three']), chunk('.', ['.'], 'stop')])).toEqual({ text: 'three.', tokens: ['three', '.'] })
  expect(goneOn([chunk('two, ', ['two, '], 'stop')])).toEqual({ text: '', tokens: [] })
})

it('tokens that come behind their text are told behind it', () => {
  const late = [chunk('two, three', []), chunk('', ['two', ', ', 'three'], 'stop')]
  expect(goneOn(late)).toEqual({ text: 'three', tokens: ['three'] })
})
