/** What comes after an answer has begun to pass untouched: the client sees one start and one end of it, whatever happens. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint, type EndpointOptions } from '../../../src/router/endpoint/endpoint.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const RESET = new Error('the connection broke')
const encoder = new TextEncoder()
const sse = (event: Record<string, unknown>) =>
  `${typeof event.type === 'string' ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`

/** A body of these chunks, then what is told: the end, a reset, or nothing for ever. */
const bodyOf = (chunks: string[], last: 'end' | 'reset' | 'silence') => {
  const left = [...chunks]
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = left.shift()
        if (chunk !== undefined) return controller.enqueue(encoder.encode(chunk))
        if (last === 'end') controller.close()
        else if (last === 'reset') controller.error(RESET)
        else return new Promise(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

const REQUESTS: Record<ProtocolName, [string, object]> = {
  claude: ['/v1/messages', { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], stream: true }],
  openai: ['/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'Hi' }], stream: true }],
  'openai-responses': ['/v1/responses', { model: 'm', input: 'Hi', stream: true }],
  gemini: ['/v1beta/models/m:streamGenerateContent?alt=sse', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }],
}

async function ask(
  protocol: ProtocolName,
  body: ReadableStream<Uint8Array>,
  options: Partial<EndpointOptions> = {},
  path = REQUESTS[protocol][0],
) {
  const app = endpoint({
    protocol,
    baseUrl: 'https://upstream.test',
    fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })),
    ...options,
  })
  const response = await app(`http://client.test${path}`, { method: 'POST', body: JSON.stringify(REQUESTS[protocol][1]) })
  return { response, ended: outcomeOf(response)!.ended }
}

const geminiText = (text: string, more: object = {}) =>
  sse({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }], modelVersion: 'm', responseId: 'r' })
const chunk = (delta: object, finish: string | null = null) =>
  sse({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })
const part = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const RESPONSE = { id: 'resp_upstream', object: 'response', created_at: 7, model: 'gpt-upstream', status: 'in_progress', output: [] }
const begunResponse = [
  { type: 'response.created', response: RESPONSE, sequence_number: 0 },
  {
    type: 'response.output_item.added',
    output_index: 0,
    item: { type: 'message', id: 'msg_1', role: 'assistant', content: [] },
    sequence_number: 1,
  },
  { type: 'response.content_part.added', ...part, part: { type: 'output_text', text: '', annotations: [] }, sequence_number: 2 },
  ...[3, 4, 5].map((sequence_number) => ({ type: 'response.output_text.delta', ...part, delta: 'Hello', sequence_number })),
].map(sse)

const eventsOf = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, data]) => JSON.parse(data!) as { type: string; sequence_number: number; response?: { id: string; model: string } },
  )

