import { beforeEach, describe, expect, test } from 'vitest'
import type { Fetch } from '../../src/router/fetch.ts'
import { outcomeOf } from '../../src/router/outcome.ts'
import { memoryState } from '../../src/router/state.ts'
import { compose, type ComposeOptions } from '../../src/server/compose.ts'
import { loadEnvironment } from '../../src/server/config/load-environment.ts'
import { readConfig } from '../../src/server/config/read.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { clientOf } from './clients.ts'

/** Which host was asked for which model with which key, of the demo provider in all providers' places. */
let calls: string[] = []
/** Hosts that fail, and how. */
let failing: Record<string, number> = {}
beforeEach(() => {
  calls = []
  failing = {}
})
const demo = createDemo()
const upstream: Fetch = async (input, init) => {
  const body = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : (init?.body as string)
  const url = new URL(input as string)
  const model = (JSON.parse(body) as { model?: string }).model ?? /models\/(.*):/.exec(url.pathname)?.[1]
  const key = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length)
  calls.push(`${url.hostname.replace('.example', '')} ${model}${key ? ` ${key}` : ''}`)
  const status = failing[url.hostname]
  return status ? Response.json({ error: { message: 'no' } }, { status }) : demo(input, init)
}

const claude = clientOf('claude')
const at = (name: string, rest = {}) => ({ protocol: 'openai', baseUrl: `https://${name}.example/v1`, ...rest })
const app = (config: object, options: ComposeOptions = {}) =>
  compose(
    readConfig({
      endpoints: { a: at('a', { model: 'a-1' }), b: at('b'), ...(config as { endpoints?: object }).endpoints },
      ...rest(config),
    }),
    {
      fetchFor: () => upstream,
      clock: virtualClock(),
      random: () => 0,
      ...options,
    },
  )
const rest = ({ endpoints: _endpoints, ...others }: { endpoints?: object }) => others

async function asked({ fetch }: { fetch: Fetch }, model: string, more = {}): Promise<string[]> {
  calls = []
  const response = await fetch(`http://localhost${claude.path}`, {
    method: 'POST',
    body: JSON.stringify({ ...claude.body, model, ...more }),
  })
  await response.text()
  return calls
}

