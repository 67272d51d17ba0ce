import Anthropic, { PermissionDeniedError, RateLimitError } from '@anthropic-ai/sdk'
import { GoogleGenAI, type ApiError } from '@google/genai'
import OpenAI, { PermissionDeniedError as OpenAIPermissionDeniedError, RateLimitError as OpenAIRateLimitError } from 'openai'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway, type ConfiguredOptions } from '../../../src/server/gateway.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const START = Date.parse('2026-11-21T18:00:00Z')
const origin = 'http://localhost:3456'
const calls: string[] = []
beforeEach(() => void (calls.length = 0))
const demo = createDemo()
const upstream: Fetch = async (input, init) => {
  const request = new Request(input, init)
  calls.push(`${request.method} ${request.url}`)
  if (/embeddings|files|batches|v2/.test(request.url)) return Response.json({ ok: true })
  return demo(request)
}

const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/v1', apiKey: 'gpt-secret-key', model: 'gpt-5.4' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'claude-secret-key', model: 'claude-opus-5' },
  other: { protocol: 'openai', baseUrl: 'https://other.example/v2', apiKey: 'other-secret-key', models: { mini: 'gpt-5.4-mini' } },
} satisfies ConfigInput['endpoints']

type Key = Exclude<NonNullable<NonNullable<ConfigInput['server']>['keys']>[number], string>
const keyOf = (name: string) => `the-key-of-${name}-is-long`

function open(own: Partial<Key>, { groups, ...more }: Partial<ConfigInput> = {}, options: ConfiguredOptions = {}) {
  const clock = virtualClock(START)
  const keys = [
    { name: 'ann', key: keyOf('ann'), ...own },
    { name: 'free', key: keyOf('free') },
  ] as Key[]
  const config = { endpoints, server: { keys }, ...(groups && { groups }), ...more }
  return { app: gateway(config, { fetchFor: () => upstream, clock, ...options }), clock }
}

const headersOf = (name: string) => ({ 'content-type': 'application/json', authorization: `Bearer ${keyOf(name)}` })
const post = (app: Fetch, path: string, body: unknown, name = 'ann', more: Record<string, string> = {}) =>
  app(origin + path, { method: 'POST', headers: { ...headersOf(name), ...more }, body: JSON.stringify(body) })
const chat = { messages: [{ role: 'user', content: 'hi' }], max_tokens: 9 }
const ask = async (app: Fetch, model: string, name?: string) => (await post(app, '/v1/chat/completions', { ...chat, model }, name)).status
const list = async (app: Fetch, name: string) => {
  const response = await app(`${origin}/v1/models`, { headers: headersOf(name) })
  return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
}

