import { describe, expect, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/index.ts'
import type { Fetch } from '../../../src/router/index.ts'
import { setTenant } from '../../../src/router/caller.ts'
import { createBudgetry } from '../../../src/server/budgets/budgetry.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { createTenantry } from '../../../src/server/tenants/tenantry.ts'
import { gateway, type ConfigInput } from '../../../src/server/gateway.ts'
import { chaosProvider, virtualClock } from '../../../src/testing/index.ts'

const USAGE = { input: 1000, output: 100 }
const KEYS = { ann: 'ann-0123456789abcdef', bob: 'bob-0123456789abcdef', eve: 'eve-0123456789abcdef' }

function setUp(config: Partial<ConfigInput> = {}, upstream?: Fetch) {
  const clock = virtualClock(Date.UTC(2026, 10, 18, 12))
  const provider = chaosProvider({ clock, reply: { usage: USAGE } })
  let calls = 0
  const store = memoryBudgets({ clock })
  const logged: string[] = []
  const write = (level: string) => (words: string) => void logged.push(`${level}: ${words}`)
  const log = {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    writes: () => false,
    close: async () => {},
  }
  const full = {
    prices: { data: false, models: { '*': { input: 10, output: 100 } } },
    endpoints: {
      one: { protocol: 'claude', baseUrl: 'https://one.example', apiKey: 'k' },
      two: { protocol: 'openai', baseUrl: 'https://two.example/v1', apiKey: 'k' },
    },
    ...config,
  } as ConfigInput
  const app = gateway(full, {
    fetchFor: () => (upstream ? (...call) => (calls++, upstream(...call)) : provider),
    clock,
    budgets: store,
    log,
  })
  const ask = async (
    who: keyof typeof KEYS | undefined,
    path = '/v1/messages',
    body: object = { max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] },
  ) => {
    const response = await app(`http://localhost${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(who && { 'x-api-key': KEYS[who] }) },
      body: JSON.stringify({ model: 'm', ...body }),
    })
    const text = await response.text()
    return { status: response.status, text, headers: response.headers }
  }
  return { app, ask, provider, store, logged, clock, full, seen: () => calls }
}

const keyed = (more: Record<string, object> = {}) =>
  Object.entries(KEYS).map(([name, key]) => ({ name, key, ...more[name] })) as NonNullable<NonNullable<ConfigInput['server']>['keys']>

describe('a gateway with budgets', () => {
  test('holds everybody, groups and keys', async () => {
    const { ask } = setUp({
      budgets: [{ requests: 6, per: 'day' }],
      groups: { team: { budgets: [{ usd: 0.05, per: 'day' }] } },
      server: { keys: keyed({ ann: { group: 'team', budgets: [{ requests: 2, per: 'month' }] }, bob: { group: 'team' } }) },
    })
    const statuses = async (who: keyof typeof KEYS, times: number) => {
      const all = []
      for (let i = 0; i < times; i++) all.push((await ask(who)).status)
      return all
    }
    expect(await statuses('ann', 3)).toEqual([200, 200, 403])
    expect((await ask('ann')).text).toContain('2 requests per month of key ann')
    expect(await statuses('bob', 2)).toEqual([200, 403])
    expect((await ask('bob')).text).toContain('$0.05 per day of group team')
    expect(await statuses('eve', 4)).toEqual([200, 200, 200, 403])
    const refused = await ask('eve')
    expect(refused.text).toContain('6 requests per day of everybody')
    expect(refused.headers.get('x-cc-route-budget')).toContain('of=everybody')
  })

  test('goes on with what was used up when its configuration changes', async () => {
    const { app, ask, full } = setUp({ budgets: [{ requests: 2, per: 'day' }] })
    expect([(await ask(undefined)).status, (await ask(undefined)).status, (await ask(undefined)).status]).toEqual([200, 200, 403])
    app.use({ ...full, budgets: [{ requests: 3, per: 'day' }] })
    expect([(await ask(undefined)).status, (await ask(undefined)).status]).toEqual([200, 403])
    app.use({ ...full, budgets: [] })
    expect((await ask(undefined)).headers.get('x-cc-route-budget')).toBeNull()
  })

  test('writes of soft budgets into its log', async () => {
    const { ask, logged } = setUp({ budgets: [{ tokens: 500, per: 'day', soft: true }] })
    for (let i = 0; i < 3; i++) expect((await ask(undefined)).status).toBe(200)
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([
      'warn: Budgets: the soft budget of 500 tokens per day of everybody is used up: 1100 tokens (it begins anew at 2026-11-19 00:00 UTC).',
    ])
  })

  test('counts what is passed on as it is, and refuses it where nothing is left', async () => {
    const { ask, store } = setUp({
      budgets: [
        { requests: 3, per: 'total' },
        { usd: 0.02, per: 'total' },
      ],
    })
    expect((await ask(undefined, '/v1/embeddings', { input: 'hi' })).status).not.toBe(403)
    expect((await ask(undefined)).status).toBe(200)
    const refused = await ask(undefined, '/v1/embeddings', { input: 'hi' })
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      403,
      { error: { message: expect.stringContaining('$0.02 in total') as string } },
    ])
    const [requests] = await store.tallies([{ name: 'everybody requests/total', from: 0, until: 0 }])
    expect(requests).toEqual({ spent: 2n, held: 0n })
  })

  test('tells of keys that are given besides its configuration, too', async () => {
    const keys = [{ name: 'opt', key: 'opt-0123456789abcdef', budgets: [{ usd: 1, per: 'day' as const }] }]
    const { full } = setUp({ server: { adminKey: 'the-key-of-the-admin' } })
    const app = gateway(full, { keys, clock: virtualClock(0) })
    const headers = { authorization: 'Bearer the-key-of-the-admin' }
    const listed = await app('http://localhost/admin/budgets', { headers })
    expect(await listed.json()).toMatchObject({ budgets: [{ of: 'key opt' }] })
    expect((await app('http://localhost/admin/budgets/key%20opt', { method: 'DELETE', headers })).status).toBe(200)
  })

  test('opens its budgets anew where that failed once', async () => {
    let fails = 1
    const open = async () => {
      if (fails-- > 0) throw new Error('busy')
      return memoryBudgets()
    }
    const config = readConfig({
      endpoints: { one: { protocol: 'claude', baseUrl: 'https://one.example' } },
      budgets: [{ requests: 1, per: 'day' }],
    })
    const clock = virtualClock(0)
    const budgetry = createBudgetry({ config, keys: [], store: open, clock, onWarning() {}, onError() {} })
    const tenantry = createTenantry({ keys: [{ name: 'ann', key: KEYS.ann, streams: 1 }], store: open, clock, onError() {} })
    const answer: Fetch = async () => Response.json({})
    const asking = () => {
      const request = new Request('http://localhost/v1/messages', { method: 'POST', body: '{}' })
      setTenant(request, 'ann')
      return request
    }
    for (const app of [budgetry.hold(answer), tenantry.hold(answer)]) {
      fails = 1
      await expect(app(asking())).rejects.toThrow('busy')
      expect((await app(asking())).status).toBeLessThan(500)
    }
  })

  describe('of what is passed on as it is', () => {
    const used = async () => Response.json({ object: 'list', data: [], model: 'm', usage: { prompt_tokens: 1000, total_tokens: 1000 } })

    test('asks all budgets, those of some models and endpoints too, and charges what its answer tells', async () => {
      const { ask, store } = setUp(
        {
          budgets: [
            { usd: 0.015, per: 'total', models: ['x'] },
            { tokens: 1e6, per: 'total', endpoints: ['two'] },
          ],
        },
        used,
      )
      const embed = () => ask(undefined, '/v1/embeddings', { input: 'hi' })
      expect([(await embed()).status, (await embed()).status]).toEqual([200, 200])
      const names = ['everybody usd/total models=x', 'everybody tokens/total endpoints=two']
      const tallies = await store.tallies(names.map((name) => ({ name, from: 0, until: 0 })))
      expect(tallies).toEqual([
        { spent: 20_000_000_000n, held: 0n },
        { spent: 2000n, held: 0n },
      ])
      const refused = await embed()
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('$0.01 in total')])
    })

    test.each([
      '/v1/completions',
      '/v1/completions/',
      '/v1/complete',
      '/v1/messages/batches',
      '/v1/batches',
      '/v1beta/interactions',
      '/v1beta/models/g:batchGenerateContent',
    ])('refuses %s to whom money or tokens are counted', async (path) => {
      const { ask, seen } = setUp({ budgets: [{ tokens: 1e9, per: 'total', models: ['x'] }] }, used)
      const refused = await ask(undefined, path, { prompt: 'hi' })
      expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('not counted here')])
      expect(seen()).toBe(0)
    })

    test('passes on what generates where only requests are counted, or soft budgets warn', async () => {
      const { ask } = setUp(
        {
          budgets: [
            { requests: 2, per: 'total' },
            { usd: 1, per: 'day', soft: true },
          ],
        },
        used,
      )
      const complete = async () => (await ask(undefined, '/v1/completions', { prompt: 'hi' })).status
      expect([await complete(), await complete(), await complete()]).toEqual([200, 200, 403])
    })
  })

  test('knows which model went where', async () => {
    const { ask } = setUp({
      budgets: [
        { requests: 1, per: 'day', endpoints: ['two'] },
        { requests: 1, per: 'day', routes: ['models *'] },
      ],
      routes: { default: 'one', models: { 'gpt-*': 'two', 'o*': 'one' } },
    })
    const status = async (model: string) =>
      (await ask(undefined, '/v1/messages', { model, max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] })).status
    expect([await status('gpt-5'), await status('gpt-5'), await status('o5'), await status('m'), await status('m')]).toEqual([
      200, 403, 403, 200, 200,
    ])
  })

  test('tells those who look after it how budgets stand, and begins them anew', async () => {
    const { app, ask } = setUp({
      budgets: [{ usd: 1, per: 'day' }],
      server: { adminKey: 'the-key-of-the-admin', keys: keyed({ ann: { budgets: [{ requests: 1, per: 'month', models: ['m*'] }] } }) },
    })
    const admin = async (method: string, path = '') => {
      const response = await app(`http://localhost/admin/budgets${path}`, {
        method,
        headers: { authorization: 'Bearer the-key-of-the-admin' },
      })
      return (await response.json()) as { budgets: unknown[] }
    }
    expect([(await ask('ann')).status, (await ask('ann')).status]).toEqual([200, 403])
    const day = { from: Date.UTC(2026, 10, 18), resetsAt: Date.UTC(2026, 10, 19) }
    const month = { from: Date.UTC(2026, 10), resetsAt: Date.UTC(2026, 11) }
    const mine = { of: 'key ann', unit: 'requests', per: 'month', soft: false, partial: true, limit: 1, held: 0, ...month }
    expect(await admin('GET')).toEqual({
      budgets: [
        {
          of: 'everybody',
          unit: 'usd',
          per: 'day',
          soft: false,
          partial: false,
          limit: '1',
          spent: '0.02',
          held: '0',
          left: '0.98',
          ...day,
        },
        { ...mine, spent: 1, left: 0 },
      ],
    })
    expect(await admin('DELETE', '/key%20ann')).toEqual({ budgets: [{ ...mine, spent: 0, left: 1 }] })
    expect((await ask('ann')).status).toBe(200)
    expect(await admin('DELETE', '/key%20zoe')).toMatchObject({
      error: { message: 'There is no budget of "key zoe". There are those of: everybody, key ann.' },
    })
  })
})
