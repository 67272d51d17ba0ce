/**
 * `budgets`: what may be used up, of everybody, of a group or of one key.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, choice, count, flag, list, text, zone } from './fields.ts'

const patterns = (what: string, example: string) =>
  v.optional(list(`Only what goes to these ${what}; \`*\` stands for anything. Default: all.`, text(`A name or a pattern: ${example}.`)))

const BUDGET = 'a budget: { "usd": 5, "per": "day" }'

const Budget = v.pipe(
  v.strictObject(
    {
      usd: v.optional(amount('US dollars, by the prices of `prices`.', { max: 1_000_000 })),
      tokens: v.optional(count('Tokens, of questions and answers together.')),
      requests: v.optional(count('Requests, however often one is tried.')),
      per: choice('When it begins anew: days, weeks (on Mondays) and months of the calendar; total: never.', [
        'day',
        'week',
        'month',
        'total',
      ]),
      zone: v.optional(zone('The time zone in which days begin, by its IANA name. Default UTC.')),
      models: patterns('models, as the client or the provider calls them', 'claude-opus-*'),
      routes: patterns('routes, by the rule that chose', 'background'),
      endpoints: patterns('endpoints', 'openai'),
      soft: v.optional(flag('Warn only, in a header and in the log, and refuse nothing. Default false.')),
    },
    BUDGET,
  ),
  v.check(
    ({ usd, tokens, requests }) => [usd, tokens, requests].filter((given) => given !== undefined).length === 1,
    'exactly one of "usd", "tokens" and "requests"',
  ),
)

/** What a budget is of, by the description. */
export const budgets = (description: string) => list(description, Budget, 'a list of budgets')
