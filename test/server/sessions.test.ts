/** Conversations over real sockets, where neither bodies nor answers pass through Web streams. */
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDemo } from '../../src/server/demo/demo.ts'
import { serve, type Served } from '../../src/server/serve.ts'

let served: Served
beforeAll(async () => void (served = await serve(createDemo(), { port: 0 })))
afterAll(() => served.close())

const client = () => new OpenAI({ baseURL: `${served.url}/v1`, apiKey: 'mine', maxRetries: 0 })

test('a conversation goes on by its ids, streamed and whole', async () => {
  const first = await client().responses.stream({ model: 'gpt-x', input: 'Hello' }).finalResponse()
  const second = await client().responses.create({ model: 'gpt-x', input: 'And on', previous_response_id: first.id })
  const { data } = await client().responses.inputItems.list(second.id, { order: 'asc' })
  expect(data.map(({ type }) => type)).toEqual(['message', 'message', 'message'])
  expect(data[1]!.id).toBe(first.output[0]!.id)
  expect(await client().responses.retrieve(first.id)).toMatchObject({ id: first.id, output_text: first.output_text })
  await client().responses.delete(first.id)
  await expect(client().responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
})

test('a conversation is compacted', async () => {
  const input = [{ type: 'message' as const, role: 'user' as const, content: 'Hello '.repeat(20_000) }]
  const compacted = await client().responses.compact({ model: 'gpt-5.4', input })
  expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ role: 'user' }, { type: 'compaction' }] })
})

test('a body that is too large is a 413', async () => {
  const small = await serve(createDemo(), { port: 0, maxBodyBytes: 100 })
  const response = await fetch(`${small.url}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: 'x'.repeat(100) }),
  })
  expect(response.status).toBe(413)
  await small.close()
})