describe('endpoints', () => {
  test.each([
    ['claude-x', 'a a-1'],
    ['b/one', 'b one'],
    ['b,one', 'b one'],
    ['@b/one', 'b one'],
    ['A/a-2', 'a a-2'],
    ['nobody/one', 'a a-1'],
    ['b/vendor/one', 'b vendor/one'],
    ['constructor/one', 'a a-1'],
  ])('%s goes to %s', async (model, expected) => expect(await asked(app({}), model)).toEqual([expected]))

  test('one that is switched off is not asked', async () => {
    const off = app({ endpoints: { off: at('off', { enabled: false, apiKey: '$NONE' }) } })
    expect([...off.endpoints.keys()]).toEqual(['a', 'b'])
    const response = await off.fetch(`http://localhost${claude.path}`, {
      method: 'POST',
      body: JSON.stringify({ ...claude.body, model: 'off/x' }),
    })
    expect([response.status, calls]).toEqual([400, []])
  })

  test('models by the names that clients use', async () => {
    const models = { fast: 'b-mini', best: { model: 'b-max', price: { input: 1, output: 2 } }, same: {} }
    const named = app({ endpoints: { b: at('b', { models }) } })
    expect(await asked(named, 'fast')).toEqual(['b b-mini'])
    expect(await asked(named, 'b/best')).toEqual(['b b-max'])
    expect(await asked(named, 'same')).toEqual(['b same'])
    expect(await asked(named, 'b/other')).toEqual(['b other'])
    expect(named.models.map(({ id }) => id)).toEqual(['a-1', 'fast', 'best', 'same'])
  })

  test('the ids that Claude Code shows lead to the models', async () => {
    const { models, ...composed } = app({ endpoints: { c: at('c', { model: 'c-1' }) } })
    expect(models.map(({ id, alias }) => [id, alias])).toEqual([
      ['a-1', 'anthropic/a-1'],
      ['c/c-1', 'anthropic/c/c-1'],
    ])
    expect(await asked(composed, 'anthropic/c/c-1')).toEqual(['c c-1'])
  })

  test('several keys, the next one where one is refused', async () => {
    const keys = app({
      endpoints: { k: at('k', { apiKeys: ['one', { key: 'two', name: 'second' }], keyStrategy: 'priority' }) },
      routes: { default: 'k' },
    })
    failing['k.example'] = 401
    expect(await asked(keys, 'm')).toEqual(['k m one', 'k m two'])
    expect((await keys.endpoints.get('k')!.keys.show()).map(({ name }) => name)).toEqual(['key-1', 'second'])
  })

  test('without routes a model goes to the provider that has it itself', async () => {
    const variables = { OPENAI_API_KEY: 'o', GROQ_API_KEY: 'g' }
    const read = (config: object) => compose(readConfig(config, { variables }), { fetchFor: () => upstream })
    const endpoints = { groq: {}, openai: {} }
    expect(await asked(read({ endpoints }), 'gpt-9')).toEqual(['api.openai.com gpt-9 o'])
    expect(await asked(read({ endpoints }), 'claude-x')).toEqual(['api.groq.com llama-3.3-70b-versatile g'])
    expect(await asked(read({ endpoints, routes: { default: 'groq' } }), 'gpt-9')).toEqual(['api.groq.com llama-3.3-70b-versatile g'])
  })

  test.each([
    ['claude-opus-9', 'api.anthropic.com claude-opus-9'],
    ['gpt-9', 'api.openai.com gpt-9 o'],
    ['gemini-9-pro', 'generativelanguage.googleapis.com gemini-9-pro'],
    ['something-else', 'api.anthropic.com claude-sonnet-5'],
    ['groq/llama-9', 'api.groq.com llama-9 q'],
  ])('of the environment: %s goes to %s', async (model, expected) => {
    const variables = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g', GROQ_API_KEY: 'q' }
    const { config } = await loadEnvironment(variables)
    const found = compose(config, { fetchFor: () => upstream })
    const [call] = await asked(found, model)
    expect(call).toBe(expected)
  })

  test('a request that cannot be read is refused in the client’s format', async () => {
    const response = await app({}).fetch(`http://localhost${claude.path}`, { method: 'POST', body: '{' })
    expect([response.status, claude.errorOf(await response.json())]).toEqual([400, expect.stringContaining('not valid JSON')])
  })

  test('each calls through its own proxy, or that of all', async () => {
    const proxies: (string | undefined)[] = []
    const config = { endpoints: { b: at('b', { proxy: 'direct' }) }, server: { proxy: 'http://proxy.example:8080' } }
    app(config, { fetchFor: (proxy) => (proxies.push(proxy), upstream) })
    expect(proxies).toEqual(['http://proxy.example:8080', 'direct'])
    expect(() => app(config, { fetchFor: undefined })).toThrow(/createFetchFor/)
  })
})

describe('pools', () => {
  test('the next member where one fails, in the order of the strategy', async () => {
    const pools = { main: { members: ['b/b-1', { to: 'a', priority: -1 }, 'inner'] }, inner: { members: ['c'] } }
    const pooled = app({ endpoints: { c: at('c', { model: 'c-1' }) }, pools, routes: { default: 'main' } })
    expect(await asked(pooled, 'm')).toEqual(['a a-1'])
    Object.assign(failing, { 'a.example': 402, 'b.example': 402 })
    expect(await asked(pooled, 'm')).toEqual(['a a-1', 'b b-1', 'c c-1'])
    expect((await pooled.pools.get('main')!.show()).map(({ name }) => name)).toEqual(['b/b-1', 'a', 'inner'])
  })

  test('members that are switched off are left out, and so is a pool of none but them', async () => {
    const endpoints = { off: at('off', { enabled: false }) }
    const pooled = app({
      endpoints,
      pools: { p: { members: ['off', 'b'] }, none: { members: ['off'] }, q: { members: ['none', 'b'] } },
      routes: { default: 'q' },
    })
    expect([...pooled.pools.keys()]).toEqual(['p', 'q'])
    expect(await asked(pooled, 'm')).toEqual(['b m'])
  })

  test('what one composition has learnt, the next one knows', async () => {
    const state = memoryState({ clock: virtualClock() })
    const config = { pools: { p: { members: ['a', 'b'] } }, routes: { default: 'p' } }
    failing['a.example'] = 402
    expect(await asked(app(config, { state }), 'm')).toEqual(['a a-1', 'b m'])
    expect(await asked(app(config, { state }), 'm')).toEqual(['b m'])
    expect(await asked(app(config), 'm')).toEqual(['a a-1', 'b m'])
  })
})

