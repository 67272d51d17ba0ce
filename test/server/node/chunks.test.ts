/** Pieces of an answer in chunks of our own, as a client's parser and the bare socket see them. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { createPieceWriter } from '../../../src/server/node/chunks.ts'
import { raw } from '../raw.ts'

type Answer = (request: IncomingMessage, to: ServerResponse) => void | Promise<void>

async function served<T>(answer: Answer, ask: (port: number, server: Server) => Promise<T>): Promise<T> {
  const server = createServer((request, to) => void answer(request, to)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await ask((server.address() as AddressInfo).port, server)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const ask = (port: number, version = '1.1', more = '', path = '/') => `GET ${path} HTTP/${version}\r\nhost: x:${port}\r\n${more}\r\n`

/** Sends each piece in a turn of its own. */
const inPieces =
  (...pieces: (string | Uint8Array)[]): Answer =>
  async (_, to) => {
    const { write } = createPieceWriter(to.writeHead(200, ['content-type', 'text/plain']))
    for (const piece of pieces) {
      write(piece)
      await new Promise(setImmediate)
    }
    to.end()
  }

test.each<[string, (string | Uint8Array)[], string]>([
  ['text', ['one', 'two'], '3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n'],
  ['wide characters, by their bytes', ['é', '→'], '2\r\n\xc3\xa9\r\n3\r\n\xe2\x86\x92\r\n0\r\n\r\n'],
  ['bytes', ['a', new Uint8Array([0, 255, 13, 10])], '1\r\na\r\n4\r\n\0\xff\r\n\r\n0\r\n\r\n'],
  ['nothing, which would end it', ['a', '', new Uint8Array(), 'b'], '1\r\na\r\n1\r\nb\r\n0\r\n\r\n'],
  ['sizes of two digits', ['a', 'x'.repeat(18)], `1\r\na\r\n12\r\n${'x'.repeat(18)}\r\n0\r\n\r\n`],
])('%s', async (_, pieces, body) => {
  const text = await served(inPieces(...pieces), (port) => raw(port, ask(port, '1.1', 'connection: close\r\n')))
  expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(body)
})

test('short and long pieces keep their order', async () => {
  const pieces = ['a', 'b'.repeat(5000), 'c', new Uint8Array(9000).fill(100), new Uint8Array([101]), 'f'.repeat(70_000), 'g']
  const text = await served(
    (_, to) => {
      const { write } = createPieceWriter(to.writeHead(200))
      for (const piece of pieces) write(piece)
      to.end()
    },
    async (port) => (await fetch(`http://127.0.0.1:${port}`)).text(),
  )
  expect(text).toBe(`a${'b'.repeat(5000)}c${'d'.repeat(9000)}e${'f'.repeat(70_000)}g`)
})

test('a client of HTTP/1.0 gets the bytes alone', async () => {
  const text = await served(inPieces('one', 'two', 'three'), (port) => raw(port, ask(port, '1.0')))
  expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('onetwothree')
})

test.each([[], ['transfer-encoding', 'chunked']])('nothing goes out for HEAD', async (...more) => {
  const text = await served(
    async (_, to) => {
      const { write } = createPieceWriter(to.writeHead(200, more))
      for (const piece of ['one', 'two']) {
        write(piece)
        await new Promise(setImmediate)
      }
      to.end()
    },
    (port) => raw(port, `HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
  )
  expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  expect(text.split('\r\n\r\n').slice(1).join('')).not.toMatch(/one|two/)
})

test('an answer waits for the one before it on the same connection', async () => {
  let first!: () => void
  const late = new Promise<void>((resolve) => (first = resolve))
  const text = await served(
    async (request, to) => {
      if (request.url === '/late') await late
      const sent = inPieces(request.url!, '1', '2')(request, to)
      if (request.url === '/early') setImmediate(() => setImmediate(first))
      await sent
    },
    (port) => raw(port, ask(port, '1.1', '', '/late') + ask(port, '1.1', 'connection: close\r\n', '/early')),
  )
  const bodies = [...text.matchAll(/\r\n\r\n(.*?)0\r\n\r\n/gs)].map(([, body]) => body)
  expect(bodies).toEqual(['5\r\n/late\r\n1\r\n1\r\n1\r\n2\r\n', '6\r\n/early\r\n1\r\n1\r\n1\r\n2\r\n'])
})

test('whether a client has room is told, and when it has again', async () => {
  const piece = new Uint8Array(4000)
  let rooms = 0
  let written = 0
  let reads!: () => void
  const isFull = new Promise<void>((resolve) => (reads = resolve))
  const total = await served(
    (_, to) => {
      const { write, whenRoom } = createPieceWriter(to.writeHead(200))
      const go = () => {
        while (written < 32_000_000) {
          written += piece.length
          if (write(piece)) continue
          reads()
          return whenRoom(() => {
            rooms++
            go()
          })
        }
        to.end()
      }
      go()
    },
    async (port) => {
      const request = get({ port, host: '127.0.0.1', agent: false })
      const [message] = (await once(request, 'response')) as [IncomingMessage]
      await isFull
      let size = 0
      message.on('data', (chunk: Uint8Array) => void (size += chunk.length))
      await once(message, 'end')
      return size
    },
  )
  expect(rooms).toBeGreaterThan(0)
  expect(total).toBe(32_000_000)
})

test('nothing more is written for a client that has ended its side, and nothing fails', async () => {
  const errors: unknown[] = []
  let over!: () => void
  const wasOver = new Promise<void>((resolve) => (over = resolve))
  await served(
    async (_, to) => {
      const { write } = createPieceWriter(to.writeHead(200))
      write('first')
      await once(to.socket!, 'end')
      for (let i = 0; i < 3; i++) {
        write('more')
        await new Promise(setImmediate)
      }
      over()
    },
    async (port, server) => {
      server.on('clientError', (error) => void errors.push(error))
      const socket = connect(port, '127.0.0.1', () => socket.end(ask(port)))
      socket.resume()
      await wasOver
      socket.destroy()
    },
  )
  expect(errors).toEqual([])
})
