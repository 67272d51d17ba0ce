/**
 * Every way an answer can take: called by Node's own means or by everybody's fetch, served by Node's own means or as a Response with a
 * stream, as other runtimes serve. What comes out is the same, to the last byte.
 */
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { serve as listen } from 'srvx'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { eventsOf, WHOLE } from '../../bench/fixtures/answers.js'
import { MODELS, requestOf, type Protocol } from '../../bench/fixtures/requests.js'
import { systemClock } from '../../src/core/clock.ts'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { createGateway } from '../../src/server/front.ts'
import { createNodeFetch } from '../../src/server/node/fetch.ts'
import { serve } from '../../src/server/serve.ts'

const PROTOCOLS = Object.keys(MODELS) as Protocol[]
const PAIRS = PROTOCOLS.flatMap((from) => PROTOCOLS.map((to) => ({ from, to })))
const EVENTS = 41

const protocolOf = (path: string): Protocol =>
  path.includes('enerateContent')
    ? 'gemini'
    : path.includes('chat/completions')
      ? 'openai'
      : path.includes('responses')
        ? 'openai-responses'
        : 'claude'

/** What the provider does with an answer that it would give well. */
const MANNERS = {
  'as it is': (res: http.ServerResponse, bytes: Buffer) => res.end(bytes),
  'in small pieces': async (res: http.ServerResponse, bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += 37) {
      res.write(bytes.subarray(at, at + 37))
      await new Promise((resolve) => setImmediate(resolve))
    }
    res.end()
  },
  compressed: (res: http.ServerResponse, bytes: Buffer) => res.setHeader('content-encoding', 'gzip').end(gzipSync(bytes)),
  'cut in half': (res: http.ServerResponse, bytes: Buffer) =>
    res.write(bytes.subarray(0, bytes.length / 2), () => res.socket?.resetAndDestroy()),
  refused: (res: http.ServerResponse) => res.writeHead(429, { 'retry-after': '7' }).end('{"error":{"message":"slow down"}}'),
  endless: (res: http.ServerResponse, bytes: Buffer) => res.write(bytes.subarray(0, bytes.length / 2)),
} as const
type Manner = keyof typeof MANNERS

