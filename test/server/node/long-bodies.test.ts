/** Long requests as they arrive at providers of every protocol, over the server's own fetch. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { router } from '../../../src/router/routing/router.ts'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { translate } from '../../../src/transformers/translate.ts'

const fetch = createNodeFetch({ proxy: 'direct' })
const bodies: string[] = []
/** Refuses the first key for now, and the second for good: the request is written twice. */
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (text: string) => void (body += text))
  request.on('end', () => {
    const status = bodies.push(body) % 2 ? 429 : 403
    response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
  })
})
let baseUrl = ''
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  fetch.close()
  server.close()
})

const messages = Array.from({ length: 60 }, (_, at) => ({
  role: at % 2 ? 'assistant' : 'user',
  content: `${at} ${at % 3 ? 'plain' : '→ 🙂 ä'} ${'and so on '.repeat(200)}`,
}))
const asked = { model: 'short', max_tokens: 100, messages }

test.each(Object.keys(protocols) as (keyof typeof protocols)[])(
  'all of it comes to %s, each time it is sent, by whatever name the model was asked for',
  async (to) => {
    bodies.length = 0
    const provider = endpoint({ protocol: to, baseUrl, apiKeys: ['a', 'b'], fetch, name: 'provider', provider: to })
    const app = router({ default: provider, aliases: { short: 'the-real-model' } })
    const response = await app('http://localhost/v1/messages', { method: 'POST', body: JSON.stringify(asked) })
    await response.text()
    expect(bodies.length).toBe(2)
    const named = { ...asked, model: 'the-real-model' }
    const expected: JsonObject = to === 'claude' ? named : translate(named, { from: 'claude', to, baseUrl }).body
    for (const body of bodies) expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(expected)))
    expect(bodies[0]!.length).toBeGreaterThan(100_000)
  },
)
