import { connect } from 'node:net'
import * as zlib from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ByteSink } from '../../../src/core/byte-source.ts'
import { respondWith } from '../../../src/core/respond.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { checkBeforeParsing, checkDepth } from '../../../src/router/json-bounds.ts'
import { factsOf } from '../../../src/router/facts.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { attachConnection } from '../../../src/server/safety/connection.ts'
import { createGateway } from '../../../src/server/gateway.ts'
import { serve, type Served, type ServeOptions } from '../../../src/server/serve.ts'
import { clientOf, clients, post } from '../clients.ts'
import { answerIn, raw } from '../raw.ts'

const open: Served[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((served) => served.close()))))

async function start(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  const served = await serve(app, { port: 0, graceMs: 0, ...options })
  open.push(served)
  return served
}

const json = { 'content-type': 'application/json' }
/** Reads a request as endpoints do, and gives back what it read. */
const echo: Fetch = async (input) => Response.json((await factsOf(input as Request)).body)

describe.each(clients)('a client of $protocol', (client) => {
  const { path, errorOf } = client
  const refused = async (response: Response, status: number) => {
    expect(response.status).toBe(status)
    return errorOf(await response.json())
  }

  test('is told of a URL that is too long', async () => {
    const gateway = createGateway({ app: echo, limits: { urlLength: 100 } })
    const separator = path.includes('?') ? '&' : '?'
    expect(await refused(await gateway(`http://localhost${path}${separator}x=${'x'.repeat(100)}`, { method: 'POST' }), 414)).toContain(
      '100',
    )
  })

  test.each([
    ['text/plain', 'text/plain'],
    ['what forms send', 'application/x-www-form-urlencoded'],
    ['a form with files', 'multipart/form-data; boundary=x'],
    ['what only looks like JSON', 'text/json+application/json'],
  ])('is told that %s is no JSON', async (_, type) => {
    const { url } = await start(echo)
    expect(await refused(await post(url, client, { headers: { 'content-type': type } }), 415)).toContain('application/json')
  })

  test('is told so where it says no type at all', async () => {
    const { port } = await start(echo)
    const answer = answerIn(await raw(port, `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`))
    expect(answer.status).toBe(415)
    expect(errorOf(answer.body)).toContain('missing')
  })

  test('is told to come again when there are too many requests', async () => {
    const gateway = createGateway({ app: () => new Promise(() => {}), sessions: false, limits: { streams: 1 } })
    const ask = () => gateway(`http://localhost${path}`, { method: 'POST', body: '{}', headers: json })
    void ask()
    const response = await ask()
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await refused(response, client.protocol === 'claude' ? 529 : 503)).toContain('Try again')
  })
})

describe('requests at a time', () => {
  const text = { method: 'POST', body: '{}', headers: json }
  const url = 'http://localhost/v1/messages'
  const from = (address: string) => {
    const request = new Request(url, text)
    attachConnection(request, { address })
    return request
  }

  test('a place is free again when the answer was read, failed, broke off or was thrown away', async () => {
    const answers: (() => Promise<Response>)[] = []
    const gateway = createGateway({ app: () => answers.shift()!(), sessions: false, limits: { streams: 1 } })
    const stream = (run: (sink: ByteSink) => void) => async () => respondWith({ start: run, pause() {}, resume() {}, cancel() {} }, {})
    const ways: [() => Promise<Response>, (response: Response) => Promise<unknown>][] = [
      [async () => Response.json({}), (response) => response.text()],
      [async () => new Response(null), async () => {}],
      [() => Promise.reject(new Error('thrown')), (response) => response.text()],
      [stream((sink) => (sink.write('a'), sink.end())), (response) => response.text()],
      [stream((sink) => sink.fail(new Error('broken'))), (response) => response.text().catch(() => {})],
      [stream((sink) => sink.write('a')), (response) => response.body!.cancel()],
    ]
    for (const [answer, read] of ways) {
      answers.push(answer)
      const response = await gateway(url, text)
      if (response.body && response.status === 200) expect((await gateway(url, text)).status).toBe(529)
      await read(response)
    }
    answers.push(async () => Response.json({}))
    expect((await gateway(url, text)).status).toBe(200)
  })

  test('each address has its share; the programs of this machine are not counted', async () => {
    const gateway = createGateway({ app: () => new Promise(() => {}), sessions: false, limits: { streamsPerClient: 2 } })
    const isTaken = async (address: string) => {
      const answer = await Promise.race([
        gateway(from(address)),
        new Promise<undefined>((resolve) => void setImmediate(() => resolve(undefined))),
      ])
      return answer === undefined ? 'taken' : [answer.status, answer.headers.get('retry-after')]
    }
    expect([await isTaken('10.0.0.1'), await isTaken('10.0.0.1'), await isTaken('10.0.0.1')]).toEqual(['taken', 'taken', [429, '1']])
    expect(await isTaken('10.0.0.2')).toBe('taken')
    for (let i = 0; i < 4; i++) expect(await isTaken('127.0.0.1')).toBe('taken')
  })

  test('a client that goes gives its place back', async () => {
    const { url: served } = await start(
      (input) => new Promise((_, reject) => (input as Request).signal.addEventListener('abort', () => reject(new Error('gone')))),
      { limits: { streams: 1 } },
    )
    const controller = new AbortController()
    const first = post(served, clientOf('claude'), { signal: controller.signal }).catch(() => 'gone')
    await vi.waitFor(async () =>
      expect((await post(served, clientOf('claude'), { signal: AbortSignal.timeout(100) }).catch(() => ({ status: 0 }))).status).toBe(529),
    )
    controller.abort()
    expect(await first).toBe('gone')
    await vi.waitFor(async () =>
      expect(await post(served, clientOf('claude'), { signal: AbortSignal.timeout(50) }).catch(() => 'taken')).toBe('taken'),
    )
  })

  test('health is told however many there are', async () => {
    const gateway = createGateway({ app: () => new Promise(() => {}), sessions: false, limits: { streams: 1 } })
    void gateway(url, text)
    expect((await gateway('http://localhost/health')).status).toBe(200)
  })
})

