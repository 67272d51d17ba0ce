import { beforeAll, expect, test } from 'vitest'
import type { ImportResult } from '../../../src/server/import/index.ts'
import { ccproxy } from './examples.ts'
import { imported, serving, type Asked } from './importing.ts'

let result: ImportResult
let asked: Asked
beforeAll(async () => {
  result = await imported(ccproxy)
  asked = await serving(result, { GEMINI_API_KEY: 'key-of-gemini' })
})

test.each<[string, object, string]>([
  ['default', { model: 'claude-sonnet-5' }, 'api.openai.com gpt-4.1 Bearer sk-x'],
  ['a route of a model', { model: 'gpt-4.1' }, 'api.openai.com gpt-4.1-turbo Bearer sk-x'],
  [
    'think',
    { model: 'm', thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 },
    'api.anthropic.com claude-sonnet-4 sk-ant',
  ],
  [
    'long context',
    { messages: [{ role: 'user', content: 'word '.repeat(70_000) }] },
    'generativelanguage.googleapis.com gemini-2.5-pro key-of-gemini',
  ],
  ['what the client chooses', { model: 'anthropic,claude-3' }, 'api.anthropic.com claude-3 sk-ant'],
])('%s', async (_, body, expected) => {
  expect(await asked('claude', body)).toEqual([expected])
})

test('everything else', () => {
  expect(result.config).toMatchObject({
    server: {
      host: '127.0.0.1',
      port: 3457,
      proxy: 'http://user:pass@proxy.example:8080',
      graceMs: '90s',
      limits: { bodyBytes: 10_485_760 },
      keys: [{ name: 'main', key: 'a-key-for-the-clients' }],
    },
    endpoints: {
      openai: { protocol: 'openai', timeouts: { headersMs: '90s', firstTokenMs: '90s' } },
      anthropic: { protocol: 'claude' },
      gemini: { preset: 'gemini', apiKey: '$GEMINI_API_KEY' },
      groq: { enabled: false },
    },
    routes: { default: { to: 'openai', model: 'gpt-4.1', defaults: { temperature: 0.7, maxTokens: 4000 } } },
  })
  expect(result.config.routes).not.toHaveProperty('background')
})

test('what is not carried over is named', () => {
  expect(result.notes.map(({ path }) => path).toSorted()).toEqual([
    'performance.circuit_breaker_enabled',
    'performance.metrics_enabled',
    'performance.request_timeout',
    'providers[0].transformers[0]',
    'routes.background',
    'routes.default.parameters',
    'routes.gpt-4.1.conditions',
  ])
})

test('its documented example', async () => {
  const { config, notes } = await imported(
    '{"port":3456,"providers":[{"name":"openai","api_base_url":"https://api.openai.com/v1","api_key":"sk-x","models":["gpt-4.1"],"enabled":true}],"routes":{"default":{"provider":"openai","model":"gpt-4.1"},"longContext":{"provider":"openai","model":"gpt-4.1"},"think":{"provider":"openai","model":"gpt-4.1"},"gpt-4.1":{"provider":"openai","model":"gpt-4.1-turbo"}}}',
  )
  expect(config).toEqual({
    server: { port: 3456 },
    endpoints: {
      openai: { protocol: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-x', models: { 'openai/gpt-4.1': 'gpt-4.1' } },
    },
    routes: {
      default: 'openai/gpt-4.1',
      longContext: 'openai/gpt-4.1',
      think: 'openai/gpt-4.1',
      models: { 'gpt-4.1': 'openai/gpt-4.1-turbo' },
    },
  })
  expect(notes).toEqual([])
})

test.each([
  ['30s', '30s'],
  ['1h2m', '62m'],
  ['1500ms', 1500],
  [2_000_000_000, '2s'],
])('a time span of %s', async (request_timeout, expected) => {
  const { config } = await imported({ providers: [{ name: 'openai', api_key: 'k' }], performance: { request_timeout } })
  expect(config.endpoints['openai']?.timeouts?.headersMs).toBe(expected)
})

test('parameters that a route can set, and others', async () => {
  const parameters = { top_p: 0.9, top_k: 40, seed: 1, stop: 'END', presence_penalty: 1, frequency_penalty: 9, temperature: '1' }
  const { config, notes } = await imported({
    providers: [{ name: 'openai', api_key: 'k' }],
    routes: { default: { provider: 'OpenAI', parameters } },
  })
  expect(config.routes?.default).toEqual({ to: 'openai', defaults: { topP: 0.9, topK: 40, seed: 1, stop: ['END'], presencePenalty: 1 } })
  expect(notes).toEqual([{ path: 'routes.default.parameters', reason: 'not carried over: frequency_penalty, temperature' }])
})

test('a key of the environment goes to its provider’s own address alone', async () => {
  const own = { name: 'openai', api_base_url: 'http://localhost:9000/v1' }
  const { config, notes } = await imported({ providers: [own] })
  expect(config.endpoints['openai']).toEqual({ protocol: 'openai', baseUrl: own.api_base_url })
  expect(notes).toEqual([{ path: 'providers[0].api_key', reason: expect.stringContaining('OPENAI_API_KEY') as string }])
})

test.each([
  ['anthropic', undefined, 'https://relay.example/anthropic', 'claude'],
  ['mine', 'anthropic', 'https://relay.example', 'claude'],
  ['mine', undefined, 'https://relay.example/v1', 'openai'],
  ['google', undefined, 'https://generativelanguage.googleapis.com/v1beta', 'gemini'],
  ['gemini', undefined, 'https://generativelanguage.googleapis.com/v1beta/openai', 'openai'],
])('%s (%s) at %s speaks %s', async (name, message_format, api_base_url, protocol) => {
  const { config } = await imported({ providers: [{ name, api_base_url, api_key: 'k', message_format }] })
  expect(config.endpoints[name]?.protocol).toBe(protocol)
})
