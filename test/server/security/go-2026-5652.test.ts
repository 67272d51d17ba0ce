/** new-api, GO-2026-5652: 0.0.0.0 is this machine too, and its filter did not know. Here names decide who may call. */
import { expect, test } from 'vitest'
import { serve } from '../../../src/server/serve.ts'
import { raw } from '../raw.ts'
import { openScene } from './scene.ts'

const DISGUISES = ['0.0.0.0', '0', '[::]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.1', '127.0.0.1.nip.io']

test.each(DISGUISES)('%s is no name for this machine, nor for its pages', async (name) => {
  const scene = await openScene()
  const status = async (headers: string) =>
    /^HTTP\/1\.1 (\d+)/.exec(await raw(scene.port, `GET /v1/models HTTP/1.1\r\n${headers}\r\nconnection: close\r\n\r\n`))?.[1]
  expect(await status(`host: ${name}:${scene.port}`)).toBe('403')
  // What URLs make 127.0.0.1 of, no browser sends as anything else.
  if (new URL(`http://${name}`).hostname !== '127.0.0.1')
    expect(await status(`host: 127.0.0.1:${scene.port}\r\norigin: http://${name}:${scene.port}`)).toBe('403')
  expect(await status(`host: 127.0.0.1:${scene.port}`)).toBe('200')
})

test.each(['0.0.0.0', '::', '', '0', '::ffff:127.0.0.1'])(
  'to listen on "%s" takes keys: it is not taken for loopback',
  async (hostname) => {
    await expect(serve(() => Promise.resolve(new Response()), { port: 0, hostname })).rejects.toThrow('Without keys')
  },
)
