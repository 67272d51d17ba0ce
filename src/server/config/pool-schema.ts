/**
 * `pools`: endpoints that stand in for each other.
 *
 * @module
 */
import * as v from 'valibot'
import { STRATEGIES, type Strategy } from '../../router/pool/balance-strategies.ts'
import { BREAKER_PRESETS, type BreakerPreset } from '../../router/pool/breaker-options.ts'
import { PoolRetry } from './retry-schema.ts'
import { amount, choice, count, duration, text } from './fields.ts'

const namesOf = <T extends string>(table: Record<T, unknown>) => Object.keys(table) as T[]

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

const OFF = 'false, or an object'
const off = v.literal(false, OFF)

const Affinity = v.union(
  [
    off,
    v.strictObject(
      {
        ttlMs: v.optional(duration('How long after its last answer a conversation finds its member again. Default 1h.')),
        cacheTtlMs: v.optional(duration('How long providers keep an unused prompt cache. Default 5m.')),
        valueOfTime: v.optional(amount('US dollars that a second of waiting for a warm member is worth. Default 0.01.')),
      },
      OFF,
    ),
  ],
  OFF,
)

const BREAKER = `false, one of ${namesOf(BREAKER_PRESETS).join(', ')}, or an object with "kind"`

const BreakerRule = v.pipe(
  v.strictObject(
    {
      kind: choice('What opens it: the latest results, those of some time, or failures in a row.', ['window', 'time', 'consecutive']),
      size: v.optional(count('window: how many results count. Default 10.', { min: 1 })),
      windowMs: v.optional(duration('time: how long results count. Default 10s.')),
      rate: v.optional(amount('The share of failures that opens it. Default 0.5.', { max: 1 })),
      minimum: v.optional(count('With fewer results than this it stays closed. Default 5.', { min: 1 })),
      failures: v.optional(count('So many failures in a row open it. Default 5 for consecutive.', { min: 1 })),
      recoveryMs: v.optional(duration('How long it stays open. Default 30s.')),
      factor: v.optional(amount('What that is multiplied by each time a probe fails. Default 2.', { min: 1 })),
      maxRecoveryMs: v.optional(duration('The longest it stays open. Default 5m.')),
      probes: v.optional(count('How many probes in a row must succeed to close it. Default 1.', { min: 1 })),
      probeMs: v.optional(duration('How long a probe may keep others away. Default 2m.')),
    },
    BREAKER,
  ),
  v.check(({ kind, size }) => size === undefined || kind === 'window', '"size" with the kind window only'),
  v.check(({ kind, windowMs }) => windowMs === undefined || kind === 'time', '"windowMs" with the kind time only'),
  v.check(
    ({ kind, rate, minimum }) => kind !== 'consecutive' || (rate === undefined && minimum === undefined),
    '"failures" alone with the kind consecutive',
  ),
)

const Breaker = v.union([v.literal(false, BREAKER), v.picklist(namesOf<BreakerPreset>(BREAKER_PRESETS), BREAKER), BreakerRule], BREAKER)

const Hedge = v.strictObject(
  {
    afterMs: duration('So long without an answer.'),
    share: v.optional(amount('The share of requests that may be asked twice. Default 0.05.', { max: 1 })),
  },
  'an object with "afterMs"',
)

const Health = v.strictObject(
  {
    everyMs: duration('Between two checks of each member.'),
    timeoutMs: v.optional(duration('How long a check may take. Default 10s.')),
    failures: v.optional(count('So many checks in a row must fail before requests go elsewhere. Default 2.', { min: 1 })),
    ask: v.optional(
      choice('models: the list of models, which costs nothing; message: a token of an answer. Default models.', ['models', 'message']),
    ),
    model: v.optional(text("The model that a message asks for. Default: the member's own.")),
  },
  'an object with "everyMs"',
)

export const Pool = v.strictObject(
  {
    members: v.pipe(
      v.array(Member, 'a list of members'),
      v.minLength(1, 'at least one member'),
      v.description('"endpoint", "endpoint/model", "pool", or { "to", "weight", "priority" }.'),
    ),
    strategy: v.optional(choice('Who is asked first. Default priority: the members in their order.', namesOf<Strategy>(STRATEGIES))),
    affinity: v.optional(
      v.pipe(Affinity, v.description('Conversations keep their member, for its prompt cache is warm. false: they do not.')),
    ),
    breaker: v.optional(
      v.pipe(
        Breaker,
        v.description(
          'When a member that fails is left alone, and for how long: false, the name of a usual one, or an object. Default default.',
        ),
      ),
    ),
    retry: v.optional(PoolRetry),
    hedge: v.optional(
      v.pipe(Hedge, v.description('Ask a second member when the first one is slow to begin. Both are billed. Default: never.')),
    ),
    commit: v.optional(
      choice(
        "When an answer is the client's. first: with its first meaningful event; complete: when all of it has come, so that every fault is survived. Default first.",
        ['first', 'complete'],
      ),
    ),
    health: v.optional(v.pipe(Health, v.description('Ask the members how they are, so that no request has to find out. Default: never.'))),
    midStream: v.optional(
      choice(
        'When a stream breaks that has begun to reach the client. end: it ends in an error; continue: another member goes on with it once, while it is plain text. Default end.',
        ['end', 'continue'],
      ),
    ),
  },
  'an object with "members"',
)
