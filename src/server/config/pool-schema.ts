/**
 * `pools`: endpoints that stand in for each other.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, choice, count, duration, flag, text } from './fields.ts'

const MEMBER = 'a member: "endpoint", "endpoint/model", "pool", or { "to", "weight", "priority" }'

const Member = v.union(
  [
    v.pipe(v.string(MEMBER), v.nonEmpty(MEMBER)),
    v.strictObject(
      {
        to: text('An endpoint, an endpoint and its model, or another pool.'),
        weight: v.optional(amount('Its share, beside the others. Default: that of the endpoint.')),
        priority: v.optional(amount('The least is first. Default: that of the endpoint.', { min: -Infinity })),
      },
      MEMBER,
    ),
  ],
  MEMBER,
)

const Retry = v.strictObject(
  {
    attempts: v.optional(count('The most attempts for one request, the first included. Default 8.', { min: 1 })),
    deadlineMs: v.optional(duration('After this long no further attempt is begun. Default 2m.')),
    waitMs: v.optional(duration('How long one request may wait between attempts, all waits together. Default 15s.')),
    cost: v.optional(amount('US dollars that all attempts together may cost by estimate. Default: no limit.')),
    throttle: v.optional(
      v.pipe(
        v.union(
          [
            v.literal(false, 'false'),
            v.strictObject(
              {
                tokens: v.optional(count('How many failures in a row are retried before retries stop. Default 20.', { min: 1 })),
                ratio: v.optional(amount('What an answer gives back of what a failure took. Default 0.5.')),
                perSecond: v.optional(amount('What each second gives back. Default 0.1.')),
              },
              'false, or an object',
            ),
          ],
          'false, or an object',
        ),
        v.description('Bounds the retries of all requests together, so that an outage is not made worse. false: no such bound.'),
      ),
    ),
  },
  'an object',
)

export const Pool = v.strictObject(
  {
    members: v.pipe(
      v.array(Member, 'a list of members'),
      v.minLength(1, 'at least one member'),
      v.description('"endpoint", "endpoint/model", "pool", or { "to", "weight", "priority" }.'),
    ),
    retry: v.optional(v.pipe(Retry, v.description('What one request may use up.'))),
  },
  'an object with "members"',
)

void [choice, flag]
