import { expect, test } from 'vitest'
import { createPrices, type TokenUsage } from '../../../src/accounts/index.ts'

/** A day on which most prices below held. */
const NOON = '2026-11-21T12:00Z'

interface Row {
  provider: string
  model: string
  usage: TokenUsage
  /** US dollars, worked out by hand from the price lists. */
  costs: string
  at?: string
  serviceTier?: string
}

const row = (provider: string, model: string, usage: TokenUsage, costs: string, rest: Partial<Row> = {}): Row => ({
  provider,
  model,
  usage,
  costs,
  ...rest,
})

const long = 'a question beyond where the price rises'

/** What the providers' pages listed, a question or more of each. Beside each: dollars for a million tokens. */
const TABLE: readonly (readonly [note: string, row: Row])[] = [
  // Claude: read, write, write for an hour, searches
  ['5 / 25', row('anthropic', 'claude-opus-5', { input: 1000, output: 1000 }, '0.03')],
  [
    '5 / 25, read 0.5, write 6.25, hour 10',
    row('anthropic', 'claude-opus-5', { input: 12, cacheRead: 80_000, cacheWrite: 3000, cacheWriteLong: 1000, output: 400 }, '0.07256'),
  ],
  ['read 0.2, a twentieth', row('anthropic', 'claude-opus-5-5', { input: 2000, cacheRead: 100_000, output: 500 }, '0.038')],
  ['read 0.25, a fortieth', row('anthropic', 'claude-fable-5-1', { cacheRead: 100_000, output: 0 }, '0.025')],
  ['write 12.5', row('anthropic', 'claude-fable-5-1', { cacheWrite: 100_000, output: 0 }, '1.25')],
  ['2 / 10, a thousand searches 10', row('anthropic', 'claude-sonnet-5', { input: 20_000, output: 1500, serverToolCalls: 3 }, '0.085')],
  [
    '1 / 5, the batch half',
    row('anthropic', 'claude-haiku-4-5-20251001', { input: 9000, output: 800 }, '0.0065', { serviceTier: 'batch' }),
  ],
  ['3 / 15 up to 200 000', row('anthropic', 'claude-sonnet-4-5', { input: 200_000, output: 1000 }, '0.615')],
  [`6 / 22.5, ${long}`, row('anthropic', 'claude-sonnet-4-5', { input: 200_001, output: 1000 }, '1.222506')],
  [
    `${long} that the cache held`,
    row('anthropic', 'claude-sonnet-4-5', { input: 1, cacheRead: 200_000, output: 1000 }, '0.142506'), // read 0.6
  ],
  [
    '10 / 37.5 before 13 March 2026',
    row('anthropic', 'claude-opus-4-6', { input: 300_000, output: 1000 }, '3.0375', { at: '2026-03-12T23:59Z' }),
  ],
  ['5 / 25 since', row('anthropic', 'claude-opus-4-6', { input: 300_000, output: 1000 }, '1.525', { at: '2026-03-13T00:00Z' })],
  ['30 / 150 in fast mode', row('anthropic', 'claude-opus-4-6', { input: 1000, output: 100 }, '0.045', { serviceTier: 'fast' })],
  [
    'what was paid ahead costs as usual',
    row('anthropic', 'claude-opus-5', { input: 1000, output: 1000 }, '0.03', { serviceTier: 'priority' }),
  ],
  [
    '3 / 15 at Vertex, hour 6',
    row('google', 'claude-sonnet-4-5@20250929', { cacheWrite: 2000, cacheWriteLong: 1000, output: 100 }, '0.01125'),
  ],
  ['3.3 / 16.5 in one region', row('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', { input: 10_000, output: 1000 }, '0.0495')],
  // OpenAI
  ['2.5 / 15, read 0.25', row('openai', 'gpt-5.4', { input: 4000, cacheRead: 6000, output: 900, reasoning: 600 }, '0.025')],
  ['the same by its date', row('openai', 'gpt-5.4-2026-03-05', { input: 4000, cacheRead: 6000, output: 900, reasoning: 600 }, '0.025')],
  ['from 272 000 on 5 / 22.5', row('openai', 'gpt-5.4', { input: 272_000, output: 1000 }, '1.3825')],
  ['5 / 30 before 21 August 2026', row('openai', 'gpt-5.6-sol', { input: 10_000, output: 1000 }, '0.08', { at: '2026-08-20T23:59Z' })],
  ['4 / 20, write 5', row('openai', 'gpt-5.6-sol', { input: 10_000, cacheWrite: 2000, output: 1000 }, '0.07')],
  ['1.25 / 10, priority twice', row('openai', 'gpt-5', { input: 8000, output: 500 }, '0.03', { serviceTier: 'priority' })],
  ['0.25 / 2, flex half', row('openai', 'gpt-5-mini', { input: 8000, output: 500 }, '0.0015', { serviceTier: 'flex' })],
  ['10 / 40 before 10 June 2025', row('openai', 'o3', { input: 1000, output: 1000 }, '0.05', { at: '2025-06-09T12:00Z' })],
  ['2 / 8', row('openai', 'o3', { input: 1000, output: 1000 }, '0.01')],
  ['2.5 / 10, read 1.25', row('openai', 'gpt-4o', { input: 1000, cacheRead: 1024, output: 10 }, '0.00388')],
  ['the same at Azure', row('azure', 'gpt-4o', { input: 1000, cacheRead: 1024, output: 10 }, '0.00388')],
  // Google
  [
    '1.25 / 10, read 0.125',
    row('gemini', 'models/gemini-2.5-pro', { input: 10_000, cacheRead: 90_000, output: 2000, reasoning: 1500 }, '0.04375'),
  ],
  [`2.5 / 15, ${long}`, row('vertex', 'publishers/google/models/gemini-2.5-pro', { input: 250_000, output: 1000 }, '0.64')],
  ['0.75 / 3.75', row('gemini', 'gemini-3.8-flash', { input: 10_000, output: 2000 }, '0.015')],
  ['priority 1.8 times', row('gemini', 'gemini-3.8-flash', { input: 10_000, output: 2000 }, '0.027', { serviceTier: 'priority' })],
  ['1.5 / 7.5 from 2027 on', row('gemini', 'gemini-3.8-flash', { input: 10_000, output: 2000 }, '0.03', { at: '2027-01-01T00:00Z' })],
  // DeepSeek: dearer by day, in hours of UTC
  [
    '1.32 / 3.96, read 0.044',
    row('deepseek', 'deepseek-v4-pro', { input: 1000, cacheRead: 9000, output: 500 }, '0.003696', { at: '2026-11-21T03:59Z' }),
  ],
  [
    '0.66 / 1.98, read 0.022',
    row('deepseek', 'deepseek-v4-pro', { input: 1000, cacheRead: 9000, output: 500 }, '0.001848', { at: '2026-11-21T04:00Z' }),
  ],
  // others
  ['3 / 15, read 0.75', row('xai', 'grok-4', { input: 1000, cacheRead: 2000, output: 300 }, '0.009')],
  ['from 200 000 on 2.5 / 5', row('xai', 'grok-4.3', { input: 200_000, output: 1000 }, '0.505')],
  ['2 / 6', row('mistral', 'mistral-large-latest', { input: 5000, output: 700 }, '0.0142')],
  ['0.59 / 0.79', row('groq', 'llama-3.3-70b-versatile', { input: 1234, output: 567 }, '0.00117599')],
  ['0.35 / 0.75', row('cerebras', 'gpt-oss-120b', { input: 2000, output: 2000 }, '0.0022')],
  ['0.88 / 0.88', row('together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', { input: 700, output: 300 }, '0.00088')],
  ['0.15 / 0.6', row('fireworks', 'accounts/fireworks/models/gpt-oss-120b', { input: 2000, output: 500 }, '0.0006')],
  ['0.6 / 2.5, read 0.15', row('kimi', 'kimi-k2-0905-preview', { input: 1000, cacheRead: 4000, output: 400 }, '0.0022')],
  ['0.3 / 1.2, write 0.375', row('minimax', 'MiniMax-M2', { input: 1000, cacheWrite: 1000, output: 100 }, '0.000795')],
  ['3 / 15, a thousand requests 14', row('perplexity', 'sonar-pro', { input: 100, output: 400 }, '0.0203')],
  ['2 / 8, reasoning 3', row('perplexity', 'sonar-deep-research', { input: 1000, output: 5000, reasoning: 4000 }, '0.022')],
  ['0.8 / 3.2', row('bedrock', 'amazon.nova-pro-v1:0', { input: 1000, output: 1000 }, '0.004')],
  ['1.25 / 10', row('openrouter', 'openai/gpt-5', { input: 8000, output: 500 }, '0.015')],
  ['for nothing', row('openrouter', 'deepseek/deepseek-r1:free', { input: 8000, output: 500 }, '0')],
  ['for nothing, on one’s own machine', row('ollama', 'llama3.3', { input: 8000, output: 500 }, '0')],
]

