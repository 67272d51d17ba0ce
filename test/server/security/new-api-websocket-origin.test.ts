/** new-api: its WebSocket accepted every origin, so that any page could open one. */
import { expect, test } from 'vitest'
import { raw } from '../raw.ts'
import { openScene } from './scene.ts'

test('no page of elsewhere gets a connection upgraded', async () => {
  const scene = await openScene()
  for (const path of ['/', '/v1/responses', '/v1/realtime', '/ws'])
    for (const who of ['origin: https://evil.example', 'origin: null', 'sec-fetch-site: cross-site', 'host: rebound.example']) {
      const host = who.startsWith('host') ? '' : `host: 127.0.0.1:${scene.port}\r\n`
      const upgrade =
        'connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='
      const answer = await raw(scene.port, `GET ${path} HTTP/1.1\r\n${host}${who}\r\n${upgrade}\r\n\r\n`, /\r\n\r\n/)
      expect([path, who, /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]]).toEqual([path, who, '403'])
    }
})
