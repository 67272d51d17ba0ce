/**
 * `prices`, and what endpoints say of theirs.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, byName, flag } from './fields.ts'

export const Price = v.strictObject(
  {
    input: amount('Tokens of the question.'),
    output: amount('Tokens of the answer.'),
    cacheRead: v.optional(amount('Tokens of the question that were read from the cache. Default: a tenth of `input`.')),
    cacheWrite: v.optional(amount('Tokens of the question that were written to the cache. Default: 1.25 times `input`.')),
    cacheWriteLong: v.optional(amount('Those written to a cache that lives an hour. Default: 1.6 times `cacheWrite`.')),
    serverToolCalls: v.optional(amount('A thousand calls of tools that the provider runs, such as web searches. Default 0.')),
    requests: v.optional(amount('A thousand requests by themselves. Default 0.')),
  },
  'an object of prices',
)

const model = v.pipe(v.string(), v.nonEmpty("a model's name"))

const PRICES_BY_MODEL = 'prices by the names of models'

const Multiplier = amount('What all kinds of tokens are multiplied with.')

const MULTIPLIER = 'a number, or { "input", "output", "cacheRead", "cacheWrite" }'

const kind = (what: string) => v.optional(amount(`What the price of ${what} is multiplied with. Default 1.`))

const Multipliers = v.strictObject(
  {
    input: kind('the question'),
    output: kind('the answer'),
    cacheRead: kind('what was read from the cache'),
    cacheWrite: kind('what was written to the cache'),
  },
  MULTIPLIER,
)

/** Of an endpoint. */
export const PriceMultipliers = v.pipe(
  byName(model, v.union([Multiplier, Multipliers], MULTIPLIER), 'multipliers by the names of models'),
  v.description(
    'What its prices are multiplied with, by the provider\'s names of models, which may hold `*`: { "*": 1.2 }. What is said of a model is multiplied with what is said of `*`; 0 is 1.',
  ),
)

const UNPRICED = '"allow", "deny" or { "flat": { "input", "output" } }'

export const Prices = v.pipe(
  v.strictObject(
    {
      models: v.optional(
        v.pipe(
          byName(model, Price, PRICES_BY_MODEL),
          v.description(
            "What models cost, whoever serves them, by the providers' names of them, which may hold `*`; over what is known. What an endpoint says of its price is stronger.",
          ),
        ),
      ),
      serviceTiers: v.optional(
        v.pipe(
          byName(v.string(), amount('What it multiplies the prices of tokens with.'), 'multipliers by the names of service tiers'),
          v.description('What service tiers multiply the prices of tokens with, over what is known: { "priority": 2, "flex": 0.5 }.'),
        ),
      ),
      unpriced: v.optional(
        v.pipe(
          v.union(
            [v.picklist(['allow', 'deny'], UNPRICED), v.strictObject({ flat: v.pipe(Price, v.description('What they cost.')) }, UNPRICED)],
            UNPRICED,
          ),
          v.description(
            'What becomes of models without a price. allow: they are asked, and counted as unpriced. deny: they are not asked. { "flat": … }: they cost this. Default allow.',
          ),
        ),
      ),
      data: v.optional(flag('Take the prices that providers list, as this version knows them, where nothing else is said. Default true.')),
    },
    'an object',
  ),
  v.description('What tokens cost, in US dollars per million.'),
)