describe('the shape of JSON', () => {
  const nested = (levels: number) => `{"model":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  const ask = (body: string, depth?: number) =>
    createGateway({ app: echo, limits: { ...(depth && { depth }) } })('http://localhost/v1/messages', {
      method: 'POST',
      body,
      headers: json,
    })

  test('512 levels are taken, more are not', async () => {
    expect((await ask(nested(512))).status).toBe(200)
    const response = await ask(nested(513))
    expect(response.status).toBe(400)
    expect(clientOf('claude').errorOf(await response.json())).toContain('512 levels')
  })

  test('as deep as the server says', async () => {
    expect((await ask(nested(10), 10)).status).toBe(200)
    expect((await ask(nested(11), 10)).status).toBe(400)
  })

  test.each([
    ['arrays', '['.repeat(2_000_000)],
    ['objects', '{"a":'.repeat(1_000_000)],
    ['values side by side', `[${'{},'.repeat(3_000_000)}1]`],
  ])('megabytes of %s are refused before they are parsed', async (_, text) => {
    const parse = vi.spyOn(JSON, 'parse')
    expect((await ask(text)).status).toBe(400)
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  test('megabytes of text are taken, whatever stands in it', () => {
    const text = `["${'[{\\"\\\\'.repeat(400_000)}", "${'x'.repeat(2_000_000)}"]`
    expect(() => checkBeforeParsing(text, 2)).not.toThrow()
    expect(() => checkBeforeParsing(`[${text}]`, 1)).toThrow(/levels/)
    expect(() => checkDepth(JSON.parse(text), 1)).not.toThrow()
  })
})

