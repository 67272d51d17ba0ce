/** gh-aw-firewall, issue 1454: it was told a key of its own, and never looked whether clients sent it. */
import { expect, test } from 'vitest'
import { clients, openScene, SECRETS } from './scene.ts'

const KEY = 'ccr_a-key-of-this-server'
const OPEN = ['/', '/health', '/api/hello']

test('every path that does anything asks for the key', async () => {
  const scene = await openScene({ keys: [{ name: 'ann', key: KEY }] })
  const paths = clients.flatMap(({ path, streamPath }) => [path, streamPath])
  const more = [
    '/v1/models',
    '/v1beta/models',
    '/v1/messages/count_tokens',
    '/v1/responses/resp_1',
    '/v1/files',
    '/v1/embeddings',
    '/anything',
    '/status',
    '/providers',
  ]
  for (const path of [...paths, ...more])
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await fetch(scene.url + path, {
        method,
        ...(method === 'POST' && { body: '{}', headers: { 'content-type': 'application/json' } }),
      })
      expect([path, method, response.status]).toEqual([path, method, 401])
      await response.text()
    }
  for (const path of OPEN) expect([path, (await fetch(scene.url + path)).status]).toEqual([path, 200])
})

test('the key of a provider is none of this server, and this server’s none of a provider', async () => {
  const scene = await openScene({ keys: [{ name: 'ann', key: KEY }], trustedProxies: ['loopback'] })
  for (const [index, client] of clients.entries()) {
    const from = { 'x-forwarded-for': `192.0.2.${index}` }
    const foreign = await scene.ask({ ...client, headers: {} }, client.protocol, {
      headers: { ...from, 'x-api-key': SECRETS[client.protocol]! },
    })
    expect(foreign.status).toBe(401)
    const own = await scene.ask({ ...client, headers: {} }, client.protocol, {
      headers: { ...from, 'x-api-key': KEY, cookie: `key=${KEY}` },
    })
    expect(own.status).toBe(200)
    await own.text()
  }
  expect(scene.received).toHaveLength(4)
  expect(JSON.stringify(scene.received)).not.toContain(KEY)
})
