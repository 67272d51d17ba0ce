/** Bodies that are sent to an upstream as they come. */
import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, afterEach, expect, test } from 'vitest'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'

const fetch = createNodeFetch({ proxy: 'direct' })
let server: Server
afterEach(() => server.close())
afterAll(() => fetch.close())

async function open(answer: (socket: Socket) => void): Promise<string> {
  server = createTcpServer((socket) => answer(socket.on('error', () => {})))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
const WHY = '{"error":{"message":"too big"}}'
const REFUSAL = `HTTP/1.1 413 X\r\ncontent-type: application/json\r\ncontent-length: ${WHY.length}\r\n\r\n${WHY}`
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'

/** Pieces, each when the one before it has been taken and `before` has resolved. */
function streamOf(count: number, before: (index: number) => Promise<unknown> | undefined) {
  let index = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await before(index)
        if (index++ === count) controller.close()
        else controller.enqueue(new Uint8Array(1000).fill(120))
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, taken: () => index }
}
const post = (url: string, body: ReadableStream<Uint8Array>, headers = {}) =>
  fetch(url, { method: 'POST', body, headers, redirect: 'manual', duplex: 'half' } as RequestInit)

test.each([
  ['whose length is known', { 'content-length': '3000' }, /content-length: 3000\r\n.*\r\n\r\nx{3000}$/is],
  ['in chunks, where it is not', {}, /transfer-encoding: chunked\r\n.*\r\n\r\n(3e8\r\nx{1000}\r\n){3}0\r\n\r\n$/is],
])('all of one arrives %s', async (_, headers, expected) => {
  let got = ''
  const url = await open((socket) =>
    socket.on('data', (data) => {
      got += data.toString('latin1')
      if (expected.test(got)) socket.end(OK)
    }),
  )
  const response = await post(url, streamOf(3, () => undefined).stream, headers)
  expect([response.status, await response.text()]).toEqual([200, '{}'])
})

test('a refusal before the end is read, although the connection is reset behind it', async () => {
  let closed!: () => void
  const reset = new Promise<void>((resolve) => (closed = resolve))
  const url = await open((socket) => {
    socket.once('close', closed)
    socket.once('data', () => socket.write(REFUSAL, () => socket.resetAndDestroy()))
  })
  const { stream, taken } = streamOf(50, (index) => (index === 2 ? reset : undefined))
  const response = await post(url, stream)
  expect([response.status, await response.text()]).toEqual([413, WHY])
  // Whoever sends it may read no answer before all of it is gone.
  await expect.poll(taken).toBe(51)
})

test('a refusal is read, and the rest of the body with it, where the upstream takes no more and stays', async () => {
  const url = await open((socket) =>
    socket.once('data', () => {
      socket.pause()
      socket.write(REFUSAL)
    }),
  )
  const { stream, taken } = streamOf(20_000, () => undefined)
  const response = await post(url, stream)
  expect([response.status, await response.text()]).toEqual([413, WHY])
  await expect.poll(taken).toBe(20_001)
})

test('a body that breaks breaks the call, and says why', async () => {
  const url = await open((socket) => socket.resume())
  const { stream } = streamOf(9, (index) => (index === 2 ? Promise.reject(new Error('the client left')) : undefined))
  await expect(post(url, stream)).rejects.toMatchObject({ message: 'fetch failed', cause: { message: 'the client left' } })
})

test('a body that somebody else reads breaks the call', async () => {
  const url = await open((socket) => socket.resume())
  const { stream } = streamOf(1, () => undefined)
  stream.getReader()
  await expect(post(url, stream)).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { message: expect.stringContaining('locked') as string },
  })
})
