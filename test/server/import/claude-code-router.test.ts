import { beforeAll, describe, expect, test } from 'vitest'
import type { ImportResult } from '../../../src/server/import/index.ts'
import { claudeCodeRouter } from './examples.ts'
import { imported, serving, type Asked } from './importing.ts'

let result: ImportResult
let asked: Asked
beforeAll(async () => {
  result = await imported(claudeCodeRouter)
  asked = await serving(result, { OPENROUTER_API_KEY: 'sk-or' })
})

const deepseek = 'api.deepseek.com deepseek-chat Bearer sk-deepseek'

describe('its routes decide as they did', () => {
  const long = 'word '.repeat(90_000)
  test.each<[string, object, string]>([
    ['default', { model: 'claude-sonnet-4-5' }, deepseek],
    ['a model that a provider lists, by its bare name', { model: 'deepseek-reasoner' }, deepseek],
    ['background', { model: 'claude-haiku-4-5' }, 'localhost qwen2.5-coder:latest Bearer ollama'],
    [
      'think',
      { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 },
      'api.deepseek.com deepseek-reasoner Bearer sk-deepseek',
    ],
    ['long context', { messages: [{ role: 'user', content: long }] }, 'openrouter.ai google/gemini-2.5-pro-preview Bearer sk-or'],
    [
      'web search',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      'generativelanguage.googleapis.com gemini-2.5-flash gemini-key',
    ],
    ['what the client chooses', { model: 'openrouter,anthropic/claude-sonnet-4' }, 'openrouter.ai anthropic/claude-sonnet-4 Bearer sk-or'],
    ['with a slash, too', { model: 'relay/claude-sonnet-4-5' }, 'relay.example claude-sonnet-4-5 Bearer sk-relay'],
  ])('%s', async (_, body, expected) => {
    expect((await asked('claude', body))[0]).toBe(expected)
  })

  test('a fallback takes over', async () => {
    expect(await asked('claude', { model: 'm' }, { failing: ['api.deepseek.com'] })).toEqual([
      deepseek,
      'openrouter.ai anthropic/claude-sonnet-4 Bearer sk-or',
    ])
  })
})

test('transformers become protocols, dialects and bounds', () => {
  const { endpoints, routes } = result.config
  expect(endpoints).toMatchObject({
    openrouter: { protocol: 'openai', apiKey: '$OPENROUTER_API_KEY' },
    gemini: { protocol: 'gemini' },
    volcengine: { protocol: 'openai', dialect: 'deepseek', capabilities: { maxOutput: 65_536 } },
    relay: { protocol: 'claude', dialect: 'bearer' },
    cli: { enabled: false },
  })
  // The address tells it.
  expect(endpoints['deepseek']).not.toHaveProperty('dialect')
  expect(routes).toMatchObject({
    default: { to: 'deepseek', model: 'deepseek-chat', maxTokens: 8192, fallbacks: ['openrouter/anthropic/claude-sonnet-4'] },
    think: 'deepseek/deepseek-reasoner',
    image: { to: 'volcengine', defaults: { temperature: 0.3 } },
    longContext: { above: 70_000 },
  })
})

test('the server is where it was', () => {
  expect(result.config.server).toEqual({
    host: '127.0.0.1',
    port: 3456,
    proxy: 'http://127.0.0.1:7890',
    keys: [{ name: 'main', key: 'a-key-for-the-clients' }],
  })
  expect(result.config.log).toEqual({ level: 'debug' })
  expect(result.config.endpoints['ollama']?.timeouts).toEqual({ headersMs: '10m', firstTokenMs: '10m', bytesMs: '10m' })
})

test('what is not carried over is named', () => {
  const notes = result.notes.map(({ path, reason }) => `${path}: ${reason}`).join('\n')
  for (const said of [
    'Providers[1].transformer.deepseek-chat.use: "tooluse"',
    'Providers[4].transformer.use: options of "customparams" that are not carried over: repetition',
    'Providers[4].transformer.use: the transformer "my-own" is a program of its own',
    'Providers[6].transformer.use: "gemini-cli": it signs in with an account',
    'fallback.default: "nobody,model" names no provider',
    'CUSTOM_ROUTER_PATH: ',
    'transformers[0]: the transformer "~/transformer.js"',
    'plugins[0]: the plug-in "token-speed"',
    'Router.image: ',
  ])
    expect(notes).toContain(said)
  expect(result.missing).toEqual(['OPENROUTER_API_KEY'])
})

describe('as people write it', () => {
  const providers = [{ name: 'a', api_base_url: 'https://a.example/v1', api_key: 'k', models: ['one', 'two'] }]

  test('JSON5', async () => {
    const text = `{
      // a comment, and 'quotes' in it
      PORT: +4000, LOG: false,
      'Providers': [{ name: 'it\\'s "a"', api_base_url: 'https://a.example/v1', api_key: 'k', models: ['one',], },],
      Router: { default: 'it\\'s "a",one' },
    }`
    const { config } = await imported(text)
    expect(config).toMatchObject({ server: { port: 4000 }, log: { level: 'silent' }, routes: { default: 'it-s-a/one' } })
  })

  test('dollar signs that are no variables stay what they are', async () => {
    const key = 'sk$1$${NAME}$tail'
    const { config, text } = await imported({ Providers: [{ ...providers[0], api_key: key }], Router: {} })
    expect(config.endpoints['a']?.apiKey).toBe('sk$$1$$${NAME}$$tail')
    const asked = await serving({ text } as ImportResult, { NAME: '-name-' })
    expect(await asked('claude', { model: 'm' })).toEqual(['a.example one Bearer sk$1$-name-$tail'])
  })

  test('without a default the first model of the first provider is one', async () => {
    const { config, notes } = await imported({ Providers: providers, Router: { think: 'a' } })
    expect(config.routes).toEqual({ default: 'a/one', think: 'a/one' })
    expect(notes).toContainEqual({ path: 'Router.default', reason: expect.stringContaining('a is taken') as string })
  })

  test.each([
    ['a,b', 'x,y/z', 'a-b', 'x,y/z'],
    ['a:b', 'x:y', 'a-b', 'x:y'],
  ])('names with commas and colons: %s', async (name, model, to, found) => {
    const { config } = await imported({ Providers: [{ ...providers[0], name, models: [model] }], Router: { default: `${name},${model}` } })
    expect(config.routes?.default).toBe(`${to}/${found}`)
  })

  test('an open address without a key stays at home', async () => {
    const { config, notes } = await imported({ HOST: '0.0.0.0', APIKEY: 'short', Providers: providers, Router: { default: 'a,one' } })
    expect(config.server).toEqual({ port: 3456 })
    expect(notes.map(({ path }) => path)).toEqual(expect.arrayContaining(['HOST', 'APIKEY']))
  })
})
