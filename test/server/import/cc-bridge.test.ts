import { beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/server/config/read.ts'
import type { ImportResult } from '../../../src/server/import/index.ts'
import { pricesOf } from '../../../src/server/prices.ts'
import { ccBridge } from './examples.ts'
import { imported, serving, type Asked } from './importing.ts'

let result: ImportResult
let asked: Asked
beforeAll(async () => {
  result = await imported(ccBridge)
  asked = await serving(result)
})

const spare = (model: string) => `spare.example ${model} Bearer sk-3`

describe('each protocol has its channels', () => {
  test('the least priority is first', async () => {
    expect(await asked('claude', { model: 'claude-x' })).toEqual([spare('claude-x')])
  })

  test('the next channel answers, with the model that it is to be asked for, and with each of its keys', async () => {
    expect(await asked('claude', { model: 'claude-opus-5' }, { failing: ['spare.example', 'api.anthropic.com'] })).toEqual([
      spare('claude-opus-5'),
      'api.anthropic.com claude-opus-4-5 sk-1',
      'api.anthropic.com claude-opus-4-5 sk-2',
    ])
  })

  test('an effort behind a model is no part of its name', async () => {
    expect((await asked('claude', { model: 'gpt-5.4' }, { failing: ['spare.example'] }))[1]).toBe(
      'api.anthropic.com claude-sonnet-4-5 sk-1',
    )
  })

  test('clients of Responses have their own', async () => {
    expect(await asked('openai-responses', { model: 'gpt-5' })).toEqual(['api.openai.com gpt-5 Bearer sk-4'])
  })

  test('those of Gemini, too, by the model', async () => {
    const path = '/v1beta/models/gemini-2.5-flash:generateContent'
    expect(await asked('gemini', {}, { path, failing: ['spare.example'] })).toEqual([spare('small'), 'api.anthropic.com small sk-1'])
  })
})

test('what a channel is', () => {
  expect(result.config.endpoints).toEqual({
    spare: { protocol: 'openai', baseUrl: 'https://spare.example/v4', apiKey: 'sk-3', timeouts: { headersMs: '1m' } },
    main: {
      protocol: 'claude',
      baseUrl: 'https://api.anthropic.com',
      apiKeys: ['sk-1', 'sk-2'],
      keyStrategy: 'priority',
      models: { '*opus*': 'claude-opus-4-5', '*gpt-5*': 'claude-sonnet-4-5(high)' },
      priceMultipliers: { '*': { input: 1.2 } },
    },
    resting: { protocol: 'gemini', baseUrl: 'https://gemini.example', apiKey: 'g', enabled: false },
    codex: { protocol: 'openai-responses', baseUrl: 'https://api.openai.com', apiKeys: ['sk-4', 'sk-5'], keyStrategy: 'round_robin' },
    plan: { protocol: 'openai-responses', baseUrl: 'https://chatgpt.com/backend-api/codex', enabled: false },
  })
  expect(result.config.pools).toEqual({
    messages: { members: ['spare', 'main', 'resting'], breaker: 'cc-bridge' },
    responses: { members: ['codex', 'plan'], strategy: 'round_robin', breaker: 'cc-bridge' },
  })
  expect(result.text).toContain('  # paid by the team\n  main:\n')
  expect(result.text).not.toContain('token-of-an-account')
})

test('what is not carried over is named', () => {
  expect(result.notes.map(({ path }) => path).toSorted()).toEqual([
    'PORT, PROXY_ACCESS_KEY',
    'geminiUpstream[0].compositeMappings[1]',
    'geminiUpstream[0].compositeMappings[1]',
    'geminiUpstream[0].name',
    'responsesUpstream[1].oauthTokens',
    'responsesUpstream[1].serviceType',
    'upstream[1].contentFilter',
    'upstream[1].insecureSkipVerify',
    'upstream[1].quotaType',
    'upstream[1].rateLimitRpm',
  ])
})

test('its documented example', async () => {
  const { config } = await imported(
    '{"loadBalance":"failover","upstream":[{"id":"1a2b3c4d","name":"main","serviceType":"claude","baseUrl":"https://api.anthropic.com","apiKeys":["sk-1","sk-2"],"priority":1,"status":"active","modelMapping":{"opus":"claude-opus-4-5"},"priceMultipliers":{"_default":{"inputMultiplier":1.2}}}],"responsesUpstream":[],"failover":{"enabled":false,"rules":[{"errorCodes":"429","actionChain":[{"action":"retry","waitSeconds":5,"maxAttempts":3},{"action":"failover"}]}]}}',
  )
  expect(config).toMatchObject({ server: { port: 3000 }, routes: { default: 'main', models: { '*opus*': 'main' } } })
  expect(config).not.toHaveProperty('pools')
})

test.each([
  ['round-robin', 'round_robin'],
  ['random', 'random'],
  ['failover', undefined],
])('channels by %s', async (loadBalance, strategy) => {
  const channel = (name: string) => ({ name, serviceType: 'claude', baseUrl: `https://${name}.example`, apiKeys: ['k'] })
  const { config } = await imported({
    loadBalance,
    upstream: [channel('a'), channel('b')],
    failover: { enabled: true, rules: [{ errorCodes: '429' }] },
  })
  expect(config.pools?.['messages']).toEqual({ members: ['a', 'b'], ...(strategy && { strategy }), breaker: false })
})

test('rules of failover stop the breaker, and bound the waiting', async () => {
  const retry = (waitSeconds: number, maxAttempts: number) => [{ action: 'retry', waitSeconds, maxAttempts }, { action: 'failover' }]
  const rules = [
    { errorCodes: '429', actionChain: retry(5, 3) },
    { errorCodes: '500,502', actionChain: retry(10, 2) },
  ]
  const { config, notes } = await imported({ upstream: ccBridge.upstream, failover: { enabled: true, rules } })
  expect(config.pools?.['messages']).toMatchObject({ breaker: false, retry: { waitMs: '20s' } })
  expect(notes.map(({ path }) => path)).toContain('failover.rules')
})

describe('channels that lead to others', () => {
  const composite = (more: object) => ({ name: 'by model', serviceType: 'composite', ...more })
  const flash = { pattern: 'flash', failoverChain: ['1a2b3c4d', '2a2b3c4d'] }

  test('a list of channels, behind others', async () => {
    const upstream = [...ccBridge.upstream, composite({ compositeMappings: [flash] })]
    const { config, notes } = await imported({ upstream })
    expect(config.routes?.rules).toEqual([
      { name: 'by-model: flash', when: { protocol: 'claude', model: '*flash*' }, to: { to: 'main', fallbacks: ['spare'] } },
    ])
    expect(notes).toContainEqual({ path: 'upstream[3]', reason: expect.stringContaining('other channels came before it') as string })
  })

  test('switched off', async () => {
    const upstream = [...ccBridge.upstream, composite({ status: 'disabled', compositeMappings: [flash] })]
    const { config, notes } = await imported({ upstream })
    expect(config.routes).not.toHaveProperty('rules')
    expect(notes).toContainEqual({ path: 'upstream[3]', reason: expect.stringContaining('it was switched off') as string })
  })
})

test('more channels and keys than attempts are usual', async () => {
  const upstream = [1, 2, 3].map((n) => ({
    name: `c${n}`,
    serviceType: 'claude',
    baseUrl: 'https://c.example',
    apiKeys: ['a', 'b', 'c'].map((key) => key + n),
  }))
  expect((await imported({ upstream })).config.pools?.['messages']?.retry).toEqual({ attempts: 9 })
})

describe('prices beside it', () => {
  const withPricing = async (pricing: object) => {
    const { inMemory } = await import('./importing.ts')
    return imported(undefined, { name: 'there', files: inMemory({ 'there/config.json': ccBridge, 'there/pricing.json': pricing }) })
  }

  test('are for all models that begin with a name, and mean what they meant', async () => {
    const models = {
      'claude-sonnet-4-5': { inputPrice: 3, outputPrice: 15, cacheCreationPrice: 3.75, cacheReadPrice: 0, exportToModels: true },
      'gpt-5.1': { inputPrice: 1 },
      'gpt-5.1-codex': { inputPrice: 2 },
    }
    const { config, notes } = await withPricing({ currency: 'USD', models })
    expect(config.prices).toEqual({
      models: {
        'claude-sonnet-4-5*': { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0 },
        'gpt-5.1*': { input: 1, output: 0 },
        'gpt-5.1-codex*': { input: 2, output: 0 },
      },
    })
    expect(notes.map(({ path }) => path).filter((path) => path.startsWith('pricing.json'))).toEqual([])

    const prices = await pricesOf(readConfig(config))
    const cost = (endpoint: string, model: string, usage: object) => prices.cost({ endpoint, model, usage, at: 0 })?.amount
    const million = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite: 1_000_000, output: 1_000_000 }
    // Multiplied by 1.2 at this channel, of which only the input is.
    expect(cost('main', 'claude-sonnet-4-5-20250929', million)).toBe('22.35')
    expect(cost('spare', 'claude-sonnet-4-5-20250929', million)).toBe('21.75')
    expect(cost('spare', 'gpt-5.1-codex-max', { input: 1_000_000 })).toBe('2')
    expect(cost('spare', 'gpt-5.1', { cacheRead: 1_000_000, cacheWrite: 1_000_000 })).toBe('1.35')
  })

  test('in another currency, or below nothing, are told of', async () => {
    const { config, notes } = await withPricing({ currency: 'EUR', models: { m: { inputPrice: 3 } } })
    expect(config).not.toHaveProperty('prices')
    expect(notes.map(({ path }) => path)).toContain('pricing.json.currency')
    expect((await withPricing({ models: { m: { inputPrice: 3, outputPrice: -1 } } })).notes.map(({ path }) => path)).toContain(
      'pricing.json.models.m.outputPrice',
    )
  })
})
