/**
 * What each class of failures leads to. All of failing over hangs on this table, and docs/failures.md shows it.
 *
 * @module
 */

/** Whose fault it is. */
export type Fault = 'caller' | 'policy' | 'credential' | 'quota' | 'capacity' | 'provider' | 'network' | 'timeout' | 'stream' | 'internal'

/** What a cooldown reaches. `org`: all keys of one organisation, which share quotas and money; `provider`: all endpoints of one provider. */
export type Scope = 'key' | 'key-model' | 'org' | 'endpoint-model' | 'endpoint' | 'provider'

/** What a class of failures leads to. The rows are in {@link DECISIONS}. */
export interface Decision {
  /** What it is, for people. */
  means: string
  fault: Fault
  /** How often the same key may be tried again, and after what: `reset` waits for the time the provider named, `backoff` for a growing time with full jitter. */
  sameKey?: { tries: number; after: 'at once' | 'backoff' | 'reset' }
  /** Once more with the same key and without this part of the request, whatever else the row says. */
  without?: 'reasoning'
  /** Another key of the same endpoint: any, or one of another organisation. */
  nextKey?: 'any' | 'other-org'
  /** Another endpoint, or another model. */
  nextEndpoint?: true | 'larger-window'
  /** Another endpoint is tried only where the user has asked for that: the row has no `nextEndpoint`. */
  optIn?: true
  /** It tells the same of all endpoints of the provider: those of other providers are tried first. */
  providerWide?: true
  /** Rests for as long as the provider said (`reset`), else for `ms`, which doubles with each failure in a row up to `atMost`. */
  cool?: { scope: Scope; ms: number; atMost?: number; reset?: true }
  /** What it counts against the breaker: all, half, or nothing. Default nothing. */
  breaker?: 'full' | 'half'
  /** The request may have been answered and billed: tried again with the same key only where that is allowed. */
  ambiguous?: true
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** In the order of the way that a request takes: the connection, the credential, the quotas, the model, the provider, the answer, the request itself. */
export const DECISIONS = {
  unreachable: {
    means: 'The connection was refused, or the name, the route or the certificate is wrong: nothing was sent.',
    fault: 'network',
    sameKey: { tries: 1, after: 'at once' },
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 5 * SECOND, atMost: MINUTE },
    breaker: 'full',
  },
  reset: {
    means: 'The connection broke after the request was sent and before an answer came.',
    fault: 'network',
    sameKey: { tries: 1, after: 'at once' },
    nextEndpoint: true,
    nextKey: 'other-org',
    cool: { scope: 'endpoint', ms: 2 * SECOND, atMost: MINUTE },
    breaker: 'full',
    ambiguous: true,
  },
  'connect-timeout': {
    means: 'The connection did not stand in time: nothing was sent.',
    fault: 'timeout',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 10 * SECOND, atMost: 2 * MINUTE },
    breaker: 'full',
  },
  'headers-timeout': {
    means: 'The request was sent, and no status came in time.',
    fault: 'timeout',
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 10 * SECOND, atMost: 2 * MINUTE },
    breaker: 'full',
    ambiguous: true,
  },
  'first-token-timeout': {
    means: 'The status came, and nothing that is part of an answer in time.',
    fault: 'timeout',
    nextEndpoint: true,
    cool: { scope: 'endpoint-model', ms: 10 * SECOND, atMost: 2 * MINUTE },
    breaker: 'full',
    ambiguous: true,
  },
  'silence-timeout': {
    means: 'The answer had begun and then fell silent, or sent nothing but signs of life.',
    fault: 'timeout',
    nextEndpoint: true,
    cool: { scope: 'endpoint-model', ms: 10 * SECOND, atMost: 2 * MINUTE },
    breaker: 'full',
    ambiguous: true,
  },
  'total-timeout': {
    means: 'The whole answer took longer than it may.',
    fault: 'timeout',
    nextEndpoint: true,
    breaker: 'half',
    ambiguous: true,
  },
  'request-timeout': {
    means: 'The provider gave up waiting for the request (408).',
    fault: 'timeout',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    breaker: 'half',
  },
  conflict: {
    means: 'The provider was at odds with another request (409).',
    fault: 'provider',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    breaker: 'half',
  },
  'key-rejected': {
    means: 'The key is wrong, expired, revoked or blocked.',
    fault: 'credential',
    nextKey: 'any',
    nextEndpoint: true,
    cool: { scope: 'key', ms: 30 * MINUTE, atMost: 2 * HOUR },
  },
  forbidden: {
    means: 'The key may not use this model, region or feature.',
    fault: 'credential',
    nextKey: 'any',
    nextEndpoint: true,
    cool: { scope: 'key-model', ms: 30 * MINUTE, atMost: 2 * HOUR },
  },
  'out-of-credit': {
    means: 'No money is left, or a limit on spending is reached.',
    fault: 'quota',
    nextKey: 'other-org',
    nextEndpoint: true,
    cool: { scope: 'org', ms: 30 * MINUTE, atMost: 4 * HOUR, reset: true },
  },
  'quota-exhausted': {
    means: 'The quota of a day, a week or a month is used up: waiting for it is of no use to this request.',
    fault: 'quota',
    nextKey: 'other-org',
    nextEndpoint: true,
    cool: { scope: 'key-model', ms: 30 * MINUTE, atMost: 4 * HOUR, reset: true },
  },
  'rate-limited': {
    means: 'Too many requests or tokens for now, and the provider said until when.',
    fault: 'quota',
    sameKey: { tries: 1, after: 'reset' },
    nextKey: 'other-org',
    nextEndpoint: true,
    cool: { scope: 'key-model', ms: 5 * SECOND, atMost: 5 * MINUTE, reset: true },
  },
  'rate-limited-blind': {
    means: 'Too many requests or tokens for now, and nobody said until when.',
    fault: 'quota',
    sameKey: { tries: 1, after: 'backoff' },
    nextKey: 'any',
    nextEndpoint: true,
    cool: { scope: 'key-model', ms: 2 * SECOND, atMost: 5 * MINUTE },
    breaker: 'half',
  },
  'model-missing': {
    means: 'The provider has no such model, or no longer.',
    fault: 'provider',
    nextEndpoint: true,
    cool: { scope: 'endpoint-model', ms: HOUR, atMost: 12 * HOUR },
  },
  overloaded: {
    means: 'The provider has more to do than it can.',
    fault: 'capacity',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    providerWide: true,
    cool: { scope: 'endpoint-model', ms: 5 * SECOND, atMost: MINUTE, reset: true },
    breaker: 'full',
  },
  'server-error': {
    means: 'The provider failed (500, 502, 503, 504 …).',
    fault: 'provider',
    sameKey: { tries: 2, after: 'backoff' },
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 2 * SECOND, atMost: MINUTE, reset: true },
    breaker: 'full',
  },
  'bad-response': {
    means: 'What came is no answer: a page of HTML, a redirect, nothing, or no JSON.',
    fault: 'provider',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 5 * SECOND, atMost: 2 * MINUTE },
    breaker: 'full',
  },
  truncated: {
    means: 'The answer broke off before its end.',
    fault: 'stream',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    cool: { scope: 'endpoint', ms: 2 * SECOND, atMost: MINUTE },
    breaker: 'full',
    ambiguous: true,
  },
  'stream-error': {
    means: 'The answer had a good status, and then told of an error that says no more.',
    fault: 'stream',
    sameKey: { tries: 1, after: 'backoff' },
    nextEndpoint: true,
    cool: { scope: 'endpoint-model', ms: 2 * SECOND, atMost: MINUTE },
    breaker: 'full',
  },
  'invalid-request': {
    means: 'The request is wrong, here and everywhere.',
    fault: 'caller',
  },
  'context-overflow': {
    means: 'The request is longer than the model can read.',
    fault: 'caller',
    nextEndpoint: 'larger-window',
  },
  'too-large': {
    means: 'The request is larger than the provider takes, in bytes or in tokens at once: waiting does not help.',
    fault: 'caller',
    nextEndpoint: 'larger-window',
  },
  'unsupported-capability': {
    means: 'The request asks for something that this model or provider cannot do; it is written anew for each endpoint.',
    fault: 'caller',
    nextEndpoint: true,
  },
  'reasoning-refused': {
    means: 'The provider cannot verify reasoning that it is given back.',
    fault: 'caller',
    without: 'reasoning',
  },
  'content-policy': {
    means: 'The provider refuses what the request is about.',
    fault: 'policy',
    optIn: true,
  },
  'gateway-policy': {
    means: 'A rule of this gateway, or of one behind it, refuses the request: a budget, a list of allowed models.',
    fault: 'policy',
  },
  'endpoint-policy': {
    means: 'A rule of this gateway keeps the request from this endpoint or model alone: the budget of it is used up.',
    fault: 'policy',
    nextEndpoint: true,
  },
  cancelled: {
    means: 'The client has gone.',
    fault: 'caller',
  },
  internal: {
    means: 'A fault of this program.',
    fault: 'internal',
    nextEndpoint: true,
  },
} as const satisfies Record<string, Decision>

export type FailureClass = keyof typeof DECISIONS
