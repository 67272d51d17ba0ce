/** Generations whose paths are spelled otherwise: nobody passes them on, past rules, limits and counts. */
import { beforeEach, expect, test } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway } from '../../../src/server/gateway.ts'

const origin = 'http://localhost:3456'
const calls: string[] = []
beforeEach(() => void (calls.length = 0))
const demo = createDemo()
const upstream: Fetch = (input, init) => {
  const request = new Request(input, init)
  calls.push(new URL(request.url).pathname)
  return request.url.includes(':generateContent') ? demo(request) : Promise.resolve(Response.json({ ok: true }))
}
const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/v1', apiKey: 'k' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'k' },
  google: { protocol: 'gemini', baseUrl: 'https://google.example', apiKey: 'k' },
} satisfies ConfigInput['endpoints']
const app = gateway({ endpoints }, { fetchFor: () => upstream })
const ask = async (method: string, path: string) => {
  const body = JSON.stringify({
    model: 'm',
    messages: [{ role: 'user', content: 'hi' }],
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
  })
  const headers = { 'content-type': 'application/json' }
  return (await app(origin + path, { method, headers, ...(method === 'POST' && { body }) })).status
}

test.each([
  '/openai/v1/%63hat/completions',
  '/openai/v1/%2563hat/completions',
  '/openai/v1/chat%2Fcompletions',
  '/openai/v1/chat//completions/x',
  '/openai/v1/Chat/completions',
  '/openai/v1/chat/Completions',
  '/openai/V1/chat/Completions/x',
  '/openai/v1/chat/completions;x',
  '/v1/chat/completions/%20',
  '/v1/chat/completions%09',
  '/anthropic/v1/%6dessages',
  '/anthropic/V1/Messages',
  '/anthropic/v1/messages/Count_tokens',
  '/v1beta/models/g%3AgenerateContent',
  '/v1beta/models/g:%67enerateContent',
  '/v1beta/models/g:GenerateContent',
  '/v1beta/models/g:generateContent/',
  '/v1beta/dynamic/g:generateContent',
  '/openai/v1/%72esponses',
  '/openai/v1/Responses',
])('POST %s', async (path) => expect([await ask('POST', path), calls]).toEqual([404, []]))

test.each(['/openai/v1/%72esponses/resp_1', '/v1/responses//resp_1', '/openai/v1//responses/resp_1/x', '/openai/v1/Responses/resp_1'])(
  'GET %s',
  async (path) => {
    expect([await ask('GET', path), calls]).toEqual([404, []])
    expect([await ask('DELETE', path), calls]).toEqual([404, []])
  },
)

test.each([
  ['GET', '/v1/files/file-AbC_1.2/content'],
  ['GET', '/openai/files/file-AbC'],
  ['POST', '/v1/batches/batch_67Aa/cancel'],
  ['POST', '/v1/uploads/upload_Ab/parts/'],
  ['GET', '/v1/messages/batches/msgbatch_01Hk/results'],
  ['POST', '/v1/fine_tuning/checkpoints/ft:gpt-5.4:org::Ab/permissions'],
  ['GET', '/v1/chat/completions/chatcmpl-Ab'],
  ['POST', '/gemini/upload/v1beta/files'],
  ['GET', '/v1beta/cachedContents/Ab'],
  ['POST', '/v1beta/models/g:batchGenerateContent'],
  ['POST', '/v1beta/tunedModels/t:transferOwnership'],
])('%s %s goes on as it is', async (method, path) => expect([await ask(method, path), calls.length]).toEqual([200, 1]))

test('a tuned model generates as any other', async () => {
  expect([await ask('POST', '/v1beta/tunedModels/t:generateContent?ep=google'), calls]).toEqual([
    200,
    ['/v1beta/tunedModels/t:generateContent'],
  ])
})
