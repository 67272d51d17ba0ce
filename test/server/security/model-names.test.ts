/** Models by other spellings of their names: what a key may not use, it may not use by any. */
import { beforeEach, expect, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/budgets/memory-store.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway } from '../../../src/server/gateway.ts'

const KEY = 'the-key-of-ann-is-long'
const origin = 'http://localhost:3456'
const calls: { url: string; model: unknown }[] = []
beforeEach(() => void (calls.length = 0))
const demo = createDemo()
const upstream: Fetch = async (input, init) => {
  const request = new Request(input, init)
  const { model } = (await request.clone().json()) as { model?: unknown }
  calls.push({ url: request.url, model })
  return demo(request)
}
const GOOGLE = 'https://generativelanguage.googleapis.com'
const endpoints = {
  google: { protocol: 'gemini', baseUrl: GOOGLE, apiKey: 'k' },
  compatible: { protocol: 'openai', baseUrl: `${GOOGLE}/v1beta/openai`, apiKey: 'k' },
  vertex: { protocol: 'gemini', baseUrl: 'https://aiplatform.googleapis.com/v1', apiKey: 'k', dialect: 'vertex' },
  local: { protocol: 'openai', baseUrl: 'https://local.example/v1', apiKey: 'k', models: { '/models/llama': '/models/llama' } },
} satisfies ConfigInput['endpoints']

type Key = Exclude<NonNullable<NonNullable<ConfigInput['server']>['keys']>[number], string>
const open = (limits: Partial<Key> | undefined, to: keyof typeof endpoints, more: Partial<ConfigInput> = {}) =>
  gateway(
    { endpoints, routes: { default: to }, server: limits ? { keys: [{ name: 'ann', key: KEY, ...limits }] } : {}, ...more },
    { fetchFor: () => upstream, budgets: memoryBudgets() },
  )
const ask = async (app: Fetch, model: string) => {
  const body = JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` }
  return (await app(`${origin}/v1/messages`, { method: 'POST', headers, body })).status
}

const SPELLINGS = ['gemini-2.5-pro', 'models/gemini-2.5-pro', '/gemini-2.5-pro', '//models/gemini-2.5-pro', 'models//gemini-2.5-pro/']

test.each(['google', 'compatible', 'vertex'] as const)('no spelling of a name reaches what is not allowed (%s)', async (to) => {
  const app = open({ models: ['!gemini-2.5-pro*'] }, to)
  for (const name of [...SPELLINGS, 'publishers/google/models/gemini-2.5-pro']) expect([name, await ask(app, name)]).toEqual([name, 403])
  expect(await ask(app, 'projects/p/locations/l/publishers/google/models/gemini-2.5-pro')).toBe(400)
  expect(calls).toEqual([])
  expect(await ask(app, 'models/gemini-2.5-flash')).toBe(200)
})

test('the provider of a compatible API is asked by the name that was looked at', async () => {
  expect(await ask(open({}, 'compatible'), '/models/gemini-2.5-flash')).toBe(200)
  expect(calls[0]!.model).toBe('gemini-2.5-flash')
})

test.each(SPELLINGS)('a budget of some models holds for %s', async (name) => {
  const app = open({ budgets: [{ requests: 1, per: 'day', models: ['gemini-2.5-pro*'] }] }, 'google')
  expect([await ask(app, 'gemini-2.5-pro'), await ask(app, name)]).toEqual([200, 403])
})

test('what is priced is what is asked for', async () => {
  const app = open({}, 'google', { prices: { unpriced: 'deny' } })
  for (const name of SPELLINGS) expect([name, await ask(app, name)]).toEqual([name, 200])
})

test('names with blanks at their ends or control characters are no names', async () => {
  for (const name of [' gpt-5.4', 'gpt-5.4 ', 'gpt-5.4\n', 'gpt\u00005.4'])
    expect([name, await ask(open({}, 'local'), name)]).toEqual([name, 400])
  expect(calls).toEqual([])
})

test('nobody with a key asks for a path, except where the configuration knows it', async () => {
  const app = open({}, 'local')
  expect([await ask(app, '/gpt-5.4'), await ask(app, 'local,/gpt-5.4')]).toEqual([400, 400])
  expect(await ask(app, '/models/llama')).toBe(200)
  expect(await ask(open(undefined, 'local'), '/models/mistral')).toBe(200)
})
