/** AI SDK, `validateDownloadUrl`: it followed redirects first and checked them afterwards. Here the body and the key would go along. */
import { expect, test } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'
import { serve } from '../../../src/server/serve.ts'
import { clients, openCanary } from './scene.ts'

test.each(['node', 'global'] as const)('redirects within an origin are not followed either, by the %s fetch', async (which) => {
  const canary = await openCanary()
  const asked: string[] = []
  const provider = await serve(
    async (input) => {
      const { url } = input as Request
      asked.push(new URL(url).pathname)
      return new Response(null, { status: 307, headers: { location: asked.length === 1 ? '/v1/other' : canary.url } })
    },
    { port: 0, graceMs: 0, sessions: false },
  )
  const nodeFetch = createNodeFetch()
  const call = endpoint({
    protocol: 'openai',
    baseUrl: provider.url,
    apiKey: 'sk-secret-0123456789',
    ...(which === 'node' && { fetch: nodeFetch }),
  })
  const [claude] = clients
  const response = await call(`http://localhost${claude!.path}`, {
    method: 'POST',
    body: JSON.stringify({ ...claude!.body, stream: true }),
  })
  expect(response.status).toBe(502)
  expect(asked).toEqual(['/v1/chat/completions'])
  expect(canary.calls).toEqual([])
  nodeFetch.close()
  await provider.close()
})
