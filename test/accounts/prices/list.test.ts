/**
 * The price list against the package that it is from: whatever model of whatever provider, both find the same prices.
 */
import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPriceList } from '../../../src/accounts/prices/list/find.ts'
import { pricesAt } from '../../../src/accounts/prices/list/in-force.ts'
import type { ListedModel, Match } from '../../../src/accounts/prices/list/listed.ts'
import { PROVIDERS } from '../../../src/accounts/prices/list/providers.ts'

const list = createPriceList(PROVIDERS)
const models = PROVIDERS.flatMap(({ id, models }) => (JSON.parse(models) as ListedModel[]).map((model) => ({ provider: id, model })))

/** What is written of names in a clause: near enough to real ones that both hits and misses are among them. */
const namesIn = (match: Match): string[] =>
  'or' in match ? match.or.flatMap(namesIn) : 'and' in match ? match.and.flatMap(namesIn) : Object.values(match as Record<string, string>)

const names = [...new Set(models.flatMap(({ model: { id, match } }) => [id, ...namesIn(match)]))]
const anyName = fc
  .tuple(
    fc.constantFrom('', ' ', 'openai/', 'x-', 'us.'),
    fc.constantFrom(...names),
    fc.constantFrom('', '-20260115', '-20260230', ':free', '-v1', '-tts', '-PRO'),
  )
  .map((parts) => parts.join(''))
const anyTime = fc.date({ min: new Date('2025-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })

const packaged = (model: string, timestamp: Date, providerId?: string) => {
  const found = calcPrice({}, model, { timestamp, ...(providerId !== undefined && { providerId }) })
  return found && { provider: found.provider.id, model: found.model.id, prices: plain(found.model_price) }
}
/** The package has a class for prices with tiers. */
const plain = (prices: ModelPrice): unknown => JSON.parse(JSON.stringify(prices))

const listed = (model: string, at: Date, providerId?: string) => {
  const provider = providerId === undefined ? list.makerOf(model) : list.provider(providerId)
  const found = provider && list.model(provider, model)
  return found ? { provider: provider.id, model: found.id, prices: pricesAt(found, at.getTime()) } : null
}

test('all models of the package are there, at all times at which their prices change', () => {
  expect(models.length).toBeGreaterThan(1500)
  const times = [
    '2025-01-01',
    '2026-03-12T23:59:59.999Z',
    '2026-11-21T00:29:59.999Z',
    '2026-11-21T00:30Z',
    '2026-11-21T12:00Z',
    '2026-11-21T16:30Z',
    '2027-06-01',
  ]
  for (const { provider, model } of models)
    for (const time of times) expect(listed(model.id, new Date(time), provider)).toEqual(packaged(model.id, new Date(time), provider))
})

test('any name means the same model, of a provider or of whoever made it', () => {
  const provider = fc.option(fc.constantFrom(...PROVIDERS.map(({ id }) => id)), { nil: undefined })
  fc.assert(
    fc.property(anyName, anyTime, provider, (name, time, provider) => {
      expect(listed(name, time, provider)).toEqual(packaged(name, time, provider))
    }),
    { numRuns: 3000 },
  )
})

test.each(PROVIDERS.map(({ id, api_pattern }) => [id, api_pattern] as const))('%s is known by its names and addresses', (id, pattern) => {
  const urls = [
    `https://${id}.example/v1`,
    `${pattern.replaceAll(/\\(.)|\(\?:([^|)]+)[^)]*\)\??|\[[^\]]*\][+*]?|[()?]/g, (_, dot = '', first = 'a') => dot || first)}/v1`,
  ]
  for (const url of urls) expect(list.provider(url)?.id).toBe(findProvider({ providerApiUrl: url })?.id)
  for (const name of [id, ` ${id.toUpperCase()}`, `${id}-eu`, `my ${id}`])
    expect(list.provider(name)?.id).toBe(findProvider({ providerId: name })?.id)
})
