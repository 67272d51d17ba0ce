/**
 * A target: where a request goes.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, byName, count, list, text } from './fields.ts'

const EXPECTED = 'a target: "endpoint", "pool", "endpoint/model", or an object with "to" or "split"'

/** As the file has it. */
export type Target = string | TargetObject

export interface TargetObject {
  to?: Target | undefined
  model?: string | undefined
  set?: Record<string, unknown> | undefined
  maxTokens?: number | undefined
  fallbacks?: Target[] | undefined
  split?: { to: Target; weight?: number | undefined }[] | undefined
}

const Nested: v.GenericSchema<Target> = v.lazy(() => Target)

const Share = v.strictObject(
  { to: Nested, weight: v.optional(amount('Its share, beside the others. Default 1.')) },
  'an object with "to" and "weight"',
)

/** Where a request goes: to an endpoint or a pool, with a model of it, with changes, or shared out. */
export const Target: v.GenericSchema<Target> = v.pipe(
  v.union(
    [
      v.pipe(v.string(EXPECTED), v.nonEmpty(EXPECTED)),
      v.pipe(
        v.strictObject(
          {
            to: v.optional(Nested),
            model: v.optional(text('The model to ask for there.')),
            set: v.optional(
              v.pipe(
                byName('fields'),
                v.record(v.string(), v.unknown()),
                v.description('Fields to set in the request, in the provider\'s own words: { "temperature": 0 }.'),
              ),
            ),
            maxTokens: v.optional(count('The most tokens that an answer may ask for.', { min: 1 })),
            fallbacks: v.optional(list('Where to go when this fails, in order.', Nested)),
            split: v.optional(
              v.pipe(
                v.array(Share, 'a list of { "to", "weight" }'),
                v.minLength(1, 'at least one { "to", "weight" }'),
                v.description('Targets that share the requests by weight.'),
              ),
            ),
          },
          EXPECTED,
        ),
        v.check(({ to, split }) => (to === undefined) !== (split === undefined), 'either "to" or "split"'),
      ),
    ],
    EXPECTED,
  ),
  v.description('"endpoint", "pool", "endpoint/model", or an object that says more.'),
)