describe('a key of the configuration', () => {
  test('reaches what it may, by whatever name, and sees that alone', async () => {
    const { app } = open(
      { models: ['gpt-*', 'mini', 'quick'] },
      { routes: { aliases: { quick: 'mini', 'gpt-best': 'claude/claude-opus-5' } } },
    )
    expect([await ask(app, 'gpt-5.4'), await ask(app, 'mini'), await ask(app, 'quick'), await ask(app, 'other/mini')]).toEqual([
      200, 200, 200, 200,
    ])
    expect([await ask(app, 'gpt-best'), await ask(app, 'claude/claude-opus-5'), await ask(app, 'claude-opus-5')]).toEqual([403, 403, 403])
    expect(calls.filter((call) => call.includes('claude'))).toEqual([])
    expect(await list(app, 'ann')).toEqual(['gpt-5.4', 'mini'])
    expect(await list(app, 'free')).toEqual(['gpt-5.4', 'claude/claude-opus-5', 'mini'])
    expect(await ask(app, 'gpt-best', 'free')).toBe(200)
  })

  test('is held to its endpoints where pools fail over', async () => {
    const failing: Fetch = async (input, init) =>
      new Request(input, init).url.includes('gpt.example')
        ? Response.json({ error: { message: 'down' } }, { status: 500 })
        : upstream(input, init)
    const config = { pools: { main: { members: ['gpt', 'claude', 'other'] } }, routes: { default: 'main' } }
    const { app, clock } = open({ endpoints: ['gpt', 'other'] }, config, { fetchFor: () => failing })
    const answer = ask(app, 'm')
    await clock.advance(20_000)
    expect(await answer).toBe(200)
    expect(calls.map((call) => new URL(call.split(' ')[1]!).host)).toEqual(['other.example'])
  })

  test('shares the limits of its group with the others of it', async () => {
    const keys = [
      { name: 'ann', key: keyOf('ann'), group: 'team' },
      { name: 'bob', key: keyOf('bob'), group: 'team' },
    ]
    const { app, clock } = open({}, { server: { keys }, groups: { team: { requestsPerMinute: 3 } } })
    const statuses = [await ask(app, 'm'), await ask(app, 'm', 'bob'), await ask(app, 'm'), await ask(app, 'm', 'bob'), await ask(app, 'm')]
    expect(statuses).toEqual([200, 200, 200, 429, 429])
    await clock.advance(60_000)
    expect(await ask(app, 'm', 'bob')).toBe(200)
    // Another configuration goes on with what was counted.
    app.use({ endpoints, server: { keys }, groups: { team: { requestsPerMinute: 1 } } })
    expect(await ask(app, 'm')).toBe(429)
  })

  test('expires at its moment', async () => {
    const { app, clock } = open({ expires: '2026-11-21T18:00:10Z' })
    expect(await ask(app, 'm')).toBe(200)
    await clock.advance(10_000)
    expect(await ask(app, 'm')).toBe(403)
  })

  test('is held to its models where requests are passed on', async () => {
    const { app } = open({ models: ['small'], requestsPerMinute: 6 })
    const status = async (path: string, body: unknown) => (await post(app, path, body)).status
    expect(await status('/v1/embeddings', { model: 'small', input: 'x' })).toBe(200)
    expect(await status('/v1/embeddings', { model: 'large', input: 'x' })).toBe(403)
    expect(await status('/v1/batches', { input_file_id: 'file-1' })).toBe(403)
    expect(await status('/v1/messages/batches', { requests: [{ params: { model: 'large' } }] })).toBe(403)
    expect(await status('/v1beta/models/large:embedContent', { content: {} })).toBe(403)
    expect(await status('/v1/files', { any: 'thing' })).toBe(200)
    expect(calls).toEqual(['POST https://gpt.example/v1/embeddings', 'POST https://gpt.example/v1/files'])
    const get = () => app(`${origin}/v1/files/file-1`, { headers: headersOf('ann') })
    expect((await get()).status).toBe(200)
    for (let i = 0; i < 3; i++) await get()
    expect((await get()).status).toBe(429)
  })

  test('is held to its endpoints where requests are passed on', async () => {
    const { app } = open({ endpoints: ['other'], routes: ['!header *'] })
    const body = { model: 'small', input: 'x' }
    expect((await post(app, '/v1/embeddings', body)).status).toBe(200)
    expect(calls).toEqual(['POST https://other.example/v2/embeddings'])
    expect((await post(app, '/v1/embeddings', body, 'ann', { 'x-ccn-endpoint': 'other' })).status).toBe(403)
    expect((await post(open({ endpoints: ['claude'] }).app, '/v1/embeddings', body)).status).toBe(403)
    expect((await post(open({ endpoints: ['other'] }).app, '/v1/embeddings', body, 'ann', { 'x-ccn-endpoint': 'gpt' })).status).toBe(403)
  })
})

test('a configuration with a group that there is not cannot be used', () =>
  expect(() => open({ group: 'tean' }, { groups: { team: {} } })).toThrow(
    /server.keys\[0\].group: there is no group "tean". Did you mean "team"/,
  ))

describe('the official clients', () => {
  const limited = () => open({ models: ['m', 'gpt-5.4'], requestsPerMinute: 1 }).app
  const message = { role: 'user' as const, content: 'hi' }

  test('@anthropic-ai/sdk', async () => {
    const client = new Anthropic({ baseURL: origin, apiKey: keyOf('ann'), maxRetries: 0, fetch: limited() })
    const ask = { model: 'm', max_tokens: 9, messages: [message] }
    await expect(client.messages.create({ ...ask, model: 'x' })).rejects.toThrow(PermissionDeniedError)
    await client.messages.create(ask)
    const refused: unknown = await client.messages.create(ask).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimitError)
    const { headers } = refused as RateLimitError
    expect([headers.get('retry-after'), headers.get('anthropic-ratelimit-requests-reset')]).toEqual(['59', '2026-11-21T18:01:00Z'])
  })

  test('openai', async () => {
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: keyOf('ann'), maxRetries: 0, fetch: limited() })
    const ask = { model: 'm', messages: [message] }
    await expect(client.chat.completions.create({ ...ask, model: 'x' })).rejects.toThrow(OpenAIPermissionDeniedError)
    await client.responses.create({ model: 'm', input: 'hi' })
    await expect(client.chat.completions.create(ask)).rejects.toThrow(OpenAIRateLimitError)
  })

  test('@google/genai', async () => {
    const app = limited()
    const global = globalThis.fetch
    globalThis.fetch = app
    try {
      const client = new GoogleGenAI({ apiKey: keyOf('ann'), httpOptions: { baseUrl: origin } })
      const ask = (model: string) => client.models.generateContent({ model, contents: 'hi' })
      const told = async (model: string) => ((await ask(model).catch((error: unknown) => error)) as ApiError).status
      expect(await told('x')).toBe(403)
      await ask('m')
      expect(await told('m')).toBe(429)
    } finally {
      globalThis.fetch = global
    }
  })
})
