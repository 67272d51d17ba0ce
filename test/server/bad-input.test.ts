/** What goes wrong on either side ends in a clear error in the client's own format, and the next request is answered. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { serve, type Served } from '../../src/server/serve.ts'
import { clientOf, clients, post, postStream, type Client } from './clients.ts'

describe.each(clients)('a request of $protocol', (client) => {
  let served: Served
  beforeAll(async () => void (served = await serve(createDemo(), { port: 0 })))
  afterAll(() => served.close())
  afterEach(async () => expect((await post(served.url, client)).status).toBe(200))

  const refused = async (init: RequestInit): Promise<{ status: number; message: string }> => {
    const response = await post(served.url, client, init)
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    return { status: response.status, message: client.errorOf(await response.json()) }
  }

  test('malformed JSON', async () => {
    expect(await refused({ body: '{"model": ' })).toMatchObject({ status: 400, message: expect.stringMatching(/not valid JSON/) as string })
  })

  test('JSON that is no object', async () => {
    expect(await refused({ body: '[]' })).toMatchObject({ status: 400, message: expect.stringMatching(/expected an object/) as string })
  })

  test('an empty body', async () => {
    expect(await refused({ body: '' })).toMatchObject({ status: 400, message: expect.stringMatching(/empty/) as string })
  })

  test('a field of the wrong type is named', async () => {
    const field = Object.keys(client.body).find((name) => name !== 'model' && name !== 'max_tokens')!
    const { status, message } = await refused({ body: JSON.stringify({ ...client.body, [field]: 3 }) })
    expect(status).toBe(400)
    expect(message).toMatch(new RegExp(`^${field}: expected`))
  })

  test('bytes that are no UTF-8', async () => {
    const { status, message } = await refused({ body: Buffer.from([...Buffer.from('{"model":"'), 0xff, 0xfe, ...Buffer.from('"}')]) })
    expect(status).toBe(400)
    expect(message).toContain('UTF-8')
  })

  test('a value nested too deeply', async () => {
    const { status } = await refused({ body: `{"model":${'['.repeat(200_000)}${']'.repeat(200_000)}}` })
    expect(status).toBe(400)
  })

  test('a body that is too large, its length declared', async () => {
    const { status, message } = await refused({ body: Buffer.alloc(33 * 1024 * 1024, 32) })
    expect(status).toBe(413)
    expect(message).toContain('bytes')
  })

  test('a body that is too large, its length not declared', async () => {
    const megabyte = new Uint8Array(1024 * 1024).fill(32)
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (sent++ < 40 ? controller.enqueue(megabyte) : controller.close()),
    })
    expect((await refused({ body, duplex: 'half' } as RequestInit)).status).toBe(413)
  })

  test('a path that nobody has', async () => {
    const response = await fetch(`${served.url}/v1/nothing`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...client.headers },
    })
    expect(response.status).toBe(404)
    expect(client.errorOf(await response.json())).toContain('/v1/nothing')
  })
})

/** The beginning of a stream, up to its first text. */
const BEGINNINGS: Record<'openai' | 'claude' | 'gemini', (text: string) => string> = {
  openai: (text) =>
    `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"${text}"},"finish_reason":null}]}\n\n`,
  claude: (text) =>
    'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n' +
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`,
  gemini: (text) =>
    `data: {"candidates":[{"content":{"role":"model","parts":[{"text":"${text}"}]},"index":0}],"modelVersion":"m","responseId":"r"}\n\n`,
}

const ENDS: Record<keyof typeof BEGINNINGS, string> = {
  openai:
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  claude:
    'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":2}}\n\n' +
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  gemini: 'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"."}]},"finishReason":"STOP","index":0}]}\n\n',
}

/** A stream's own error. Gemini's stands outside of the events, as its SDKs want it. */
const isError = (data: unknown): boolean => {
  const { type, error } = data as { type?: string; error?: unknown }
  return error !== undefined || type === 'error' || type === 'response.failed'
}

/** A stream's own proper end. */
const isProperEnd = (data: unknown): boolean => {
  const { type, candidates, choices } = data as {
    type?: string
    candidates?: { finishReason?: string }[]
    choices?: { finish_reason?: string }[]
  }
  if (data === '[DONE]' || type === 'message_stop' || type === 'response.completed') return true
  return !!candidates?.[0]?.finishReason || !!choices?.[0]?.finish_reason
}

const partsOf = async (response: Response): Promise<unknown[]> =>
  (await response.text()).split(/\n\n+/).flatMap((block) => {
    const data = block.replace(/^event: .*\n/, '').replace(/^data: /, '')
    return !data || data.startsWith(':') ? [] : [data === '[DONE]' ? data : (JSON.parse(data) as unknown)]
  })

/** The last that a client sees is an error in its own words, and no proper end came before. */
async function expectBroken(response: Response): Promise<void> {
  const parts = await partsOf(response)
  expect(JSON.stringify(parts)).toContain('begun')
  expect(isError(parts.at(-1)), JSON.stringify(parts.at(-1))).toBe(true)
  expect(parts.filter(isProperEnd)).toEqual([])
}

const PAIRS: [ProtocolName, keyof typeof BEGINNINGS][] = [
  ['claude', 'openai'],
  ['claude', 'gemini'],
  ['openai', 'claude'],
  ['openai', 'gemini'],
  ['openai-responses', 'claude'],
  ['openai-responses', 'openai'],
  ['gemini', 'openai'],
  ['gemini', 'claude'],
]

describe.each(PAIRS)('%s from an upstream of %s', (from, to) => {
  const client: Client = clientOf(from)
  let answer: (response: ServerResponse) => void
  let upstream: Server
  let served: Served
  beforeAll(async () => {
    upstream = createServer((request, response) => {
      request.resume()
      answer(response)
    })
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    served = await serve(endpoint({ protocol: to, baseUrl, apiKey: 'k', model: 'm' }), { port: 0 })
  })
  afterAll(async () => {
    await served.close()
    upstream.closeAllConnections()
    upstream.close()
  })
  afterEach(async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(BEGINNINGS[to]('fine') + ENDS[to])
    const text = await (await postStream(served.url, client)).text()
    expect(text).toContain('fine')
  })

  const sse = (write: (response: ServerResponse) => void) => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      write(response)
    }
  }

  test.each([
    ['a page, in good health', 200, '<!doctype html><p>Hello</p>'],
    ['a page of a gateway', 502, '<html><h1>502 Bad Gateway</h1></html>'],
  ])('HTML: %s', async (_, status, html) => {
    answer = (response) => response.writeHead(status, { 'content-type': 'text/html' }).end(html)
    for (const ask of [post, postStream]) {
      const response = await ask(served.url, client)
      expect(response.status).toBeGreaterThanOrEqual(500)
      expect(client.errorOf(await response.json())).not.toBe('')
    }
  })

  test('an empty body', async () => {
    for (const type of ['application/json', 'text/event-stream']) {
      answer = (response) => response.writeHead(200, { 'content-type': type }).end()
      for (const ask of [post, postStream]) {
        const response = await ask(served.url, client)
        expect(response.status).toBe(502)
        expect(client.errorOf(await response.json())).not.toBe('')
      }
    }
  })

  test('JSON cut short', async () => {
    answer = (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": "x", ')
    const response = await post(served.url, client)
    expect(response.status).toBe(502)
    expect(client.errorOf(await response.json())).toContain('not JSON')
  })

  test('nobody there', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const dead = await serve(endpoint({ protocol: to, baseUrl: `http://127.0.0.1:${port}`, model: 'm' }), { port: 0 })
    const response = await post(dead.url, client)
    expect(response.status).toBe(502)
    expect(client.errorOf(await response.json())).toContain('ECONNREFUSED')
    await dead.close()
  })

  test.each([
    ['ends', (response: ServerResponse) => response.end()],
    ['breaks off', (response: ServerResponse) => setTimeout(() => response.destroy(), 20)],
  ])('a stream that %s before its end is no complete answer', async (_, stop) => {
    sse((response) => {
      response.write(BEGINNINGS[to]('begun'))
      stop(response)
    })
    await expectBroken(await postStream(served.url, client))
  })

  test('a stream that ends before its first word is an error with a status', async () => {
    sse((response) => response.end())
    const response = await postStream(served.url, client)
    expect(response.status).toBe(502)
    expect(client.errorOf(await response.json())).not.toBe('')
  })

  test('bytes that are no UTF-8 become marks that say so', async () => {
    sse((response) => {
      const [before, after] = BEGINNINGS[to]('a#b').split('#') as [string, string]
      response.write(before)
      response.write(Buffer.from([0xff, 0xc3]))
      response.end(after + ENDS[to])
    })
    const events = await partsOf(await postStream(served.url, client))
    expect(JSON.stringify(events)).toContain('\uFFFD')
    expect(events.filter(isError)).toEqual([])
    expect(events.filter(isProperEnd).length).toBeGreaterThan(0)
  })

  test('an event of 10 MB', async () => {
    sse((response) => response.end(BEGINNINGS[to]('x'.repeat(10 * 1024 * 1024)) + ENDS[to]))
    const response = await postStream(served.url, client)
    expect(response.status).toBe(502)
    expect(client.errorOf(await response.json())).toContain('characters')
  })

  test('an event of 10 MB amid the answer', async () => {
    sse((response) => {
      response.write(BEGINNINGS[to]('begun'))
      response.end(`data: "${'x'.repeat(10 * 1024 * 1024)}"\n\n`)
    })
    await expectBroken(await postStream(served.url, client))
  })
})
