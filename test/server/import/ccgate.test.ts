import { beforeAll, describe, expect, test } from 'vitest'
import type { ImportResult } from '../../../src/server/import/index.ts'
import { ccgate } from './examples.ts'
import { imported, inMemory, serving, type Asked } from './importing.ts'

const upstreams = ccgate['upstreams.json']
const files = inMemory(Object.fromEntries(Object.entries(ccgate).map(([name, value]) => [`config/${name}`, value])))
let result: ImportResult
let asked: Asked
beforeAll(async () => {
  result = await imported(undefined, { name: 'config/upstreams.json', files })
  asked = await serving(result)
})

test('all its files are one configuration, whichever is named', async () => {
  for (const name of ['config/server.json', 'config/tenants.json', 'config/pricing.json', 'config'])
    expect((await imported(undefined, { name, files })).config).toEqual(result.config)
})

test('everything of it', () => {
  expect(result.config).toEqual({
    server: {
      host: '0.0.0.0',
      port: 3002,
      keys: [
        { name: 'ann', key: 'ccg_0123456789abcdef', models: ['*sonnet*', 'gpt-5-mini'], budgets: [{ usd: 100, per: 'day' }] },
        { name: 'bob', key: 'ccg_fedcba9876543210' },
        { name: 'cid', key: 'ccg_0011223344556677', disabled: true },
      ],
    },
    log: { level: 'info', file: './data/logs/cc-route.log', maxBytes: '100MB', keep: 5 },
    endpoints: {
      m: {
        protocol: 'claude',
        baseUrl: 'https://m.example/api',
        apiKey: 'sk-x',
        dialect: 'bearer',
        weight: 100,
        timeouts: { headersMs: '30s', bytesMs: '30s' },
      },
      n: {
        protocol: 'claude',
        baseUrl: 'https://api.anthropic.com',
        apiKey: 'sk-ant-api',
        weight: 300,
        timeouts: { headersMs: '30s', bytesMs: '30s' },
      },
      o: {
        protocol: 'claude',
        baseUrl: 'https://o.example',
        apiKey: 'sk-y',
        dialect: 'bearer',
        weight: 100,
        timeouts: { headersMs: '30s', bytesMs: '30s' },
        enabled: false,
      },
    },
    pools: { main: { members: ['m', 'n', 'o'], strategy: 'weighted_random', retry: { attempts: 3 } } },
    routes: {
      default: 'main',
      rules: [
        { when: { protocol: 'openai', model: 'gpt-5-mini' }, to: { to: 'main', model: 'claude-3-7-sonnet-20250219' } },
        { when: { protocol: 'openai' }, to: { to: 'main', model: 'claude-sonnet-4-20250514' } },
      ],
    },
    // A thousand tokens there, a million here.
    prices: { models: { '*sonnet*': { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 } } },
  })
  expect(result.text).toContain('# the relay')
})

describe('it answers as it did', () => {
  test('keys go as bearer tokens, but to the vendor itself', async () => {
    expect(await asked('claude', { model: 'claude-x' }, { failing: ['m.example'] })).toEqual([
      'm.example claude-x Bearer sk-x',
      'api.anthropic.com claude-x sk-ant-api',
    ])
  })

  test.each([
    ['gpt-5-mini', 'claude-3-7-sonnet-20250219'],
    ['gpt-4', 'claude-sonnet-4-20250514'],
  ])('clients of OpenAI’s protocol ask for %s and get %s', async (model, expected) => {
    expect(await asked('openai', { model })).toEqual([`m.example ${expected} Bearer sk-x`])
  })
})

test('what is not carried over is named', () => {
  expect(result.notes.map(({ path }) => path).toSorted()).toEqual([
    'admin.password',
    'proxy.retryDelay',
    'tenants[0].allowedModels',
    'tenants[0].limits.daily.maxUSD',
    'tenants[3]',
    'upstreams[0].healthCheck',
  ])
})

test('a file alone is enough where it has the upstreams', async () => {
  const { config } = await imported(ccgate['upstreams.json'], { name: 'upstreams.json' })
  expect(config.server).toEqual({ port: 3000 })
  await expect(imported(ccgate['tenants.json'], { name: 'tenants.json' })).rejects.toThrow(
    'there is no provider in this configuration of CCGate',
  )
})

test.each([
  ['least_connections', 'least_connections', ['loadBalancer.strategy']],
  ['fastest_first', 'weighted_round_robin', ['loadBalancer.strategy']],
  ['random', 'random', []],
])('the strategy %s', async (strategy, expected, paths) => {
  const upstreams = ['a', 'b'].map((name) => ({ name, url: `https://${name}.example`, key: 'k', enabled: true }))
  const { config, notes } = await imported({ upstreams, loadBalancer: { strategy } })
  expect(config.pools?.['main']?.strategy).toBe(expected)
  expect(notes.map(({ path }) => path)).toEqual(paths)
})

test('a log for people goes to them', async () => {
  const { server, ...rest } = ccgate['server.json']
  const { config, notes } = await imported({
    ...upstreams,
    server,
    ...rest,
    logging: { ...rest.logging, enableConsole: true },
    openai: { ...rest.openai, enabled: false },
  })
  expect(config.log).toEqual({ level: 'info' })
  expect(config.routes).toEqual({ default: 'main' })
  expect(notes.map(({ path }) => path)).toEqual(expect.arrayContaining(['logging', 'openai.enabled']))
})

test('keys that two tenants share, and keys that can be guessed', async () => {
  const tenants = ['0123456789abcdef', '0123456789abcdef', 'short'].map((key, index) => ({
    name: `t${index}`,
    key,
    enabled: true,
    allowedModels: ['*'],
  }))
  const { config, notes } = await imported({ ...ccgate['upstreams.json'], tenants })
  expect(config.server?.keys).toEqual([{ name: 't0', key: '0123456789abcdef' }])
  expect(notes.filter(({ path }) => path.startsWith('tenants')).map(({ path }) => path)).toEqual(['tenants[1].key', 'tenants[2].key'])
})
