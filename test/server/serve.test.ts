import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ByteSink } from '../../src/core/byte-source.ts'
import { respondText, respondWith } from '../../src/core/respond.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { serve, type Served, type ServeOptions } from '../../src/server/serve.ts'
import { clientOf, clients, post } from './clients.ts'
import { raw } from './raw.ts'

const open: Served[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((served) => served.close()))))

async function start(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  const served = await serve(app, { port: 0, ...options })
  open.push(served)
  return served
}

const echo: Fetch = async (input) => Response.json({ got: await (input as Request).text() })

test('listens on a free port of loopback and says where', async () => {
  const served = await start(echo)
  expect(served.url).toBe(`http://127.0.0.1:${served.port}`)
  expect(served.port).toBeGreaterThan(0)
  expect(await (await post(served.url, clientOf('claude'), { body: '{"a":1}' })).json()).toEqual({ got: '{"a":1}' })
})

test('a port in use is the caller’s to hear of', async () => {
  const { port } = await start(echo)
  await expect(serve(echo, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

describe('who may call', () => {
  test('a host that no URL can have is refused, however the request is made, and hurts nobody', async () => {
    const { port, url } = await start(echo)
    const many = Array.from({ length: 150 }, (_, i) => `x-${i}: a\r\n`).join('')
    for (const more of ['', many]) {
      const answer = await raw(port, `GET /health HTTP/1.1\r\nhost: 127.0.0.1:99999\r\n${more}connection: close\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 400/)
    }
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
  test('a host name that was bound to loopback by somebody else is refused on every path', async () => {
    const { port } = await start(echo)
    for (const path of ['/', '/health', '/v1/models', '/v1/messages']) {
      const answer = await raw(port, `GET ${path} HTTP/1.1\r\nhost: evil.example:${port}\r\nconnection: close\r\n\r\n`)
      expect(answer).toMatch(/^HTTP\/1\.1 403/)
    }
  })

  test('listed names are answered', async () => {
    const { port } = await start(echo, { hosts: ['proxy.example'] })
    expect(await raw(port, 'GET /health HTTP/1.1\r\nhost: proxy.example\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/)
  })

  test('off loopback any name is answered', async () => {
    const { port } = await start(echo, { hostname: '0.0.0.0', allowAnyone: true })
    expect(await raw(port, 'GET /health HTTP/1.1\r\nhost: proxy.example\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200/)
  })
})

describe.each(clients)('bytes that are no HTTP, from a client of $protocol', ({ path, errorOf }) => {
  test('a header with control characters', async () => {
    const { url, port } = await start(echo)
    const answer = await raw(port, `POST ${path} HTTP/1.1\r\nhost: localhost\r\nx-bad: a\u0001b\r\ncontent-length: 2\r\n\r\n{}`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(errorOf(JSON.parse(answer.split('\r\n\r\n')[1]!))).toContain('not valid HTTP')
    expect((await post(url, clientOf('claude'))).status).toBe(200)
  })

  test('headers that are too large', async () => {
    const { url, port } = await start(echo)
    const answer = await raw(port, `POST ${path} HTTP/1.1\r\nhost: localhost\r\nx-big: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431/)
    expect((await post(url, clientOf('claude'))).status).toBe(200)
  })
})

test.each(['//', '/%E0%A4%A', '/v1beta/models/%E0%A4%A:generateContent', '/v1/models/%', '/\\', '/@:0'])(
  'a strange path, %s, ends nothing',
  async (path) => {
    const { url, port } = await start(echo)
    for (const method of ['POST', 'GET']) {
      expect(await raw(port, `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nx-bad: a\u0001b\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400/)
      const answer = await raw(port, `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`)
      expect(answer).toMatch(/^HTTP\/1\.1 [24]\d\d/)
    }
    expect((await post(url, clientOf('claude'))).status).toBe(200)
  },
)

test('bytes that are no HTTP do not spoil an answer that has begun', async () => {
  let finish = () => {}
  const { port } = await start(async () =>
    respondWith({ start: (sink) => (sink.write('begun'), (finish = () => sink.end())), pause() {}, resume() {}, cancel() {} }, {}),
  )
  const request = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}'
  const answer = raw(port, `${request}\u0001\u0002 nonsense\r\n\r\n`)
  await sleep(100)
  finish()
  expect((await answer).match(/HTTP\/1\.1/g) ?? []).toHaveLength(1)
})

describe('an unruly app', () => {
  test.each(clients)('a throw is a 500 for $protocol', async (client) => {
    const { url } = await start(() => Promise.reject(new Error('out of luck')))
    const response = await post(url, client)
    expect(response.status).toBe(500)
    expect(client.errorOf(await response.json())).toContain('out of luck')
  })

  test('a header that HTTP cannot carry is left out, and the length of a whole body is its own', async () => {
    const { url } = await start(async () =>
      respondText('{"ä":1}', {
        headers: { 'x-odd': 'a\u0001b', 'x-even': 'ab', 'content-length': '3', 'content-type': 'application/json' },
      }),
    )
    const response = await post(url, clientOf('claude'))
    expect(await response.text()).toBe('{"ä":1}')
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-even': 'ab', 'content-length': '8' })
    expect(response.headers.has('x-odd')).toBe(false)
  })

  test('a body that breaks breaks the connection, silently', async () => {
    const errors = vi.spyOn(console, 'error')
    const { url } = await start(async () =>
      respondWith(
        {
          start: (sink) => (sink.write('begun'), setImmediate(() => sink.fail(new Error('broken')))),
          pause() {},
          resume() {},
          cancel() {},
        },
        {},
      ),
    )
    await expect(post(url, clientOf('claude')).then((response) => response.text())).rejects.toThrow()
    await expect(post(url, clientOf('claude')).then((response) => response.text())).rejects.toThrow()
    expect(errors).not.toHaveBeenCalled()
    errors.mockRestore()
  })
})

describe('a client that goes away', () => {
  test('before the answer: the request is aborted', async () => {
    let aborted: () => void
    const seen = new Promise<void>((resolve) => (aborted = resolve))
    const { url } = await start(
      (input) =>
        new Promise((_, reject) => {
          const { signal } = input as Request
          signal.addEventListener('abort', () => (aborted(), reject(signal.reason as Error)))
        }),
    )
    const controller = new AbortController()
    const asked = post(url, clientOf('claude'), { signal: controller.signal })
    await sleep(50)
    controller.abort()
    await expect(asked).rejects.toThrow()
    await seen
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  test('amid the answer: the body is cancelled, once', async () => {
    const cancel = vi.fn()
    let sink: ByteSink | undefined
    const { url } = await start(async () =>
      respondWith({ start: (to) => ((sink = to), to.write('begun')), pause() {}, resume() {}, cancel }, {}),
    )
    const controller = new AbortController()
    const response = await post(url, clientOf('claude'), { signal: controller.signal })
    await response.body!.getReader().read()
    controller.abort()
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
    expect(sink).toBeDefined()
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})

describe('closing', () => {
  test('ends at once where nothing is in flight, idle connections or not', async () => {
    const served = await start(echo)
    await (await fetch(`${served.url}/health`)).text() // leaves a connection open for later
    const ahead = connect(served.port, '127.0.0.1') // opened ahead and never used, as browsers do
    await new Promise((resolve) => ahead.once('connect', resolve))
    const began = performance.now()
    await served.close()
    expect(performance.now() - began).toBeLessThan(1000)
    await expect(fetch(`${served.url}/health`)).rejects.toThrow()
  })

  test('lets a request in flight end', async () => {
    let finish = () => {}
    const served = await start(async () =>
      respondWith(
        { start: (sink) => (sink.write('one '), (finish = () => (sink.write('two'), sink.end()))), pause() {}, resume() {}, cancel() {} },
        {},
      ),
    )
    const response = await post(served.url, clientOf('claude'))
    const closed = served.close()
    setTimeout(() => finish(), 100)
    expect(await response.text()).toBe('one two')
    await closed
  })

  test('cuts what does not end in time', async () => {
    const served = await start(async () => respondWith({ start: (sink) => sink.write('one '), pause() {}, resume() {}, cancel() {} }, {}), {
      graceMs: 100,
    })
    const response = await post(served.url, clientOf('claude'))
    const began = performance.now()
    const body = response.text()
    const cut = expect(body).rejects.toThrow()
    await Promise.all([served.close(), served.close()])
    await cut
    expect(performance.now() - began).toBeLessThan(2000)
  })
})
