import { describe, expect, test } from 'vitest'
import { createPrices, type PricesOptions, type TokenUsage, type Use } from '../../../src/accounts/index.ts'

const at = Date.parse('2026-11-21T12:00Z')
const MILLION: TokenUsage = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite: 2_000_000, cacheWriteLong: 1_000_000, output: 1_000_000 }

async function priced(options: PricesOptions, use: Partial<Use>) {
  const prices = createPrices(options)
  await prices.ready()
  return prices.cost({ endpoint: 'relay', model: 'm', usage: MILLION, at, ...use })
}
const own = (options: PricesOptions, use: Partial<Use> = {}) => priced({ data: false, ...options }, use)

describe('a price of one’s own', () => {
  test('takes a tenth for reading the cache, 1.25 times for writing to it, and twice for an hour, unless it says otherwise', async () => {
    expect(await own({ models: { m: { input: 4, output: 20 } } })).toEqual({
      amount: '37.4', // 4 + 0.4 + 5 + 8 + 20
      rates: { input: '4', output: '20', cacheRead: '0.4', cacheWrite: '5', cacheWriteLong: '8', from: 'config' },
    })
  })

  test('of 0 is free, and stays so for an hour', async () => {
    expect(await own({ models: { m: { input: 4, output: 20, cacheRead: 0, cacheWrite: 0 } } })).toMatchObject({ amount: '24' })
    expect(await own({ models: { m: { input: 0, output: 0 } } })).toMatchObject({ amount: '0' })
  })

  test.each([
    ['https://api.anthropic.com', 'claude-opus-4-6', 'fast', '6'],
    ['https://api.anthropic.com/v1', 'claude-opus-4-6', 'priority', '1'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com', 'anthropic.claude-opus-4-6', 'priority', '1'],
    ['https://generativelanguage.googleapis.com/v1beta', 'gemini-3.8-flash', 'priority', '1.8'],
    ['https://notanthropic.com', 'claude-opus-4-6', 'fast', '2'],
  ])('is multiplied by the tiers of whoever has the address %s: %s, %s', async (provider, model, serviceTier, amount) => {
    const options = { models: { [model]: { input: 1, output: 1 } }, endpoints: { relay: { provider } } }
    expect(await own(options, { model, serviceTier, usage: { input: 1_000_000 } })).toMatchObject({ amount })
  })

  test('may say all', async () => {
    const price = { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWriteLong: 5, serverToolCalls: 6, requests: 7 }
    expect(await own({ models: { m: price } }, { usage: { ...MILLION, serverToolCalls: 1000 } })).toMatchObject({ amount: '21.007' })
  })

  test('is stronger than what the provider lists', async () => {
    const use = { model: 'claude-sonnet-5', usage: { input: 1_000_000 } }
    expect(await priced({ models: { 'claude-sonnet-5': { input: 1, output: 1 } } }, use)).toMatchObject({
      amount: '1',
      rates: { from: 'config' },
    })
    expect(await priced({ models: { 'claude-opus-5': { input: 1, output: 1 } } }, use)).toMatchObject({
      amount: '2',
      rates: { from: 'data' },
    })
  })

  test.each<[string, string, number]>([
    ['the exact name, in any case', 'GPT-5.1', 1],
    ['the longest pattern: gpt-5.1* does not hide gpt-5.1-codex*', 'gpt-5.1-codex-max', 2],
    ['the longest pattern', 'gpt-5.1-mini', 3],
    ['what fits at all', 'gpt-9', 4],
    ['the exact name without its date', 'gpt-5.1-2026-01-02', 1],
    ['the exact name with its date', 'gpt-5.1-2026-01-01', 5],
    ['* where nothing else fits', 'llama', 6],
    ['the name behind its maker', 'openai/gpt-5.1', 1],
    ['the name behind its maker and place', 'us.openai.gpt-5.1-v1:0', 1],
  ])('is found by %s', async (_, model, input) => {
    const price = (input: number) => ({ input, output: 0 })
    const models = { '*': price(6), 'gpt-*': price(4), 'gpt-5.1': price(1), 'gpt-5.1*': price(3), 'gpt-5.1-codex*': price(2) }
    const reversed = Object.fromEntries(Object.entries({ ...models, 'gpt-5.1-2026-01-01': price(5) }).toReversed())
    for (const order of [{ ...models, 'gpt-5.1-2026-01-01': price(5) }, reversed])
      expect(await own({ models: order }, { model, usage: { input: 1_000_000 } })).toMatchObject({ amount: String(input) })
  })

  test('of an endpoint is stronger than that of a model, and that of its model stronger still', async () => {
    const options: PricesOptions = {
      models: { m: { input: 1, output: 0 } },
      endpoints: { relay: { price: { input: 2, output: 0 }, models: { 'big-*': { input: 3, output: 0 } } } },
    }
    const usage = { input: 1_000_000 }
    expect(await own(options, { usage })).toMatchObject({ amount: '2' })
    expect(await own(options, { usage, model: 'big-one' })).toMatchObject({ amount: '3' })
    expect(await own(options, { usage, endpoint: 'other' })).toMatchObject({ amount: '1' })
  })

  test('that is none is refused at once', () => {
    expect(() => createPrices({ models: { m: { input: Number.NaN, output: 1 } } })).toThrow('no amount of US dollars')
  })
})

describe('multipliers', () => {
  const models = { '*': { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWriteLong: 1, serverToolCalls: 1000 } }
  const usage = {
    input: 1_000_000,
    cacheRead: 10_000_000,
    cacheWrite: 200_000_000,
    cacheWriteLong: 100_000_000,
    output: 1_000_000_000,
    serverToolCalls: 1,
  }

  test.each<[string, NonNullable<PricesOptions['endpoints']>[string]['multipliers'], string]>([
    ['absent and 0 are 1', { '*': { input: 0 }, m: 0 }, '1212'],
    ['a number is for all tokens, and for nothing else', { '*': 2 }, '2423'],
    ['each kind has its own', { '*': { input: 2, cacheRead: 3, cacheWrite: 4, output: 5 } }, '5833'],
    ['that of a model times that of all', { '*': { input: 2 }, m: { input: 1.5, cacheRead: 2 } }, '1224'],
    ['the exact name, else the longest', { 'm*': { input: 7 }, m: { input: 2 }, '*': 1 }, '1213'],
  ])('%s', async (_, multipliers, amount) => {
    expect(await own({ models, endpoints: { relay: { multipliers } } }, { usage })).toMatchObject({ amount })
    expect(await own({ models, endpoints: { other: { multipliers } } }, { usage })).toMatchObject({ amount: '1212' })
  })

  test('are told with the price, which has been multiplied already', async () => {
    const found = await priced({ endpoints: { relay: { multipliers: { '*': 1.2 } } } }, { model: 'claude-opus-5', serviceTier: 'batch' })
    expect(found?.rates).toMatchObject({
      input: '3',
      output: '15',
      cacheRead: '0.3',
      multiplied: { input: '0.6', output: '0.6', cacheRead: '0.6', cacheWrite: '0.6' },
    })
  })
})

describe('service tiers', () => {
  const tier = async (serviceTier: string, serviceTiers = {}) =>
    (await own({ models: { m: { input: 1, output: 1 } }, serviceTiers }, { usage: { input: 1_000_000 }, serviceTier }))?.amount

  test.each([
    ['priority', '2'],
    ['fast', '2'],
    ['flex', '0.5'],
    ['batch', '0.5'],
    ['default', '1'],
    ['standard', '1'],
    ['toString', '1'],
    ['PRIORITY', '2'],
  ])('%s costs %s times the usual', async (name, factor) => {
    expect(await tier(name)).toBe(factor)
  })

  test('may be said', async () => {
    expect(await tier('priority', { priority: 2.5 })).toBe('2.5')
    expect(await tier('gold', { gold: 3 })).toBe('3')
  })
})

describe('a model without a price', () => {
  test('costs nothing that is known', async () => expect(await own({})).toBeUndefined())

  test('may cost a flat price, which says so', async () => {
    expect(await own({ unpriced: { flat: { input: 1, output: 2 } } }, { usage: { input: 1_000_000 } })).toMatchObject({
      amount: '1',
      rates: { from: 'flat' },
    })
  })
})

describe('the data', () => {
  test('is not loaded before it is asked for, and then once', async () => {
    let loads = 0
    const data = async () => (
      loads++,
      ({ model }: { model: string }) => (model === 'm' ? { provider: 'p', at: () => ({ input: 1 }) } : undefined)
    )
    const prices = createPrices({ data, models: { own: { input: 1, output: 1 } } })
    const use = { endpoint: 'e', usage: { input: 1 }, at }
    expect(prices.cost({ ...use, model: 'own' })).toBeDefined()
    expect(prices.cost({ ...use, model: 'm' })).toBeUndefined()
    expect(loads).toBe(0)
    await Promise.all([prices.ready(), prices.ready()])
    expect(loads).toBe(1)
    expect(prices.cost({ ...use, model: 'm' })).toMatchObject({ amount: '0.000001', rates: { from: 'data' } })
  })

  test('that cannot be loaded is tried again', async () => {
    let loads = 0
    const prices = createPrices({ data: () => (loads++ ? Promise.resolve(() => undefined) : Promise.reject(new Error('not there'))) })
    await expect(prices.ready()).rejects.toThrow('not there')
    await prices.ready()
    expect(loads).toBe(2)
  })
})
