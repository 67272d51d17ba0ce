import { connect } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { respondWith } from '../../src/core/respond.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { serve, type Served, type ServeOptions } from '../../src/server/serve.ts'
import { clientOf, clients, post, postStream } from './clients.ts'

const open: Served[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((served) => served.close()))))

async function start(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  const served = await serve(app, { port: 0, ...options })
  open.push(served)
  return served
}

/** A stream of the demo provider that stops after its first events, until it is told to go on. */
function halting() {
  const demo = createDemo({ delayMs: 0 })
  let goOn = () => {}
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  let cancelled = false
  const app: Fetch = async (input, init) => {
    const response = await demo(input, init)
    const reader = response.body!.getReader()
    let first = true
    const body = respondWith(
      {
        start(sink) {
          const pump = async (): Promise<void> => {
            const { done, value } = await reader.read()
            if (done) return sink.end()
            // Whole events only, as relays give them.
            sink.write(value)
            if (first) await ((first = false), gate)
            return pump()
          }
          void pump()
        },
        pause() {},
        resume() {},
        cancel: () => void (cancelled = true),
      },
      response,
    )
    return body
  }
  return { app, goOn, isCancelled: () => cancelled }
}

const lastOf = (text: string): unknown => {
  const data = text.trim().split(/\n\n/).at(-1)!
  return JSON.parse(data.replace(/^event: .*\n/, '').replace(/^data: /, ''))
}

describe.each(clients)('a client of $protocol', (client) => {
  test('amid a stream has all of it where it ends in time', async () => {
    const { app, goOn } = halting()
    const { url, close } = await start(app)
    const response = await postStream(url, client)
    const closed = close()
    goOn()
    const whole = await (
      await createDemo({ delayMs: 0 })(`http://localhost${client.streamPath}`, { method: 'POST', body: JSON.stringify(client.streamBody) })
    ).text()
    expect((await response.text()).length).toBe(whole.length)
    await closed
  })

  test('amid a stream that does not is told so in its own words', async () => {
    const { app, isCancelled } = halting()
    const { url, close } = await start(app, { graceMs: 50 })
    const response = await postStream(url, client)
    await close()
    const text = await response.text()
    expect(JSON.stringify(lastOf(text))).toContain('server is being stopped')
    expect(text).not.toMatch(/message_stop|response\.completed|\[DONE\]|"finishReason":"STOP"/)
    expect(isCancelled()).toBe(true)
  })

  test('that waits for its answer is told so with a status', async () => {
    const { url, close } = await start(() => new Promise(() => {}), { graceMs: 50 })
    const response = post(url, client)
    await new Promise((resolve) => setTimeout(resolve, 30))
    await close()
    const { status, headers } = await response
    expect([503, 529]).toContain(status)
    expect(headers.get('retry-after')).toBe('1')
    expect(client.errorOf(await (await response).json())).toContain('server is being stopped')
  })

  test('that asks over a connection of before is refused while others end', async () => {
    const { app, goOn } = halting()
    const { url, port, close } = await start(app)
    const stream = await postStream(url, clientOf('claude'))
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const closed = close()
    await new Promise((resolve) => setImmediate(resolve))
    const body = JSON.stringify(client.body)
    socket.write(
      `\r\nPOST ${client.path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await new Promise((resolve) => socket.once('close', resolve))
    expect(text).toMatch(/^HTTP\/1\.1 (503|529)/)
    expect(text).toMatch(/connection: close/i)
    goOn()
    expect((await stream.text()).length).toBeGreaterThan(100)
    await closed
  })
})

test('before it closes it says that it is leaving, and answers all the same', async () => {
  const { url, close } = await start(createDemo({ delayMs: 0 }), { leaveMs: 300 })
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' })
  const closed = close()
  const health = await fetch(`${url}/health`)
  expect([health.status, ((await health.json()) as { status: string }).status]).toEqual([503, 'stopping'])
  expect((await post(url, clientOf('openai'))).status).toBe(200)
  await closed
  await expect(fetch(`${url}/health`)).rejects.toThrow()
})

test('an answer that comes after all is thrown away', async () => {
  const cancel = vi.fn()
  let answer: (response: Response) => void = () => {}
  const { url, close } = await start(() => new Promise((resolve) => (answer = resolve)), { graceMs: 20, sessions: false })
  const response = post(url, clientOf('claude'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  await close()
  await response
  answer(respondWith({ start: (sink) => sink.write('late'), pause() {}, resume() {}, cancel }, {}))
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
})

test('no socket is left behind', async () => {
  const left = () => process.getActiveResourcesInfo().filter((name) => /TCP/.test(name))
  const before = left()
  const { url, close } = await start(() => new Promise(() => {}), { graceMs: 50 })
  const answers = clients.map((client) => post(url, client))
  await new Promise((resolve) => setTimeout(resolve, 30))
  await close()
  for (const answer of answers) await (await answer).text()
  await vi.waitFor(() => expect(left()).toEqual(before), 3000)
})
