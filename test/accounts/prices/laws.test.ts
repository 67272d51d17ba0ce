import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPrices, parseMoney, type OwnPrice, type TokenUsage } from '../../../src/accounts/index.ts'

/** As providers list them: up to six digits after the point, so that a token's price is a whole number of picodollars. */
const listed = fc.integer({ min: 0, max: 200_000_000 }).map((millionths) => millionths / 1e6)
const price: fc.Arbitrary<OwnPrice> = fc.record(
  { input: listed, output: listed, cacheRead: listed, cacheWrite: listed, cacheWriteLong: listed, serverToolCalls: listed },
  { requiredKeys: ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong'] },
)
const count = fc.integer({ min: 0, max: 2_000_000 })
const usage: fc.Arbitrary<TokenUsage> = fc
  .record({
    input: count,
    cacheRead: count,
    cacheWrite: count,
    output: count,
    long: fc.nat(100),
    thought: fc.nat(100),
    serverToolCalls: fc.nat(50),
  })
  .map(({ long, thought, ...rest }) => ({
    ...rest,
    cacheWriteLong: Math.floor((rest.cacheWrite * long) / 100),
    reasoning: Math.floor((rest.output * thought) / 100),
  }))

const at = 0
const costOf = (own: OwnPrice) => {
  const prices = createPrices({ data: false, models: { m: own } })
  return (usage: TokenUsage) => parseMoney(prices.cost({ endpoint: 'e', model: 'm', usage, at })!.amount)
}
const plus = (a: TokenUsage, b: TokenUsage): TokenUsage =>
  Object.fromEntries((Object.keys(a) as (keyof TokenUsage)[]).map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)]))

test('what two requests cost together is what they cost one by one', () => {
  fc.assert(fc.property(price, usage, usage, (own, a, b) => costOf(own)(plus(a, b)) === costOf(own)(a) + costOf(own)(b)))
})

test('nothing costs less than nothing, or less for more tokens', () => {
  const anything = fc.option(fc.oneof(count, fc.double(), fc.integer({ min: -1e9, max: -1 })), { nil: undefined })
  const odd = fc.record({
    input: anything,
    cacheRead: anything,
    cacheWrite: anything,
    cacheWriteLong: anything,
    output: anything,
    reasoning: anything,
  })
  fc.assert(fc.property(price, odd, (own, given) => costOf(own)(given as TokenUsage) >= 0n))
  fc.assert(fc.property(price, usage, usage, (own, a, b) => costOf(own)(plus(a, b)) >= costOf(own)(a)))
})

test('ten thousand costs add up to the cost of all their tokens, to the last digit', () => {
  const cost = costOf({ input: 0.435, output: 0.87, cacheRead: 0.003625, cacheWrite: 0.1, cacheWriteLong: 0.3 })
  const one = { input: 1, cacheRead: 3, cacheWrite: 7, cacheWriteLong: 2, output: 11 }
  let sum = 0n
  for (let i = 0; i < 10_000; i++) sum += cost(one)
  expect(sum).toBe(cost({ input: 1e4, cacheRead: 3e4, cacheWrite: 7e4, cacheWriteLong: 2e4, output: 11e4 }))
  expect(sum).toBe(parseMoney('0.11115875'))
})

test('reasoning costs nothing besides the output that it is a part of', () => {
  fc.assert(fc.property(price, usage, (own, given) => costOf(own)(given) === costOf(own)({ ...given, reasoning: 0 })))
})
