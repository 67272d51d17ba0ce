/** An answer that lacks nothing but its terminator is completed, whatever took that away. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { endsOf, readStream, requestFor } from '../pool/client.ts'

const sse = (event: Record<string, unknown>) =>
  `${typeof event['type'] === 'string' ? `event: ${event['type']}\n` : ''}data: ${JSON.stringify(event)}\n\n`
const chunk = (delta: object, finish: string | null = null) =>
  sse({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })
const part = (text: string, more: object = {}) =>
  sse({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }], modelVersion: 'm', responseId: 'r' })

/** The answers of providers up to the event that finishes them, that apart. `openai-responses` has no terminator behind it. */
const ANSWERS = {
  claude: {
    begun: [
      {
        type: 'message_start',
        message: { id: 'a', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 3 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_stop', index: 0 },
    ].map(sse),
    finish: sse({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } }),
  },
  openai: { begun: [chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo' })], finish: chunk({}, 'stop') },
  gemini: { begun: [part('Hel')], finish: part('lo', { finishReason: 'STOP' }) },
} as const

const CLIENTS: readonly ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']
type Break = 'reset' | 'silence'

async function answered(client: ProtocolName, upstream: keyof typeof ANSWERS, chunks: readonly string[], last: Break) {
  const clock = virtualClock()
  const left = [...chunks]
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = left.shift()
      if (next !== undefined) return controller.enqueue(new TextEncoder().encode(next))
      if (last === 'silence') return new Promise(() => {})
      controller.error(new Error('read ECONNRESET'))
    },
  })
  const fetch = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  const app = endpoint({ protocol: upstream, baseUrl: 'https://upstream.test', apiKey: 'k', fetch, clock, timeouts: { bytesMs: 5000 } })
  const reading = app(requestFor(client, { stream: true })).then(async (response) => ({ response, text: await response.text() }))
  await clock.advance(10_000)
  const { response, text } = await reading
  return { ...readStream(client, text), ends: endsOf(client, text), ended: await outcomeOf(response)!.ended, waiting: clock.waiting }
}

describe.each(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[])('an upstream of %s', (upstream) => {
  const { begun, finish } = ANSWERS[upstream]
  describe.each(['reset', 'silence'] as const)('and a %s', (last) => {
    it.each(CLIENTS)('behind the finish completes the answer of a client of %s', async (client) => {
      const { said, failure, reply, ends, ended, waiting } = await answered(client, upstream, [...begun, finish], last)
      expect(failure).toBeUndefined()
      expect([said, reply?.stop.reason, ends, waiting]).toEqual(['Hello', 'end', 1, 0])
      expect(ended.how).toMatch(/^(recovered|complete)$/)
      expect(ended.failure).toBeUndefined()
      if (client !== upstream) expect(ended.how).toBe('recovered')
    })

    it.each(CLIENTS)('before the finish ends that of a client of %s in an error', async (client) => {
      const { failure, ends, ended } = await answered(client, upstream, begun, last)
      expect(failure).toBeDefined()
      expect([ends, ended.how]).toEqual([1, 'truncated'])
    })
  })
})
