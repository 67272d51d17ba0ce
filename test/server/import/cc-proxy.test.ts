import { beforeAll, expect, test } from 'vitest'
import type { ImportResult } from '../../../src/server/import/index.ts'
import { ccProxy } from './examples.ts'
import { imported, serving, type Asked } from './importing.ts'

const name = 'providers.toml'
let result: ImportResult
let asked: Asked
beforeAll(async () => {
  result = await imported(ccProxy, { name })
  asked = await serving(result, { OPENAI_API_KEY: 'sk-o' })
})

test.each([
  ['claude-opus-5', 'api.openai.com gpt-4o Bearer sk-o'],
  ['claude-sonnet-5', 'api.openai.com gpt-4o Bearer sk-o'],
  ['claude-haiku-4-5', 'api.deepseek.com deepseek-chat Bearer sk-deepseek'],
  ['something-else', 'api.openai.com gpt-4o Bearer sk-o'],
  ['claude-opus-4-5', 'api.anthropic.com claude-opus-4-5 sk-ant'],
  ['gpt-5', 'api.openai.com gpt-5 Bearer sk-o'],
  ['deepseek-chat', 'api.deepseek.com deepseek-chat Bearer sk-deepseek'],
  ['deepseek-other', 'api.openai.com deepseek-other Bearer sk-o'],
  ['DeepSeek:deepseek-reasoner', 'api.deepseek.com deepseek-reasoner Bearer sk-deepseek'],
])('%s', async (model, expected) => {
  expect(await asked('claude', { model })).toEqual([expected])
})

test('everything else', () => {
  expect(result.config).toMatchObject({
    server: { host: '127.0.0.1', port: 8082 },
    log: { level: 'info' },
    endpoints: {
      OpenAI: { protocol: 'openai', apiKey: '${OPENAI_API_KEY}', timeouts: { headersMs: '90s', bytesMs: '90s' }, retry: { attempts: 3 } },
      Claude: { protocol: 'claude', apiKey: 'sk-ant' },
    },
    routes: {
      default: { to: 'OpenAI', model: 'gpt-4o', maxTokens: { atLeast: 100, atMost: 4096 } },
      tiers: { small: { to: 'DeepSeek', model: 'deepseek-chat', maxTokens: { atLeast: 100, atMost: 2000 } } },
      models: { 'claude-opus-4-5': 'Claude/claude-opus-4-5' },
    },
  })
  expect(result.config.server).not.toHaveProperty('keys')
  expect(result.missing).toEqual(['OPENAI_API_KEY'])
})

test('what is not carried over is named', () => {
  expect(result.notes.map(({ path }) => path).toSorted()).toEqual([
    'config.db_file',
    'provider[0].web_search',
    'transformers.deepseek',
    'web_search_providers',
  ])
})

test('models without a provider, and providers without models', async () => {
  const toml = '[config]\nbig_model = "Nobody:m"\n[[provider]]\nname = "A"\nbase_url = "https://a.example/v1"\napi_key = "k"\n'
  // As there: what names no provider is a model of the first.
  expect((await imported(toml, { name })).config.routes?.default).toBe('A/Nobody:m')
  expect((await imported(toml.replace(/big_model.*/, ''), { name })).config.routes?.default).toBe('A')
})