describe('an answer that passes untouched', () => {
  it('ends as the upstream ended it, where the upstream itself told of an error', async () => {
    const late = { error: { code: 503, status: 'UNAVAILABLE', message: 'busy' } }
    for (const told of [sse(late), `${JSON.stringify(late)}\n\n`, JSON.stringify(late, null, 2)]) {
      const stream = [geminiText('Hello'), geminiText('', { finishReason: 'STOP' }), told]
      const { response, ended } = await ask('gemini', bodyOf(stream, 'end'))
      expect(await response.text()).toBe(stream.join(''))
      expect(await ended).toMatchObject({ how: 'error', failure: { kind: 'overloaded', message: 'busy' } })
    }
  })

  it.each<[string, ProtocolName, string[], string]>([
    ['its terminator', 'openai', [chunk({ content: 'Hello' }), chunk({}, 'stop'), 'data: [DONE]\n\n'], ''],
    ['its finish alone, and gets the terminator', 'openai', [chunk({ content: 'Hello' }), chunk({}, 'stop')], 'data: [DONE]\n\n'],
    ['its finish', 'gemini', [geminiText('Hello'), geminiText('!', { finishReason: 'STOP' })], ''],
  ])('is complete where the connection breaks behind %s', async (_, protocol, stream, more) => {
    for (const last of ['reset', 'silence'] as const) {
      const clock = virtualClock()
      const { response, ended } = await ask(protocol, bodyOf(stream, last), { clock, timeouts: { bytesMs: 1000 }, heartbeatMs: 60_000 })
      const text = response.text()
      if (last === 'silence') await clock.advance(1000)
      expect(await text).toBe(stream.join('') + more)
      expect((await ended).how).toBe(more ? 'recovered' : 'complete')
    }
  })

  it('completes a last event that lacks its blank line before the terminator', async () => {
    const stream = [chunk({ content: 'Hello' }), chunk({}, 'stop').trimEnd()]
    const { response } = await ask('openai', bodyOf(stream, 'end'))
    expect(await response.text()).toBe(`${stream.join('')}\n\ndata: [DONE]\n\n`)
  })

  it.each(['end', 'reset'] as const)(
    'tells a Responses client of a break as of the answer that it has begun to read (%s)',
    async (last) => {
      const { response } = await ask('openai-responses', bodyOf(begunResponse, last))
      const events = eventsOf(await response.text())
      expect(events.map(({ type }) => type).slice(6)).toEqual(['error', 'response.failed'])
      expect(events.filter(({ type }) => type === 'response.created')).toHaveLength(1)
      expect(events.map((event) => event.sequence_number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      expect(events.at(-1)!.response).toMatchObject({ id: 'resp_upstream', model: 'gpt-upstream', status: 'failed', created_at: 7 })
    },
  )

  it('flows on for longer than the silence that is allowed between two events', async () => {
    const clock = virtualClock()
    let upstream!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (upstream = controller) })
    upstream.enqueue(encoder.encode(geminiText('Hello')))
    const { response, ended } = await ask('gemini', body, { clock, timeouts: { eventsMs: 1000, bytesMs: 0 }, heartbeatMs: 60_000 })
    const text = response.text()
    for (let i = 0; i < 5; i++) {
      await clock.advance(900)
      upstream.enqueue(encoder.encode(geminiText(String(i))))
    }
    for (let i = 0; i < 2; i++) {
      await clock.advance(450)
      upstream.enqueue(encoder.encode(': a sign of life\n\n'))
    }
    await clock.advance(100)
    expect(await text).toContain('nothing but signs of life came amid the answer')
    expect(await ended).toMatchObject({ how: 'truncated', failure: { code: 'events' } })
  })
})

it('a failure after the headers names the model that a Responses client asked for', async () => {
  const clock = virtualClock()
  const failing = () =>
    new Promise<Response>(
      (resolve) => void clock.after(60_000, () => resolve(Response.json({ error: { message: 'no' } }, { status: 500 }))),
    )
  const asked = ask('openai-responses', bodyOf([], 'end'), { clock, fetch: failing })
  await clock.advance(10_000)
  const text = (await asked).response.text()
  await clock.advance(60_000)
  const failed = eventsOf(await text).at(-1)!
  expect(failed).toMatchObject({ type: 'response.failed', response: { model: 'm' } })
  expect(failed.response!.id).toMatch(/^resp_./)
})

describe('an answer that passes untouched to a client that asked for one array', () => {
  const asArray = (stream: string[], last: 'end' | 'reset') =>
    ask('gemini', bodyOf(stream, last), {}, '/v1beta/models/m:streamGenerateContent')
  const parts = [geminiText('Hello, ü'), geminiText('!', { finishReason: 'STOP', safetyRatings: [] })]
  const elements = parts.map((event) => JSON.parse(event.slice(6)))

  it('is an array of what the upstream said', async () => {
    const { response, ended } = await asArray(parts, 'end')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toEqual(elements)
    expect((await ended).how).toBe('complete')
  })

  it.each(['end', 'reset'] as const)('ends in an error where it is cut (%s)', async (last) => {
    const { response, ended } = await asArray(parts.slice(0, 1), last)
    expect(await response.json()).toEqual([elements[0], { error: expect.objectContaining({ code: 409 }) as object }])
    expect((await ended).how).toBe('truncated')
  })
})
