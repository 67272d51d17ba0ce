import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gateway } from '../../src/server/gateway.ts'
import { createNodeFetch } from '../../src/server/node/fetch.ts'
import { serve, type Served } from '../../src/server/serve.ts'

let provider: Server
let served: Served
const seen: { url: string | undefined; headers: IncomingHttpHeaders; digest: string }[] = []
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  provider = createServer((request, response) => {
    const hash = createHash('sha256')
    request.on('data', (chunk: Buffer) => hash.update(chunk))
    request.on('end', () => {
      seen.push({ url: request.url, headers: request.headers, digest: hash.digest('hex') })
      if (request.method === 'GET') return response.writeHead(200, { 'content-type': 'audio/mpeg' }).end(Buffer.alloc(3_000_000, 7))
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":"file-1"}')
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const { port } = provider.address() as AddressInfo
  const fetch = createNodeFetch()
  const endpoints = { gpt: { protocol: 'openai' as const, baseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'the-provider-key' } }
  served = await serve(gateway({ endpoints }, { fetchFor: () => fetch }), { port: 0 })
})
afterAll(async () => {
  await served.close()
  provider.close()
})

test('a form with a file arrives as it was sent', async () => {
  const file = randomBytes(2_500_000)
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob([file]), 'data.jsonl')
  const sent = new Response(form)
  const bytes = new Uint8Array(await sent.arrayBuffer())
  const headers = { 'content-type': sent.headers.get('content-type')!, authorization: 'Bearer of-the-client' }
  const response = await fetch(`${served.url}/v1/files`, { method: 'POST', headers, body: bytes })
  expect([response.status, await response.json()]).toEqual([200, { id: 'file-1' }])
  expect(seen.at(-1)).toMatchObject({
    url: '/v1/files',
    headers: { authorization: 'Bearer the-provider-key', 'content-type': headers['content-type'], 'content-length': String(bytes.length) },
    digest: digestOf(bytes),
  })
})

test('so does one of unknown length', async () => {
  const pieces = Array.from({ length: 30 }, () => randomBytes(50_000))
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces[next++]
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
  let next = 0
  const response = await fetch(`${served.url}/v1/audio/transcriptions`, {
    method: 'POST',
    headers: { 'content-type': 'audio/wav' },
    body,
    duplex: 'half',
  } as RequestInit)
  expect(response.status).toBe(200)
  expect(seen.at(-1)!.digest).toBe(digestOf(Buffer.concat(pieces)))
})

test('an answer of bytes comes back as it is', async () => {
  const response = await fetch(`${served.url}/v1/files/file-1/content`)
  expect(response.headers.get('content-type')).toBe('audio/mpeg')
  expect(digestOf(new Uint8Array(await response.arrayBuffer()))).toBe(digestOf(Buffer.alloc(3_000_000, 7)))
})
