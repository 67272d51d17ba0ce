/**
 * A target: where a request goes.
 *
 * @module
 */
import * as v from 'valibot'
import type { Changes, Parameters } from '../../router/routing/parameters.ts'
import { amount, choice, count, flag, list, text } from './fields.ts'
import { EFFORTS } from '../../router/routing/reasoning.ts'

const EXPECTED = 'a target: "endpoint", "pool", "endpoint/model", or an object with "to" or "split"'

/** As the file has it. */
export type Target = string | TargetObject

interface Shared {
  split: { to: Target; weight?: number | undefined }[]
  by?: 'session' | 'request' | undefined
  name?: string | undefined
}

export interface TargetObject extends Partial<Shared> {
  to?: string | Shared | undefined
  model?: string | undefined
  set?: Parameters | undefined
  defaults?: Parameters | undefined
  maxTokens?: Changes['maxTokens'] | undefined
  fallbacks?: Target[] | undefined
  strict?: boolean | undefined
}

const Nested: v.GenericSchema<Target> = v.lazy(() => Target)

const Share = v.strictObject(
  { to: Nested, weight: v.optional(amount('Its share, beside the others. Default 1.')) },
  'an object with "to" and "weight"',
)

const split = v.pipe(
  v.array(Share, 'a list of { "to", "weight" }'),
  v.minLength(1, 'at least one { "to", "weight" }'),
  v.description('Targets that share the requests by weight.'),
)
const sharing = {
  by: v.optional(choice('What stays with the same one of them. Default session.', ['session', 'request'])),
  name: v.optional(text('Splits of different names divide the sessions independently. Default: the name of the rule.')),
}

const Effort = v.picklist(EFFORTS, `one of ${EFFORTS.join(', ')}`)

/** Parameters that a route sets. `null` takes one away. */
const parameters = (description: string) => {
  const settable = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema))
  return v.pipe(
    v.strictObject(
      {
        temperature: settable(amount('0 to 2.', { max: 2 })),
        topP: settable(amount('0 to 1.', { max: 1 })),
        topK: settable(count('A number of tokens.')),
        seed: settable(count('A seed.')),
        frequencyPenalty: settable(amount('-2 to 2.', { min: -2, max: 2 })),
        presencePenalty: settable(amount('-2 to 2.', { min: -2, max: 2 })),
        maxTokens: settable(count('The most tokens of the answer.', { min: 1 })),
        stop: settable(list('Texts at which the answer ends.', text('A text.'))),
        verbosity: settable(choice('How much to say.', ['low', 'medium', 'high'])),
        serviceTier: settable(choice('How fast and how dear.', ['auto', 'standard', 'flex', 'priority', 'fast', 'scale'])),
        parallelToolCalls: settable(flag('Several tools may be called at once.')),
        reasoning: settable(
          v.pipe(
            v.union(
              [
                Effort,
                v.strictObject(
                  { effort: v.optional(Effort), budget: v.optional(count('Tokens.')) },
                  'an effort, or { "effort", "budget" }',
                ),
              ],
              'an effort, or { "effort", "budget" }',
            ),
            v.description('How much to reason: an effort, or { "effort", "budget" } with a budget of tokens.'),
          ),
        ),
      },
      'an object of parameters',
    ),
    v.description(description),
  )
}

const Clamp = v.union(
  [
    count('The most.', { min: 1 }),
    v.strictObject(
      { atLeast: v.optional(count('The fewest.', { min: 1 })), atMost: v.optional(count('The most.', { min: 1 })) },
      'a number, or { "atLeast", "atMost" }',
    ),
  ],
  'a number, or { "atLeast", "atMost" }',
)

const DESTINATION = '"endpoint", "pool" or { "split" }'

/** A target that may say `more` than where to go. */
const targetWith = <T extends v.ObjectEntries>(more: T, expected = EXPECTED) =>
  v.pipe(
    v.union(
      [
        v.pipe(v.string(expected), v.nonEmpty(expected)),
        v.pipe(
          v.strictObject(
            {
              to: v.optional(
                v.pipe(
                  v.union([v.pipe(v.string(), v.nonEmpty(DESTINATION)), v.strictObject({ split, ...sharing }, DESTINATION)], DESTINATION),
                  v.description('An endpoint, a pool, or { "split" }.'),
                ),
              ),
              model: v.optional(
                text(
                  "The model to ask for there. `*` stands for the client's; in a route of `models` for what the `*` of its pattern stood for.",
                ),
              ),
              set: v.optional(parameters('Parameters in place of what the client said; null takes one away.')),
              defaults: v.optional(parameters('Parameters where the client said nothing.')),
              maxTokens: v.optional(
                v.pipe(Clamp, v.description('Bounds of the tokens that an answer may ask for: the most, or { "atLeast", "atMost" }.')),
              ),
              fallbacks: v.optional(
                list(
                  'Where to go, in this order, when this target cannot take the request or fails in a way that another may survive.',
                  Nested,
                ),
              ),
              strict: v.optional(flag('Refuse what this target could not be told without loss. Default false.')),
              split: v.optional(split),
              ...sharing,
              ...more,
            },
            expected,
          ),
          v.check((target) => 'to' in target !== 'split' in target, 'either "to" or "split"'),
          v.check(
            (target) => 'to' in target || Object.keys(target).every((name) => SHARING.has(name)),
            'nothing beside "split" but "by" and "name". Write { "to": { "split": … }, … } to say more',
          ),
        ),
      ],
      expected,
    ),
    v.description('"endpoint", "pool", "endpoint/model", or an object that says more.'),
  )

const SHARING = new Set(['split', 'by', 'name'])

/** Where a request goes: to an endpoint or a pool, with a model of it, with changes, or shared out. */
export const Target: v.GenericSchema<Target> = targetWith({})

export const LongContext = targetWith({ above: v.optional(count('Requests of more tokens of input, by estimate. Default 60000.')) })

export const Background = targetWith({
  models: v.optional(
    list('The models that are asked for small tasks; `*` stands for anything. Default: any Claude Haiku.', text('A pattern.')),
  ),
})

export const Think = targetWith({
  effort: v.optional(v.pipe(Effort, v.description('At least so much reasoning is asked for. Default low.'))),
})
