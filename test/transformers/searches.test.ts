import { expect, test } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { StreamEvent } from '../../src/core/reply.ts'
import { createEventReader } from '../../src/core/sse.ts'
import { mergeUsage, type Usage } from '../../src/core/usage.ts'
import { plainContext } from '../../src/router/endpoint/answer.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { fixtures } from '../fixtures/index.ts'

const search = (id: string, action: unknown) => ({
  type: 'web_search_call',
  id,
  status: 'completed',
  ...(action !== undefined && { action }),
})

const responses = fixtures['openai-responses'].replies.text!
const gemini = fixtures.gemini.replies.text!
const [candidate] = gemini.candidates as object[]

/** Answers with two searches that are billed. */
const REPLIES: [ProtocolName, Record<string, unknown>][] = [
  [
    'openai-responses',
    {
      ...responses,
      output: [
        search('ws_1', { type: 'search', query: 'a' }),
        search('ws_2', { type: 'open_page', url: 'https://a.example' }),
        search('ws_3', undefined),
        ...(responses.output as object[]),
      ],
    },
  ],
  ['gemini', { ...gemini, candidates: [{ ...candidate, groundingMetadata: { webSearchQueries: ['a', 'b'] } }] }],
]

test.each(REPLIES)('%s: searches that the provider ran are counted, whole and streamed', (name, reply) => {
  const protocol = protocols[name]
  const context = () => plainContext(protocol, { name })
  expect(protocol.decodeReply(reply, context()).usage?.serverToolCalls).toBe(2)

  let usage: Usage | undefined
  const see = (event: StreamEvent) => {
    if ('usage' in event) usage = mergeUsage(usage, event.usage)
  }
  const decoder = protocol.decodeStream(see, context())
  const reader = createEventReader((data, event) => decoder.event(JSON.parse(data), event))
  reader.push(new TextEncoder().encode(streamOf(name, reply)))
  reader.end()
  decoder.end(true)
  expect(usage?.serverToolCalls).toBe(2)
})

/** Gemini tells of its searches with the last piece. */
function streamOf(name: ProtocolName, reply: Record<string, unknown>): string {
  if (name !== 'gemini') return fixtures[name].streamOfReply(reply)
  const [first] = reply.candidates as Record<string, unknown>[]
  const event = (given: object) => `data: ${JSON.stringify({ ...reply, candidates: [given] })}\n\n`
  return event({ content: first!.content, index: 0 }) + event({ ...first, content: { role: 'model', parts: [{ text: '' }] } })
}
