/** What an attempt takes it gives back, however it ends. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { requestFor } from './client.ts'

const clock = virtualClock(1_800_000_000_000)
const PROTOCOLS: ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']

/** Begins a stream of Chat Completions that never ends; `gone` tells when nobody wants it any more. */
function endless() {
  let gone = false
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    const begun = {
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }],
    }
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(begun)}\n\n`))
        init!.signal!.addEventListener('abort', () => {
          gone = true
          controller.error(init!.signal!.reason)
        })
      },
      cancel: () => void (gone = true),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, isGone: () => gone }
}

const member = (name: string, fetch: ReturnType<typeof endless>['fetch']) =>
  endpoint({ name, protocol: 'openai', baseUrl: `https://${name}.example`, apiKey: 'k', model: 'm', fetch, clock })

describe('what an attempt takes', () => {
  it('is given back after a count of tokens', async () => {
    const app = pool([member('a', endless().fetch), member('b', endless().fetch)], { clock })
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi?' }] })
    const answer = await app('http://client.example/v1/messages/count_tokens', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(200)
    await app.drain('a')
    expect((await app.show()).map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  it.each(PROTOCOLS)('is given back when a client of %s aborts amid the answer, which is nobody’s failure', async (protocol) => {
    const upstream = endless()
    const app = pool([member('a', upstream.fetch), member('b', endless().fetch)], { clock })
    const leaving = new AbortController()
    const answer = await app(requestFor(protocol, { stream: true, signal: leaving.signal }))
    const reader = answer.body!.getReader()
    await reader.read()
    leaving.abort()
    await reader.read().catch(() => {})
    await clock.advance(0)
    expect(upstream.isGone()).toBe(true)
    const [first] = await app.show()
    expect([first!.inFlight, first!.breaker?.failureRate ?? 0]).toEqual([0, 0])
  })
})
