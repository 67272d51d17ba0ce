import { expect, test } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { StreamEvent } from '../../src/core/reply.ts'
import { createEventReader } from '../../src/core/sse.ts'
import { mergeUsage, type Usage } from '../../src/core/usage.ts'
import { plainContext } from '../../src/router/endpoint/answer.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { translate } from '../../src/transformers/translate.ts'
import { fixtures } from '../fixtures/index.ts'
import { sseOf } from '../laws/streamed.ts'

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

const toClaude = (to: ProtocolName, stream: boolean) =>
  translate({ model: 'm', max_tokens: 9, stream, messages: [{ role: 'user', content: 'Hi' }] }, { from: 'claude', to, model: 'm' })
/** What a Claude client is told that it used, by a whole answer and at the end of a stream. */
function usagesOf(to: ProtocolName, reply: Record<string, unknown>): unknown[] {
  const translator = toClaude(to, true).translator()
  const text = translator.push(new TextEncoder().encode(streamOf(to, reply))) + translator.end()
  const end = sseOf(text).find(({ name }) => name === 'message_delta')
  return [toClaude(to, false).response(reply).usage, (JSON.parse(end!.data) as Record<string, unknown>).usage]
}
const withUsage = (reply: Record<string, unknown>, more: object) => ({
  ...reply,
  usageMetadata: { ...(reply.usageMetadata as object), ...more },
})

test('a Claude client is told of searches, of pages that were fetched, and of the tier', () => {
  const [[, responsesReply], [, geminiReply]] = REPLIES as [(typeof REPLIES)[0], (typeof REPLIES)[1]]
  for (const usage of usagesOf('openai-responses', { ...responsesReply, service_tier: 'default' }))
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 }, service_tier: 'standard' })
  const read = { groundingMetadata: { webSearchQueries: ['a', 'b'] }, urlContextMetadata: { urlMetadata: [{}] } }
  const fetched = { ...geminiReply, candidates: [{ ...candidate, ...read }] }
  for (const usage of usagesOf('gemini', withUsage(fetched, { serviceTier: 'PRIORITY' })))
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 2, web_fetch_requests: 1 }, service_tier: 'priority' })
  for (const usage of usagesOf('gemini', withUsage(gemini, { trafficType: 'ON_DEMAND' })))
    expect(usage).toMatchObject({ server_tool_use: null, service_tier: 'standard' })
  const chat = fixtures.openai.replies.text!
  const searched = { ...chat, service_tier: 'priority', usage: { ...(chat.usage as object), num_search_queries: 3 } }
  for (const usage of usagesOf('openai', searched))
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 }, service_tier: 'priority' })
  for (const usage of usagesOf('openai', { ...chat, service_tier: 'flex' })) expect(usage).toMatchObject({ service_tier: null })
  for (const usage of usagesOf('openai', { ...chat, service_tier: 'fast' }))
    expect(usage).toMatchObject({ service_tier: null, speed: 'fast' })
})