/** Tells how many answers it has open. */
async function openProvider() {
  let open = 0
  const server = http.createServer((req, res) => {
    open++
    res.on('close', () => open--)
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.once('end', () => {
      const body = Buffer.concat(chunks).toString()
      const protocol = protocolOf(req.url!)
      const isStream = req.url!.includes('stream') || body.includes('"stream":true')
      const text = isStream ? eventsOf(protocol, EVENTS).join('').replaceAll('Answer', 'Answer Grüße 👋') : WHOLE[protocol]
      res.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
      void MANNERS[(req.headers['x-manner'] as Manner | undefined) ?? 'as it is'](res, Buffer.from(text))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  }
}

let provider: Awaited<ReturnType<typeof openProvider>>
beforeAll(async () => void (provider = await openProvider()))
afterAll(() => provider.close())

/** An endpoint for each protocol and manner, chosen by what the client says; ids and times are the same each time. */
function appOver(fetch: Fetch): Fetch {
  const made = new Map<string, Fetch>()
  const clock = { ...systemClock, now: () => 1_790_000_000_000 }
  return (input, init) => {
    const { headers } = input as Request
    const [to, manner] = [headers.get('x-to') as Protocol, headers.get('x-manner') ?? 'as it is']
    const name = `${to} ${manner}`
    const member =
      made.get(name) ??
      endpoint({
        protocol: to,
        baseUrl: provider.url,
        apiKey: 'k',
        model: MODELS[to],
        headers: { 'x-manner': manner },
        fetch,
        clock,
        random: () => 0.25,
        maxBodyBytes: 200_000,
      })
    made.set(name, member)
    return member(input, init)
  }
}

const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init)

async function serveOnTheWeb(app: Fetch) {
  const server = listen({ fetch: createGateway({ app }), port: 0, hostname: '127.0.0.1', silent: true, gracefulShutdown: false })
  await server.ready()
  return { url: server.url!.replace(/\/$/, ''), close: () => server.close(true) }
}

const serveOnNode = (app: Fetch) => serve(app, { port: 0, graceMs: 0 })

interface Asking {
  from: Protocol
  to: Protocol
  stream: boolean
  manner?: Manner
  signal?: AbortSignal
  body?: BodyInit
}

function ask(url: string, { from, to, stream, manner = 'as it is', signal, body }: Asking): Promise<Response> {
  const request = requestOf(from, { size: 'small', stream })
  return fetch(url + request.path, {
    method: 'POST',
    body: body ?? request.body,
    headers: { 'content-type': 'application/json', 'x-to': to, 'x-manner': manner },
    ...(body instanceof ReadableStream && { duplex: 'half' }),
    ...(signal && { signal }),
  })
}

/** What the client can tell of an answer; one whose connection breaks says so. */
async function seen(response: Response) {
  const { status, headers } = response
  const text = await response.text().catch(() => 'broken off')
  return { status, type: headers.get('content-type'), retryAfter: headers.get('retry-after'), text }
}

// The first has nothing of Node's in it, and is what the others are compared with.
const WAYS = [
  { call: 'the global fetch', serves: 'Web streams', nodeCalls: false, server: serveOnTheWeb },
  { call: 'Node', serves: 'Web streams', nodeCalls: true, server: serveOnTheWeb },
  { call: 'the global fetch', serves: 'Node', nodeCalls: false, server: serveOnNode },
  { call: 'Node', serves: 'Node', nodeCalls: true, server: serveOnNode },
] as const

const portable = new Map<string, Awaited<ReturnType<typeof seen>>>()

describe.each(WAYS)('called by $call, served by $serves', ({ nodeCalls, server }) => {
  const nodeFetch = createNodeFetch()
  let served: { url: string; close(): Promise<void> }
  beforeAll(async () => void (served = await server(appOver(nodeCalls ? nodeFetch : globalFetch))))
  afterAll(async () => {
    await served.close()
    nodeFetch.close()
  })

  /** Asks, and compares with what came the portable way. */
  const same = async (asking: Asking) => {
    const { from, to, stream, manner, body } = asking
    const name = JSON.stringify([from, to, stream, manner, typeof body === 'string' && body.length])
    const got = await seen(await ask(served.url, asking))
    if (!portable.has(name)) portable.set(name, got)
    expect(got).toEqual(portable.get(name))
    return got
  }

  test.each(PAIRS)('$from to $to, whole and streamed', async ({ from, to }) => {
    expect(await same({ from, to, stream: false })).toMatchObject({ status: 200, text: expect.stringContaining('Answer') as string })
    const { status, type, text } = await same({ from, to, stream: true })
    expect({ status, isStream: type?.startsWith('text/event-stream'), isRead: text.includes('Grüße 👋') }).toEqual({
      status: 200,
      isStream: true,
      isRead: true,
    })
  })

  test.each(PAIRS)('$from to $to, cut anywhere or compressed', async ({ from, to }) => {
    const plain = await same({ from, to, stream: true })
    for (const manner of ['in small pieces', 'compressed'] as const) expect(await same({ from, to, stream: true, manner })).toEqual(plain)
  })

  test.each(PAIRS)('$from to $to, refused', async ({ from, to }) => {
    expect(await same({ from, to, stream: true, manner: 'refused' })).toMatchObject({ status: 429, retryAfter: '7' })
  })

  test.each(PAIRS)('$from to $to, broken amid the answer', async ({ from, to }) => {
    const { status, text } = await seen(await ask(served.url, { from, to, stream: true, manner: 'cut in half' }))
    expect(status).toBe(200)
    expect(text).not.toMatch(/message_stop|\[DONE\]|response\.completed|"finishReason":"STOP"/)
    expect(text).toMatch(/error|broken off/)
  })

  test('a request that is too large, told in length and not', async () => {
    const large = JSON.stringify({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x'.repeat(250_000) }] })
    const asking = { from: 'claude', to: 'openai', stream: false } as const
    expect(await same({ ...asking, body: large })).toMatchObject({ status: 413 })
    const pieces = new Blob([large]).stream()
    expect((await ask(served.url, { ...asking, body: pieces })).status).toBe(413)
  })

  test('a request without a length', async () => {
    const { body } = requestOf('claude', { size: 'big', stream: false })
    const whole = await same({ from: 'claude', to: 'openai', stream: false, body })
    expect(await seen(await ask(served.url, { from: 'claude', to: 'openai', stream: false, body: new Blob([body]).stream() }))).toEqual(
      whole,
    )
  })

  test.each(PROTOCOLS)('a client that leaves takes a provider of %s with it', async (to) => {
    const leave = new AbortController()
    const response = await ask(served.url, { from: 'claude', to, stream: true, manner: 'endless', signal: leave.signal })
    await response.body!.getReader().read()
    expect(provider.open()).toBe(1)
    leave.abort()
    await vi.waitFor(() => expect(provider.open()).toBe(0), 10_000)
  })
})
