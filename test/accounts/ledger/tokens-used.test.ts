import { expect, test } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { aRecord, kept } from './kept.ts'

/** What is kept of a request to a provider of Chat Completions that answers with these counts. */
async function recordOf(path: string, asked: object, answered: object) {
  const body = {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    ...answered,
  }
  const up = endpoint({ name: 'up', protocol: 'openai', baseUrl: 'https://up.example', model: 'm', fetch: async () => Response.json(body) })
  const { app, records } = kept(up)
  const request = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...asked }
  await (await app(`http://client.example${path}`, { method: 'POST', body: JSON.stringify(request) })).text()
  return (await records())[0]!
}

test.each([
  ['the one that was told', '/v1/chat/completions', { service_tier: 'priority' }, { service_tier: 'default' }, 'default'],
  ['the one that was asked for, where none is told', '/v1/chat/completions', { service_tier: 'flex' }, {}, 'flex'],
  ['none, where the provider was asked for another', '/v1/messages', { speed: 'fast' }, {}, undefined],
  ['none, where none was asked for', '/v1/chat/completions', {}, {}, undefined],
])('the tier is %s', async (_, path, asked, answered, tier) => {
  expect((await recordOf(path, asked, answered)).serviceTier).toBe(tier)
})

test('counts that no answer can have are kept as far as a store can read them back', async () => {
  const { usage } = await recordOf('/v1/chat/completions', {}, { usage: { prompt_tokens: 1e16, completion_tokens: -4 } })
  expect(usage).toMatchObject({ input: 1e12, output: 0 })
})

test('a store that is given such counts stays readable', async () => {
  const store = await openSqliteStore(':memory:')
  await store.add([aRecord({ usage: { input: 1e16, output: -4, cacheRead: 1.4 } })])
  expect((await store.list({}))[0]!.usage).toEqual({ input: 1e12, output: 0, cacheRead: 1 })
  expect(await store.sum({})).toMatchObject([{ input: 1e12, output: 0 }])
  await store.close()
})

test('a path is kept no longer than a name', async () => {
  const { path } = await recordOf(`/v1beta/models/${'m'.repeat(5000)}:generateContent`, {}, {})
  expect(path).toHaveLength(200)
})
