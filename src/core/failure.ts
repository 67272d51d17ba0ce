/**
 * The closed vocabulary of failures, by whose fault they are. Every error of every provider is read into one of these,
 * and written from it in the client's own format.
 *
 * @module
 */
import type { ProtocolName } from './chat.ts'
import type { JsonObject } from './json.ts'

export type FailureKind =
  // the caller's fault: never retried anywhere
  | 'invalid-request'
  | 'context-overflow'
  | 'too-large'
  | 'not-found'
  | 'unsupported'
  // policy
  | 'content-policy'
  | 'permission'
  // credential, quota
  | 'authentication'
  | 'billing'
  | 'rate-limit'
  // the provider's fault
  | 'overloaded'
  | 'server-error'
  | 'bad-response'
  // the way there and back
  | 'network'
  | 'timeout'
  | 'truncated'
  // nobody's
  | 'conflict'
  | 'cancelled'
  | 'internal'

/** What went wrong, in no protocol's words. */
export interface Failure {
  kind: FailureKind
  /** HTTP status: the provider's own where there was one, otherwise what the kind deserves. */
  status: number
  /** What failed and what to do next, for people. The provider's own words where it gave any. */
  message: string
  /** The provider's finer code: `context_length_exceeded`, `API_KEY_INVALID` … */
  code?: string
  /** The field at fault. */
  param?: string
  /** Seconds until a retry makes sense. */
  retryAfter?: number
  /** What the provider says of a retry: `false`, that it is of no use; `true`, that it is worth it. */
  retryable?: boolean
  /** It came amid an answer that had a good status, so that the status here is a guess. */
  amid?: true
  /** The provider's id of the request. */
  requestId?: string
  /** Tokens asked for and allowed, of a `context-overflow`. */
  tokens?: { used?: number; limit?: number }
  /** The provider's answer as it was, for clients of the same protocol and for people who look closer. */
  source?: { protocol: ProtocolName; body: unknown }
  /** More that the provider said about it. */
  details?: JsonObject
}

/** The status that a failure has where no provider gave one. */
export const STATUS: Record<FailureKind, number> = {
  'invalid-request': 400,
  'context-overflow': 400,
  'too-large': 413,
  'not-found': 404,
  unsupported: 400,
  'content-policy': 403,
  permission: 403,
  authentication: 401,
  billing: 402,
  'rate-limit': 429,
  overloaded: 529,
  'server-error': 500,
  'bad-response': 502,
  network: 502,
  timeout: 504,
  truncated: 502,
  conflict: 409,
  cancelled: 499,
  internal: 500,
}

const KIND_OF_STATUS: Record<number, FailureKind> = {
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  413: 'too-large',
  424: 'server-error',
  429: 'rate-limit',
  498: 'overloaded',
  499: 'cancelled',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
}

/** The kind that a bare HTTP status tells, where the body tells nothing better. */
export const kindOfStatus = (status: number): FailureKind => KIND_OF_STATUS[status] ?? (status >= 500 ? 'server-error' : 'invalid-request')

const MARK = Symbol.for('cc-route.failure')

/** A failure on its way up the stack. Told apart by a mark, so that two copies of this package understand each other. */
export class FailureError extends Error {
  readonly [MARK] = true
  constructor(
    readonly failure: Failure,
    options?: ErrorOptions,
  ) {
    super(failure.message, options)
    this.name = 'FailureError'
  }
}

export const isFailureError = (error: unknown): error is FailureError => typeof error === 'object' && error !== null && MARK in error

/** Throws `failure`. */
export function fail(failure: Omit<Failure, 'status'> & { status?: number }, cause?: unknown): never {
  throw new FailureError({ ...failure, status: failure.status ?? STATUS[failure.kind] }, cause === undefined ? undefined : { cause })
}

/** Whether the stack has overflowed: something is nested more deeply than those who read it can go. */
const isTooDeep = (error: unknown): boolean => error instanceof RangeError && /call stack/i.test(error.message)

export const QUESTION_TOO_DEEP: Failure = {
  kind: 'invalid-request',
  status: STATUS['invalid-request'],
  message: 'The request is nested too deeply. Flatten it and try again.',
  retryable: false,
}
export const ANSWER_TOO_DEEP: Failure = {
  kind: 'bad-response',
  status: STATUS['bad-response'],
  message: "The upstream's answer is nested too deeply. Try again.",
}

/**
 * Throws `tooDeep` in place of an overflow of the stack in `run`, which is given `input`. Found out when it happens: to look at the depth first
 * would cost every request.
 */
export function bounded<T>(run: () => T, tooDeep: Failure): T
export function bounded<T, Input>(run: (input: Input) => T, tooDeep: Failure, input: Input): T
export function bounded<T>(run: (input: unknown) => T, tooDeep: Failure, input?: unknown): T {
  try {
    return run(input)
  } catch (error) {
    if (isTooDeep(error)) fail(tooDeep, error)
    throw error
  }
}

/** Any thrown value as a failure: a {@link FailureError}'s own, otherwise `internal`. What overflowed the stack, and was not {@link bounded}, is a question. */
export function failureOf(error: unknown): Failure {
  if (isFailureError(error)) return error.failure
  if (isTooDeep(error)) return QUESTION_TOO_DEEP
  return {
    kind: 'internal',
    status: 500,
    message: `cc-route failed: ${error instanceof Error ? error.message : String(error)}. This is a bug; please report it.`,
  }
}

/** Whether what a body tells is a status that an error can have. */
export const isErrorStatus = (code: unknown): code is number => typeof code === 'number' && code >= 400 && code < 600

/** The provider's id of the request, where a header can hold it. Providers tell it in bodies, too, and whoever stands before them what they like. */
export const idForHeader = ({ requestId }: Failure): string | undefined =>
  requestId !== undefined && /^[\x21-\x7e]{1,256}$/.test(requestId) ? requestId : undefined
