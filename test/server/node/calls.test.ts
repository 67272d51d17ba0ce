/** What goes over the wire of the server's own fetch. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'

const fetch = createNodeFetch({ proxy: 'direct' })
const calls: IncomingMessage[] = []
const server = createServer((request, response) => {
  calls.push(request)
  request.resume().on('end', () => response.end('{}'))
})
let port = 0
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  fetch.close()
  server.close()
})

/** The headers as they were sent, in lower case, sorted. */
async function sent(init: RequestInit, at = `http://127.0.0.1:${port}/`): Promise<string[]> {
  await (await fetch(at, { redirect: 'manual', ...init })).text()
  const { rawHeaders } = calls.at(-1)!
  const pairs = rawHeaders.flatMap((name, i) => (i % 2 ? [] : [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`]))
  return pairs.filter((pair) => !/^(connection|accept-encoding)/.test(pair)).sort()
}

test.each(['MKCOL', 'MOVE', 'POST', 'PUT'])('%s without a body says so, and is not sent in pieces', async (method) => {
  expect(await sent({ method })).toEqual(['content-length: 0', `host: 127.0.0.1:${port}`])
})

test('what asks for something says nothing of a body', async () => {
  for (const method of ['GET', 'DELETE']) expect(await sent({ method })).toEqual([`host: 127.0.0.1:${port}`])
})

test('a host of the user’s own is the only one', async () => {
  expect(await sent({ headers: { Host: 'internal.example' } })).toEqual(['host: internal.example'])
})

test('no header is sent twice, however it is spelled', async () => {
  const headers = { 'X-A': '1', 'x-a': '2', 'Content-Length': '9' }
  expect(await sent({ method: 'POST', body: 'four', headers })).toEqual(['content-length: 4', `host: 127.0.0.1:${port}`, 'x-a: 2'])
})

test('who is named in a URL is told, unless a header tells already', async () => {
  const at = `http://ann:p%40ss@127.0.0.1:${port}/`
  expect(await sent({}, at)).toContain(`authorization: Basic ${btoa('ann:p@ss')}`)
  expect((await sent({ headers: { authorization: 'Bearer k' } }, at)).filter((pair) => pair.startsWith('authorization'))).toEqual([
    'authorization: Bearer k',
  ])
})

test('a call whose connection breaks amid the answer is not made again', async () => {
  const asked: IncomingMessage[] = []
  const breaking = createServer((request, response) => {
    asked.push(request)
    if (asked.length !== 2) return request.resume().on('end', () => response.end('{}'))
    response.writeHead(200, { 'content-length': '100' }).write('half')
    return request.resume()
  })
  breaking.listen(0, '127.0.0.1')
  await once(breaking, 'listening')
  const at = `http://127.0.0.1:${(breaking.address() as AddressInfo).port}/`
  const ask = () => fetch(at, { method: 'POST', body: 'four', redirect: 'manual' })
  await (await ask()).text()
  await roundOfEvents()
  const broken = await ask()
  expect(asked[1]!.socket).toBe(asked[0]!.socket)
  asked[1]!.socket.resetAndDestroy()
  await expect(broken.text()).rejects.toThrow()
  await roundOfEvents()
  await (await ask()).text()
  expect(asked.length).toBe(3)
  breaking.close()
})

/** In which a connection comes back to those that can be used again. */
const roundOfEvents = () => new Promise((resolve) => setImmediate(resolve))

test('cookies of an answer come one by one, other headers that are told twice joined', async () => {
  const telling = createServer((_, response) => {
    response.writeHead(200, ['x-twice', 'a', 'Set-Cookie', 'a=1; Expires=Wed, 1 Jan 2031', 'X-Twice', 'b', 'set-cookie', 'b=2']).end('{}')
  }).listen(0, '127.0.0.1')
  await once(telling, 'listening')
  const { headers } = await fetch(`http://127.0.0.1:${(telling.address() as AddressInfo).port}/`)
  expect(headers.getSetCookie()).toEqual(['a=1; Expires=Wed, 1 Jan 2031', 'b=2'])
  expect(headers.get('x-twice')).toBe('a, b')
  telling.close()
})

test('a call that is answered by another protocol has failed', async () => {
  const switching = createServer((request) => {
    request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
  }).listen(0, '127.0.0.1')
  await once(switching, 'listening')
  const at = `http://127.0.0.1:${(switching.address() as AddressInfo).port}/`
  await expect(fetch(at, { method: 'POST', body: '{}', redirect: 'manual' })).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { message: 'the connection was closed without an answer' },
  })
  switching.close()
})

test('an upstream that answers at once, and resets the connection while it is still asked, breaks nothing else', async () => {
  let connections = 0
  const impatient = createTcpServer((socket) => {
    const number = connections++
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write('HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\n{}')
        if (number % 2) setImmediate(() => socket.resetAndDestroy())
        else socket.once('data', () => socket.resetAndDestroy())
      })
  }).listen(0, '127.0.0.1')
  await once(impatient, 'listening')
  const at = `http://127.0.0.1:${(impatient.address() as AddressInfo).port}/`
  const loose: unknown[] = []
  const note = (error: unknown) => void loose.push(error)
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', note)
  const body = new Uint8Array(8_000_000)
  for (let asked = 0; asked < 20; asked++) {
    const answer = await fetch(at, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined)
    await answer?.text().catch(() => undefined)
  }
  await roundOfEvents()
  process.removeAllListeners('uncaughtException')
  for (const listener of others) process.on('uncaughtException', listener)
  expect(loose).toEqual([])
  impatient.close()
})