describe('a compressed body', () => {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Grüße '.repeat(100) }] })
  const zstdCompressSync = (zlib as { zstdCompressSync?: (text: string) => Uint8Array }).zstdCompressSync
  const encodings: [string, (text: string) => Uint8Array][] = [
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['br', zlib.brotliCompressSync],
    ...(zstdCompressSync ? ([['zstd', zstdCompressSync]] as [string, (text: string) => Uint8Array][]) : []),
  ]
  const send = (url: string, encoding: string, bytes: Uint8Array) =>
    post(url, clientOf('claude'), { body: bytes as Uint8Array<ArrayBuffer>, headers: { 'content-encoding': encoding } })

  test.each(encodings)('in %s is read', async (encoding, compress) => {
    const { url } = await start(echo)
    expect(await (await send(url, encoding, compress(body))).text()).toBe(body)
  })

  test('goes on to an upstream of the same protocol as what it was', async () => {
    let sent: RequestInit | undefined
    const app = endpoint({
      protocol: 'claude',
      baseUrl: 'https://up.example',
      fetch: async (_, init) => ((sent = init), Response.json({})),
    })
    const { url } = await start(app)
    await send(url, 'gzip', zlib.gzipSync(body))
    expect(Buffer.from(sent!.body as Uint8Array).toString()).toBe(body)
    expect(new Headers(sent!.headers).has('content-encoding')).toBe(false)
  })

  test.each([['compress'], ['gzip, br'], ['constructor']])('in %s is refused, and what is known is said', async (encoding) => {
    const { url } = await start(echo)
    const response = await send(url, encoding, zlib.gzipSync(body))
    expect(response.status).toBe(415)
    expect(clientOf('claude').errorOf(await response.json())).toContain('gzip')
  })

  test('that is damaged is the client’s fault', async () => {
    const { url } = await start(echo)
    for (const bytes of [zlib.gzipSync(body).subarray(0, 40), Buffer.from('no gzip')])
      expect((await send(url, 'gzip', bytes)).status).toBe(400)
  })

  test('that becomes larger than bodies may be is refused', async () => {
    const { url } = await start(echo, { limits: { bodyBytes: 10_000 } })
    expect((await send(url, 'gzip', zlib.gzipSync(`{"a":"${'x'.repeat(20_000)}"}`))).status).toBe(413)
  })

  test('that becomes many times larger is refused however large bodies may be', async () => {
    const { url } = await start(echo)
    const bomb = `{"a":"${'x'.repeat(8_000_000)}"}`
    for (const [encoding, compress] of encodings) expect((await send(url, encoding, compress(bomb))).status, encoding).toBe(413)
    const lenient = await start(echo, { limits: { expansion: 2000 } })
    expect((await send(lenient.url, 'gzip', zlib.gzipSync(bomb))).status).toBe(200)
  })
})

describe('slow clients', () => {
  const until = async (bytes: string, options: ServeOptions['limits'], more?: string) => {
    const { port } = await start(echo, { limits: options })
    const began = performance.now()
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
      const dripping = more ? setInterval(() => socket.writable && socket.write(more), 20) : undefined
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('error', () => {})
      socket.on('close', () => (clearInterval(dripping), resolve(text)))
    })
    return { answer, ms: performance.now() - began }
  }
  const head = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'

  test('whose headers do not end', async () => {
    const { answer, ms } = await until(head, { headersMs: 200 }, 'x-more: 1\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 408/)
    expect(ms).toBeLessThan(3000)
  })

  test('whose body comes a byte at a time', async () => {
    const { answer } = await until(`${head}content-length: 9999\r\n\r\n{`, { bodyMs: 300 }, ' ')
    expect(answerIn(answer).status).toBe(408)
    expect(clientOf('claude').errorOf(answerIn(answer).body)).toContain('in time')
  })

  test('whose body stops', async () => {
    const { answer } = await until(`${head}content-length: 9999\r\n\r\n{`, { stallMs: 100 })
    expect(answerIn(answer).status).toBe(408)
  })

  test('that do not read: little is held for them, and not for ever', async () => {
    let written = 0
    let cancelled = false
    const chunk = new Uint8Array(64 * 1024)
    const { port } = await start(
      async () => {
        let paused = false
        let sink: ByteSink
        const flow = () => {
          while (!paused && !cancelled) {
            written += chunk.length
            sink.write(chunk)
          }
        }
        return respondWith(
          {
            start: (to) => ((sink = to), flow()),
            pause: () => void (paused = true),
            resume: () => ((paused = false), flow()),
            cancel: () => void (cancelled = true),
          },
          { headers: { 'content-type': 'text/event-stream' } },
        )
      },
      { limits: { stallMs: 200 } },
    )
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head}content-length: 2\r\n\r\n{}`))
    socket.pause()
    socket.on('error', () => {})
    await vi.waitFor(() => expect(cancelled).toBe(true), 5000)
    // What the kernel takes for a connection is some megabytes at most.
    expect(written).toBeLessThan(32 * 1024 * 1024)
    socket.destroy()
  })

  test('a model that thinks for long is no slow client', async () => {
    const { url } = await start(async () => (await new Promise((resolve) => setTimeout(resolve, 300)), Response.json({ thought: true })), {
      limits: { stallMs: 100, bodyMs: 150, headersMs: 150 },
    })
    expect(await (await post(url, clientOf('claude'))).json()).toEqual({ thought: true })
  })
})

test('more headers than anybody sends', async () => {
  const { port } = await start(echo)
  const headers = Array.from({ length: 200 }, (_, i) => `x-${i}: 1\r\n`).join('')
  expect(await raw(port, `GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 431/)
})
