/**
 * `retry`: what one request may use up.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, count, duration, flag } from './fields.ts'

const OFF = 'false, or an object'
const Throttle = v.union(
  [
    v.literal(false, OFF),
    v.strictObject(
      {
        tokens: v.optional(
          count('Retries stop when half as many attempts as this have failed, one after the other. Default 20.', { min: 1 }),
        ),
        ratio: v.optional(amount('What an answer gives back of what a failure took. Default 0.5.')),
        forgetMs: v.optional(duration('After so long without a failure all is forgotten. Default 1h.')),
      },
      OFF,
    ),
  ],
  OFF,
)

const shared = {
  attempts: v.optional(count('The most attempts for one request, the first included. Default 8.', { min: 1 })),
  deadlineMs: v.optional(duration('After this long no further attempt is begun. Default 2m.')),
  waitMs: v.optional(duration('How long one request may wait between attempts, all waits together. Default 15s.')),
  cost: v.optional(amount('US dollars that all attempts together may cost by estimate. Default: no limit.')),
  throttle: v.optional(
    v.pipe(
      Throttle,
      v.description('Bounds the retries of all requests together, so that an outage is not made worse. false: no such bound.'),
    ),
  ),
}
const ambiguous = v.optional(
  flag('Whether the same key is tried again where the request may have been answered and billed already. Default false.'),
)
const contentPolicy = v.optional(flag('Whether somebody else is asked after a refusal by a content policy. Default false.'))
const attemptsPerMember = v.optional(count('The most attempts for each member, instead of attempts.', { min: 1 }))

const MEANS = 'What one request may use up.'

export const EndpointRetry = v.pipe(v.strictObject({ ...shared, ambiguous }, 'an object'), v.description(MEANS))
export const PoolRetry = v.pipe(
  v.strictObject({ ...shared, attemptsPerMember, ambiguous, contentPolicy }, 'an object'),
  v.description(MEANS),
)
export const RouteRetry = v.pipe(v.strictObject({ ...shared, contentPolicy }, 'an object'), v.description(MEANS))
