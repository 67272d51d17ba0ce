/** Requests whose client goes, or stops making sense, before all of them has come. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { openLog } from '../../../src/server/log/log.ts'
import { serve } from '../../../src/server/serve.ts'

const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'k' },
  gemini: { protocol: 'gemini', baseUrl: 'http://127.0.0.1:1', apiKey: 'k' },
} as const
const JSON_TYPE = 'content-type: application/json\r\n'
const LENGTH = 'content-length: 1000\r\n'
const CHUNKED = 'transfer-encoding: chunked\r\n'
const begun = (path: string, headers: string, body: string | Uint8Array = '{"model":') =>
  [`POST ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`, body] as const

test.each([
  ['whose length is known', begun('/v1/messages', JSON_TYPE + LENGTH)],
  ['in chunks', begun('/v1/chat/completions', JSON_TYPE + CHUNKED, '9\r\n{"model":\r\n')],
  ['in chunks that are none', begun('/v1/responses', JSON_TYPE + CHUNKED, '9\r\n{"model":\r\nzz\r\n')],
  ['that is compressed', begun('/v1/messages', `${JSON_TYPE}${LENGTH}content-encoding: gzip\r\n`, gzipSync('{}').subarray(0, 9))],
  ['that is passed on', begun('/v1/embeddings', JSON_TYPE + LENGTH)],
  ['that is passed on as a form', begun('/v1/files', `content-type: multipart/form-data; boundary=x\r\n${CHUNKED}`, '3\r\n--x\r\n')],
])('a body %s that breaks off is nobody’s fault here', async (_, [head, body]) => {
  const lines: string[] = []
  const log = openLog({ format: 'json', stream: { write: (line) => lines.push(line) } })
  const seen: unknown[] = []
  const fetchFor = () => async (_input: unknown, init?: RequestInit) => {
    await new Response(init?.body).arrayBuffer().catch((error: unknown) => {
      seen.push('broken')
      throw new TypeError('fetch failed', { cause: error })
    })
    seen.push('whole')
    return Response.json({})
  }
  const served = await serve(gateway({ endpoints, routes: { default: 'gpt/m' } }, { fetchFor, log }), { port: 0 })
  const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
  socket.on('error', () => {})
  // Once this is answered, what came with it has been read, too.
  const first = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n'
  socket.write(Buffer.concat([Buffer.from(first + head), Buffer.from(body)]))
  await once(socket, 'data')
  socket.resetAndDestroy()
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000)
  expect(JSON.parse(lines[0]!)).toMatchObject({ status: 499, level: 'warn' })
  expect(seen).not.toContain('whole')
  await served.close()
})

test('the demo provider does not fail at one either', async () => {
  const gone = new AbortController()
  const body = new ReadableStream({ pull: () => Promise.reject(new Error('aborted')) })
  const init = { method: 'POST', body, signal: gone.signal, duplex: 'half' } as RequestInit
  gone.abort()
  await expect(createDemo()(new Request('http://localhost/v1/messages', init))).rejects.toThrow('aborted')
})
