/** Bodies that nobody has read when their answer is there. */
import { afterEach, expect, test } from 'vitest'
import { gateway } from '../../../src/server/gateway.ts'
import { serve, type Served } from '../../../src/server/serve.ts'
import { raw } from '../raw.ts'

let served: Served
afterEach(() => served.close())

const endpoints = { gpt: { protocol: 'openai', baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k' } } as const
const MEGABYTE = 1_000_000
const chunk = (length: number) => `${length.toString(16)}\r\n${'x'.repeat(length)}\r\n`

test.each([
  ['/v1/nothing', 2, 404],
  ['/health', 2, 405],
  ['/v1/chat/completions', 2, 413],
  ['/v1/responses', 2, 413],
  ['/v1/files', 2, 413],
])('the next request on its connection is answered, too: %s', async (path, megabytes, status) => {
  const fetchFor = () => async (_: unknown, init?: RequestInit) => {
    await new Response(init?.body).arrayBuffer()
    return Response.json({})
  }
  served = await serve(gateway({ endpoints, server: { limits: { bodyBytes: MEGABYTE } } }, { fetchFor }), { port: 0 })
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
  const next = 'GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
  const port = Number(new URL(served.url).port)
  const text = await raw(port, `${head}${chunk(megabytes * MEGABYTE)}0\r\n\r\n${next}`)
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 200'])
})

test('where an app has let go of the rest, the connection ends with the answer', async () => {
  served = await serve(
    async (input) => {
      await (input as Request).body!.cancel()
      return Response.json({ ok: true })
    },
    { port: 0 },
  )
  const head = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'
  const text = await raw(Number(new URL(served.url).port), `${head}${chunk(100)}`)
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200'])
})