const prices = createPrices()
await prices.ready()

test.each(TABLE.map(([note, given]) => [given.provider, given.model, note, given] as const))(
  '%s takes for %s: %s',
  (_, __, ___, { provider, model, usage, costs, at = NOON, serviceTier }) => {
    const use = { endpoint: 'e', provider, model, usage, at: Date.parse(at), ...(serviceTier && { serviceTier }) }
    expect(prices.cost(use)).toMatchObject({ amount: costs, rates: { from: 'data' } })
  },
)

test.each([
  ['anthropic', 'claude-sonnet-5[1m]'],
  ['https://api.anthropic.com', 'claude-sonnet-5-latest'],
  ['https://relay.example/v1', 'claude-sonnet-5'],
  ['https://relay.example/v1', 'anthropic/claude-sonnet-5'],
  ['https://relay.example/v1', 'claude-sonnet-5-20260801'],
  ['openrouter', '~anthropic/claude-sonnet-5:online'],
  ['openrouter', 'anthropic/claude-sonnet-5'],
  ['vertex', 'publishers/anthropic/models/claude-sonnet-5@20260801'],
  ['vertex', 'claude-sonnet-5@default'],
  [undefined, 'Claude-Sonnet-5'],
])('%s may call it %s', (provider, model) => {
  expect(prices.priceOf({ endpoint: 'e', model, at: Date.parse(NOON), ...(provider && { provider }) })).toMatchObject({
    input: '2',
    output: '10',
    from: 'data',
  })
})

test.each([
  ['anthropic', 'gpt-5'],
  ['groq', 'openai/gpt-5'],
  ['openai', 'nobody-knows-it'],
  ['https://api.openai.com/v1', ''],
  [undefined, 'llama-of-mine'],
])('%s has no price for %s', (provider, model) => {
  const use = { endpoint: 'e', model, at: Date.parse(NOON), ...(provider && { provider }) }
  expect(prices.priceOf(use)).toBeUndefined()
  expect(prices.cost({ ...use, usage: { input: 1 } })).toBeUndefined()
})

test('an endpoint that is called by its host is known by it', () => {
  const at = Date.parse(NOON)
  const model = 'openai/gpt-oss-120b'
  expect(prices.priceOf({ endpoint: 'api.groq.com', model, at })).toBeDefined()
  expect(prices.priceOf({ endpoint: 'api.groq.com', model, at })).toEqual(prices.priceOf({ endpoint: 'e', provider: 'groq', model, at }))
  expect(prices.priceOf({ endpoint: 'api.groq.com', model: 'claude-sonnet-5', at })).toBeUndefined()
  expect(prices.priceOf({ endpoint: 'relay.example:8080', model: 'claude-sonnet-5', at })).toMatchObject({ input: '2' })
})
