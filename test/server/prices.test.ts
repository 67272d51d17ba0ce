import { beforeEach, describe, expect, test } from 'vitest'
import { outcomeOf } from '../../src/router/outcome.ts'
import { memberOf } from '../../src/router/member.ts'
import { compose } from '../../src/server/compose.ts'
import { readConfig } from '../../src/server/config/read.ts'
import { gateway } from '../../src/server/gateway.ts'
import { livePrices, pricesOf } from '../../src/server/prices.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { virtualClock } from '../../src/testing/clock.ts'
import { clientOf } from './clients.ts'
import type { Fetch } from '../../src/router/fetch.ts'

const clock = virtualClock()
let called: string[] = []
beforeEach(() => void (called = []))
const demo = createDemo()
const upstream: Fetch = (input, init) => {
  called.push(new URL(input as string).hostname)
  return demo(input, init)
}
const claude = clientOf('claude')
const at = (host: string, rest = {}) => ({ protocol: 'openai', baseUrl: `https://${host}.example/v1`, ...rest })
const ask = (app: Fetch, model: string) =>
  app(`http://localhost${claude.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...claude.body, model }),
  })

describe('a model without a price', () => {
  const deny = { unpriced: 'deny', models: { 'known-*': { input: 1, output: 1 } } }

  test('is not asked where the configuration denies it; the client is told which, and what to do', async () => {
    const app = gateway({ endpoints: { a: at('a') }, prices: deny } as never, { fetchFor: () => upstream, clock })
    const response = await ask(app, 'secret-model')
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { type: string; message: string } }
    expect(error.type).toBe('invalid_request_error')
    expect(error.message).toContain('"secret-model" of the endpoint "a"')
    expect(error.message).toContain('prices.models')
    expect(called).toEqual([])
  })

  test('is asked where it has one, of the file or of the list', async () => {
    const app = gateway({ endpoints: { a: at('a') }, prices: deny } as never, { fetchFor: () => upstream, clock })
    for (const model of ['known-1', 'claude-sonnet-5']) expect((await ask(app, model)).status).toBe(200)
    expect(called).toEqual(['a.example', 'a.example'])
  })

  test('is passed over by a pool', async () => {
    const app = gateway(
      {
        endpoints: { a: at('a', { model: 'secret-model' }), b: at('b', { model: 'secret-model', price: { input: 1, output: 1 } }) },
        pools: { main: { members: ['a', 'b'] } },
        routes: { default: 'main' },
        prices: deny,
      } as never,
      { fetchFor: () => upstream, clock },
    )
    for (let i = 0; i < 3; i++) {
      const response = await ask(app, 'x')
      expect(response.status).toBe(200)
      expect(outcomeOf(response)?.endpoint).toBe('b')
      await response.text()
    }
    expect(called).toEqual(['b.example', 'b.example', 'b.example'])
  })

  test('is asked by default', async () => {
    const app = gateway({ endpoints: { a: at('a') } } as never, { fetchFor: () => upstream, clock })
    expect((await ask(app, 'secret-model')).status).toBe(200)
  })
})

describe('one place tells prices', () => {
  const config = readConfig({
    endpoints: {
      plain: at('plain', { price: { input: 2, output: 4 }, priceMultipliers: { '*': 1.5 } }),
      mapped: at('mapped', { models: { fast: { model: 'm-fast', price: { input: 5, output: 5 } }, slow: 'm-slow' } }),
      fixed: at('fixed', { model: 'm-slow' }),
      list: { preset: 'anthropic', apiKey: 'k' },
      local: { preset: 'ollama' },
    },
    prices: { models: { 'm-slow': { input: 1, output: 1, cacheRead: 0.5 } } },
  })
  const moment = Date.parse('2026-11-21T12:00Z')

  test.each<[string, string, string | undefined]>([
    ['plain', 'anything', '3'],
    ['mapped', 'm-fast', '5'],
    ['mapped', 'm-slow', '1'],
    ['fixed', 'm-slow', '1'],
    ['list', 'claude-sonnet-5', '2'],
    ['local', 'llama', '0'],
    ['mapped', 'nobody', undefined],
  ])('to whoever counts: %s takes for %s', async (endpoint, model, amount) => {
    const prices = await pricesOf(config)
    await prices.ready()
    expect(prices.cost({ endpoint, model, usage: { input: 1_000_000 }, at: moment })?.amount).toBe(amount)
  })

  test('to the router', () => {
    const { endpoints } = compose(config, { fetchFor: () => upstream, clock })
    expect(memberOf(endpoints.get('plain')!)?.price).toEqual({ input: 3, output: 6 })
    expect(memberOf(endpoints.get('fixed')!)?.price).toEqual({ input: 1, output: 1, cacheRead: 0.5 })
    expect(memberOf(endpoints.get('mapped')!)?.price).toBeUndefined()
  })

  test('and a cheaper member is found by it', async () => {
    const app = compose(
      readConfig({
        endpoints: { dear: at('dear', { model: 'big' }), cheap: at('cheap', { model: 'small' }) },
        pools: { main: { members: ['dear', 'cheap'], strategy: 'cheapest' } },
        routes: { default: 'main' },
        prices: { models: { big: { input: 5, output: 5 }, small: { input: 1, output: 1 } } },
      }),
      { fetchFor: () => upstream, clock },
    )
    await (await ask(app.fetch, 'x')).text()
    expect(called).toEqual(['cheap.example'])
  })

  test('and follows the configuration that holds', async () => {
    let now = readConfig({ endpoints: { a: at('a', { price: { input: 1, output: 1 } }) }, prices: { data: false } })
    const prices = livePrices(() => now)
    const use = { endpoint: 'a', model: 'm', usage: { input: 1_000_000 }, at: moment }
    expect(prices.cost(use)).toBeUndefined()
    await prices.ready()
    expect(prices.cost(use)?.amount).toBe('1')
    now = readConfig({ endpoints: { a: at('a') }, prices: { data: false, unpriced: { flat: { input: 7, output: 7 } } } })
    await prices.ready()
    expect(prices.cost(use)?.amount).toBe('7')
    expect(prices.unpriced).toEqual({ flat: { input: 7, output: 7 } })
  })
})

test.each([
  [{ prices: { models: { m: { input: 1 } } } }, 'prices.models.m.output'],
  [{ prices: { unpriced: 'maybe' } }, 'prices.unpriced'],
  [{ prices: { serviceTiers: { flex: -1 } } }, 'prices.serviceTiers.flex'],
  [{ prices: { model: {} } }, 'prices.model'],
  [{ endpoints: { a: at('a', { priceMultipliers: { '*': 'x' } }) } }, 'endpoints.a.priceMultipliers'],
])('the file says what is wrong with %j', (part, place) => {
  expect(() => readConfig({ endpoints: { a: at('a') }, ...part })).toThrow(place)
})
