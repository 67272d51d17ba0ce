/** Answers that come compressed although that was not asked for. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'

const fetch = createNodeFetch({ proxy: 'direct' })
const TEXT = '{"hello":"world"}'
const BODIES: Record<string, Uint8Array> = {
  gzip: gzipSync(TEXT),
  GZIP: gzipSync(TEXT),
  'X-Gzip': gzipSync(TEXT),
  deflate: deflateSync(TEXT),
  br: brotliCompressSync(TEXT),
  'identity, gzip': gzipSync(TEXT),
  'deflate, br': brotliCompressSync(deflateSync(TEXT)),
  identity: Buffer.from(TEXT),
  lzma: Buffer.from('?'),
  'gzip, lzma': Buffer.from('?'),
  broken: gzipSync(TEXT).subarray(0, 20),
}
let whenSlowCloses = () => {}
const server = createServer((request, response) => {
  const coding = decodeURIComponent(request.url!.slice(1))
  if (coding === 'empty') return void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 0 }).end()
  if (coding === 'lzma, gzip') {
    response.once('close', whenSlowCloses).writeHead(200, { 'content-encoding': coding }).write('?')
    return
  }
  response.writeHead(200, { 'content-encoding': coding === 'broken' ? 'deflate, gzip' : coding }).end(BODIES[coding])
})
let base = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  fetch.close()
  server.close()
})
const get = (coding: string) => fetch(base + encodeURIComponent(coding), { redirect: 'manual' })

test.each(['gzip', 'GZIP', 'X-Gzip', 'deflate', 'br', 'identity, gzip', 'deflate, br', 'identity'])('%s is unpacked', async (coding) => {
  expect(await (await get(coding)).text()).toBe(TEXT)
})

test('nothing is unpacked where there is nothing', async () => {
  expect(await (await get('empty')).text()).toBe('')
  const asked = await fetch(`${base}gzip`, { method: 'HEAD', redirect: 'manual' })
  expect([asked.headers.get('content-encoding'), await asked.text()]).toEqual(['gzip', ''])
})

test.each(['lzma', 'gzip, lzma'])('%s is told', async (coding) => {
  await expect(get(coding)).rejects.toMatchObject({ cause: { message: expect.stringContaining('content-encoding lzma') as string } })
})

test('one that is told leaves nothing behind that could fail with nobody to hear of it', async () => {
  const closed = new Promise<void>((resolve) => (whenSlowCloses = resolve))
  await expect(get('lzma, gzip')).rejects.toMatchObject({ cause: { message: expect.stringContaining('lzma') as string } })
  // The rest of it has not come when it is let go of. Vitest fails for what nobody hears of.
  await closed
  expect(await (await get('gzip')).text()).toBe(TEXT)
})

test('one that breaks off fails, however many times it is packed', async () => {
  await expect((await get('broken')).text()).rejects.toThrow()
})
