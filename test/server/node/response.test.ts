/** Answers on their way to a client's socket. */
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import type { ByteSink, ByteSource } from '../../../src/core/byte-source.ts'
import { writeSource } from '../../../src/server/node/response.ts'
import { raw } from '../raw.ts'

/** What a client gets, and whether it was all, of an answer that `run` gives. */
async function answered(run: (sink: ByteSink, to: ServerResponse) => void, more: Partial<ByteSource> = {}) {
  let breakOff!: () => void
  const server = createServer((_, to) => {
    to.writeHead(200)
    breakOff = writeSource({ start: (sink) => run(sink, to), pause() {}, resume() {}, cancel() {}, ...more }, to, () => 'words\n\n')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
  const [message] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  message.on('data', (chunk: Uint8Array) => void (text += Buffer.from(chunk).toString()))
  message.on('error', () => {})
  const closed = new Promise((resolve) => message.on('close', resolve))
  return {
    breakOff: () => breakOff(),
    async end() {
      await closed
      server.close()
      return { text, complete: message.complete }
    },
  }
}

const bytes = (text: string) => new TextEncoder().encode(text)

test('text and bytes come in their order, in one chunk for all of a tick', async () => {
  const server = createServer((_, to) => {
    to.writeHead(200, { connection: 'close' })
    const start = (sink: ByteSink) => {
      for (const chunk of ['a', 'b', bytes('c'), bytes('d'), 'é']) sink.write(chunk)
      setImmediate(() => {
        for (const chunk of ['e', 'f', bytes('g'), bytes('h')]) sink.write(chunk)
        sink.end()
      })
    }
    writeSource({ start, pause() {}, resume() {}, cancel() {} }, to)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const text = await raw((server.address() as AddressInfo).port, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  server.close()
  const chunks = ['2\r\nab', '2\r\ncd', '2\r\n\xc3\xa9', '2\r\nef', '2\r\ngh', '0\r\n\r\n']
  expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(chunks.join('\r\n'))
})

test('what comes last goes out in one write with the end', async () => {
  const writes: unknown[] = []
  const { end } = await answered((sink, to) => {
    sink.write('first')
    setImmediate(() => {
      const socket = to.socket!
      const { _write: write, _writev: writeAll } = socket
      Object.assign(socket, {
        _write(...given: Parameters<typeof write>) {
          writes.push(given[0])
          write.apply(socket, given)
        },
        _writev(...given: Parameters<NonNullable<typeof writeAll>>) {
          writes.push(given[0].length)
          writeAll?.apply(socket, given)
        },
      })
      sink.write('last')
      sink.end()
    })
  })
  expect(await end()).toEqual({ text: 'firstlast', complete: true })
  expect(writes).toEqual([2])
})

test('a source is not stopped at its end, however much comes last, and nobody starts it again', async () => {
  let paused = 0
  let resumed = 0
  const { end } = await answered(
    (sink) => {
      sink.write('x'.repeat(60_000))
      sink.end()
    },
    { pause: () => void paused++, resume: () => void resumed++ },
  )
  expect((await end()).text.length).toBe(60_000)
  expect([paused, resumed]).toEqual([0, 0])
})

test('a source that ends while its client is full is not called any more', async () => {
  const called: string[] = []
  const { end } = await answered(
    (sink) => {
      while (!called.length) sink.write(new Uint8Array(64 * 1024))
      sink.end()
      called.push('end')
    },
    { pause: () => void called.push('pause'), resume: () => void called.push('resume'), cancel: () => void called.push('cancel') },
  )
  expect((await end()).complete).toBe(true)
  expect(called).toEqual(['pause', 'end'])
})

test('a source that does not wait is stopped in time', async () => {
  let paused = false
  let written = 0
  const { end } = await answered(
    (sink) => {
      for (; !paused && written < 100; written++) sink.write(new Uint8Array(16 * 1024))
      sink.end()
    },
    { pause: () => void (paused = true) },
  )
  await end()
  expect(written).toBeLessThan(100)
})

test('what came before a break reaches the client', async () => {
  const { end } = await answered((sink) => {
    sink.write('data: 1\n\n')
    sink.fail(new Error('broken'))
  })
  expect(await end()).toEqual({ text: 'data: 1\n\n', complete: false })
})

test.each([
  ['data: 1\n\n', { text: 'data: 1\n\nwords\n\n', complete: true }],
  ['data: 1\r\n\r\n', { text: 'data: 1\r\n\r\nwords\n\n', complete: true }],
  ['data: 1', { text: 'data: 1', complete: false }],
])('broken off by this server behind %j', async (sent, expected) => {
  for (const chunk of [sent, bytes(sent)]) {
    const { breakOff, end } = await answered((sink) => sink.write(chunk))
    breakOff()
    expect(await end()).toEqual(expected)
  }
})
