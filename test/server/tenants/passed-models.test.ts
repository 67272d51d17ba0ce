/** Models that requests name which are passed on as they are. */
import { beforeEach, expect, test } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { gateway } from '../../../src/server/gateway.ts'

const KEY = 'the-key-of-ann-is-long'
const calls: string[] = []
beforeEach(() => void (calls.length = 0))
const upstream: Fetch = async (input, init) => {
  const request = new Request(input, init)
  calls.push(`${new URL(request.url).pathname} ${await request.text()}`)
  return Response.json({ ok: true })
}
const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/v1', apiKey: 'k' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'k' },
  google: { protocol: 'gemini', baseUrl: 'https://google.example', apiKey: 'k' },
} satisfies ConfigInput['endpoints']
const app = gateway({ endpoints, server: { keys: [{ name: 'ann', key: KEY, models: ['small', 'tiny'] }] } }, { fetchFor: () => upstream })
const ask = async (path: string, body: unknown, method = 'POST') => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` }
  return (await app(`http://localhost${path}`, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })).status
}
const deep = (depth: number): unknown => (depth ? { x: deep(depth - 1) } : { model: 'large' })

test.each([
  ['in the requests of a batch', '/v1/messages/batches', { requests: [{ params: { model: 'small' } }, { params: { model: 'large' } }] }],
  ['as a field of the batch, too', '/v1/messages/batches', { model: 'small', requests: [{ params: { model: 'large' } }] }],
  ['among embeddings', '/v1beta/models/small:batchEmbedContents', { requests: [{ model: 'models/large' }] }],
  ['in the path of Gemini', '/v1beta/models/large:embedContent', { model: 'models/small' }],
  ['as a tuned one', '/v1beta/tunedModels/large:predict', { model: 'small' }],
  ['in a list', '/v1/embeddings', { model: 'small', models: ['tiny', 'large'] }],
  ['as a fallback', '/v1/embeddings', { model: 'small', fallbacks: ['large'] }],
  ['as a fallback of another', '/v1/embeddings', { model: 'small', fallbacks: [{ small: ['large'] }] }],
  ['as a fallback for other reasons', '/v1/embeddings', { model: 'small', x: { context_window_fallbacks: [{ small: ['large'] }] } }],
  ['in other letters', '/v1/embeddings', { model: 'small', x: { Model: 'large' } }],
  ['too deep to be looked at', '/v1/embeddings', { model: 'small', x: deep(100) }],
  ['in a file', '/v1/batches', { model: 'small', input_file_id: 'file-1' }],
  ['in a file of Gemini', '/v1beta/models/small:batchGenerateContent', { batch: { input_config: { file_name: 'files/1' } } }],
  ['in a file that only sounds as if it were none', '/openai/v1/audio/files', { model: 'large' }],
  ['not at all', '/v1/embeddings', { input: 'x' }],
])('one that is not allowed is refused %s', async (_, path, body) => expect([await ask(path, body), calls]).toEqual([403, []]))

test('what stands twice is refused, whichever the provider reads', async () => {
  expect(await ask('/v1/messages/batches', '{"requests":[{"params":{"model":"large","model":"small"}}]}')).toBe(400)
  expect(await ask('/v1/messages/batches', '{"requests":[{"params":{"model":"large"}}],"requests":[{"params":{"model":"small"}}]}')).toBe(
    400,
  )
})

test('another method is no way around', async () => expect(await ask('/v1/embeddings', { model: 'large' }, 'PUT')).toBe(403))

test.each([
  ['/v1/messages/batches', { requests: [{ params: { model: 'small', metadata: { user: 'u' } } }, { params: { model: 'tiny' } }] }],
  ['/v1beta/models/small:batchEmbedContents', { requests: [{ model: 'models/small' }] }],
  ['/v1/embeddings', { model: 'small', tools: [{ schema: { properties: { model: { type: 'string' } } } }] }],
  ['/v1/vector_stores/vs_1/files', { file_id: 'file-1' }],
  ['/upload/v1beta/files', { file: { name: 'files/1' } }],
])('%s with allowed ones goes on as it is', async (path, body) => {
  expect([await ask(path, body), calls]).toEqual([200, [`${path} ${JSON.stringify(body)}`]])
})