describe('routes', () => {
  const routed = (routes: object, more = {}) => app({ routes: { default: 'a', ...routes }, ...more })

  test.each<[string, object, string, object, string]>([
    ['background', { background: 'b/small' }, 'claude-haiku-4-5', {}, 'b small'],
    [
      'think',
      { think: { to: 'b', model: 'deep', effort: 'high' } },
      'claude-x',
      { thinking: { type: 'enabled', budget_tokens: 30_000 }, max_tokens: 32_000 },
      'b deep',
    ],
    ['a long context', { longContext: { to: 'b', above: 5 } }, 'claude-x', {}, 'b claude-x'],
    ['models', { models: { 'claude-opus-*': 'b/big-*' } }, 'claude-opus-9', {}, 'b big-9'],
    ['tiers', { tiers: { middle: 'b/mid' } }, 'claude-sonnet-5', {}, 'b mid'],
    ['aliases', { aliases: { opus: 'b/best' } }, 'opus', {}, 'b best'],
    ['rules', { rules: [{ when: { maxTokens: { above: 5000 } }, to: 'b/long' }] }, 'claude-x', { max_tokens: 6000 }, 'b long'],
    ['a split', { default: { split: [{ to: 'a', weight: 0 }, { to: 'b' }] } }, 'm', {}, 'b m'],
    ['a choice that is not allowed', { explicit: false }, 'b/x', {}, 'a a-1'],
  ])('%s', async (_, routes, model, more, expected) => expect(await asked(routed(routes), model, more)).toEqual([expected]))

  test('fallbacks', async () => {
    failing['a.example'] = 402
    expect(await asked(routed({ default: { to: 'a', fallbacks: ['b/two'] } }), 'm')).toEqual(['a a-1', 'b two'])
  })
})

describe('without routes most requests go past the router, and arrive as they would through it', () => {
  const variables = { OPENAI_API_KEY: 'o', GROQ_API_KEY: 'g', ANTHROPIC_API_KEY: 'a' }
  const endpoints = { groq: {}, openai: {}, anthropic: {} }
  const made = (config: object) =>
    compose(readConfig(config, { variables }), { fetchFor: () => upstream, clock: virtualClock(), random: () => 0 })
  const past = made({ endpoints })
  // A capability that is never wanting sends all through the router.
  const through = made({ endpoints: { ...endpoints, groq: { capabilities: { contextWindow: 10_000_000 } } } })
  const tag = { system: '<CCR-SUBAGENT-MODEL>openai,tagged</CCR-SUBAGENT-MODEL> Be brief.' }

  test.each<[string, object?, Record<string, string>?, string?]>([
    ['llama'],
    ['gpt-9'],
    ['claude-x'],
    ['gpt-9(high)'],
    ['openai/gpt-9'],
    ['openai,x'],
    ['@openai'],
    ['@nobody'],
    ['anthropic/llama-3.3-70b-versatile'],
    ['vendor/model:free'],
    ['llama', tag],
    ['llama', {}, { 'x-endpoint-name': 'openai' }],
    ['llama', {}, {}, '?ep=anthropic'],
    ['llama', { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 }],
  ])('%s %o %o %s', async (model, more = {}, headers = {}, query = '') => {
    const ask = async ({ fetch }: { fetch: Fetch }) => {
      calls = []
      const body = JSON.stringify({ ...claude.body, model, ...more })
      const response = await fetch(`http://localhost${claude.path}${query}`, { method: 'POST', headers, body })
      const { route, endpoint, model: served } = outcomeOf(response)!
      return {
        status: response.status,
        calls,
        route,
        endpoint,
        served,
        notices: outcomeOf(response)!.notices,
        text: stable(await response.text()),
      }
    }
    expect(await ask(past)).toEqual(await ask(through))
  })
  const stable = (text: string) => text.replaceAll(/"(id|tool_use_id)":"[^"]*"/g, '')
})
