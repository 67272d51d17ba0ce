/** A stream says the same whether its question is still there or was let go of once it was sent. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { isFailureError } from '../../src/core/failure.ts'
import { translate, type Exchange } from '../../src/transformers/translate.ts'
import { fixtures, MODEL, PAIRS } from '../fixtures/index.ts'
import { wires } from './arbitraries/index.ts'
import { TIMEOUT } from './runs.ts'

const STREAMED: Record<ProtocolName, object> = {
  claude: { stream: true },
  openai: { stream: true },
  'openai-responses': { stream: true },
  gemini: {},
}

function asked(from: ProtocolName, to: ProtocolName, body: object): Exchange {
  let seed = 1
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  const options = { from, to, model: MODEL[to], clientModel: 'client-model', stream: true, now: () => 1_700_000_000_000, random }
  return translate({ ...body, ...STREAMED[from] }, options)
}

/** What the client gets: of a stream, and of one that it wanted whole. */
function answers(exchange: Exchange, stream: string) {
  const translator = exchange.translator()
  const text = translator.push(new TextEncoder().encode(stream)) + translator.end()
  try {
    return { text, whole: exchange.responseFromStream(stream) }
  } catch (error) {
    if (isFailureError(error)) return { text, failure: error.failure }
    throw error
  }
}

/** Questions on whose tools, or last word, the form of the answer hangs; and a tool that is called. */
const LEADING: Partial<Record<ProtocolName, [about: string, request: object, called: string][]>> = {
  claude: [
    [
      'offers a set of tools',
      { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Click.' }], tools: [{ type: 'computer_toolset_20260801' }] },
      'computer__left_click',
    ],
  ],
  'openai-responses': [
    ['wants its history compacted', { model: 'm', input: [{ role: 'user', content: 'Do it.' }, { type: 'compaction_trigger' }] }, 'none'],
    [
      'offers a tool that takes a text',
      { model: 'm', input: 'Mend it.', tools: [{ type: 'custom', name: 'mend', description: 'Mends.' }] },
      'mend',
    ],
  ],
}

describe.each(PAIRS)('an upstream of $to read by a client of $from', ({ from, to }) => {
  for (const [about, request, called] of LEADING[from] ?? [])
    it(`says the same to one that ${about}`, () => {
      for (const reply of Object.values(fixtures[to].replies)) {
        const calls = JSON.parse(JSON.stringify(reply).replace(/"name":"[^"]*"/g, `"name":"${called}"`)) as Record<string, unknown>
        const stream = fixtures[to].streamOfReply(calls)
        const forgotten = asked(from, to, request)
        forgotten.forgetQuestion()
        expect(answers(forgotten, stream)).toEqual(answers(asked(from, to, request), stream))
      }
    })
  it(
    'says the same to any question',
    () => {
      let read = 0
      const property = fc.property(wires[from].request, wires[to].reply, (request, reply) => {
        const stream = fixtures[to].streamOfReply(reply)
        let kept: Exchange
        try {
          kept = asked(from, to, request)
        } catch (error) {
          if (isFailureError(error)) return
          throw error
        }
        const forgotten = asked(from, to, request)
        forgotten.forgetQuestion()
        forgotten.forgetQuestion()
        expect(forgotten.chat).toBeUndefined()
        expect(forgotten.body).toEqual({})
        expect(answers(forgotten, stream)).toEqual(answers(kept, stream))
        read++
      })
      fc.assert(property)
      expect(read).toBeGreaterThan(20)
    },
    TIMEOUT,
  )
})
