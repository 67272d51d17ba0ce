/**
 * Google's errors, read.
 * @see https://google.aip.dev/193
 *
 * @module
 */
import { isErrorStatus, kindOfStatus, type Failure, type FailureKind } from '../../core/failure.ts'
import type { UpstreamError } from '../../core/protocol.ts'
import { isLimit, retryableOf, retryAfterOf } from '../../core/retry-after.ts'
import { arrayOf, isObject, stringOf, tryParse, type JsonObject, lookUp } from '../../core/json.ts'

const KIND_OF: Record<string, FailureKind> = {
  INVALID_ARGUMENT: 'invalid-request',
  FAILED_PRECONDITION: 'invalid-request',
  OUT_OF_RANGE: 'invalid-request',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission',
  NOT_FOUND: 'not-found',
  RESOURCE_EXHAUSTED: 'rate-limit',
  CANCELLED: 'cancelled',
  ABORTED: 'conflict',
  ALREADY_EXISTS: 'conflict',
  UNIMPLEMENTED: 'unsupported',
  INTERNAL: 'server-error',
  UNKNOWN: 'server-error',
  DATA_LOSS: 'server-error',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
}
const STATUS_OF: Record<string, number> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
}

/** In seconds. Delays below it are those of limits by the minute. */
const LONG_DELAY = 3600

/** How deep error objects are found inside the messages of others. */
const MAX_NESTING = 5

/** Reads an upstream's error answer: JSON of any of the forms that Google and what stands before it use, or plain text. */
export function decodeError({ status, headers, body, now }: UpstreamError): Failure {
  return { ...failureOfError(body, status, headers, now), ...retryableOf(headers) }
}

/** The failure that an error body tells, which came with HTTP `status` or amid a stream. `now` in milliseconds since 1970. */
export function failureOfError(body: unknown, status: number | undefined, headers?: Headers, now = Date.now()): Failure {
  const error = innermost(body)
  const rpc = stringOf(error.status)
  const details = arrayOf(error.details).filter(isObject)
  const detail = (type: string) => details.find((one) => String(one['@type']).trim().endsWith(type))
  const message =
    stringOf(error.message) ??
    (typeof body === 'string' && body ? body.slice(0, 1000) : `The upstream answered ${status ?? 'with an error'}.`)
  const code = stringOf(detail('ErrorInfo')?.reason) ?? reasonOf(error) ?? rpc
  const real = status ?? (isErrorStatus(error.code) ? error.code : (lookUp(STATUS_OF, rpc ?? '') ?? 500))
  const badKey = code === 'API_KEY_INVALID' || /^API key (not valid|not found|expired)/i.test(message)
  const tokens = overflowOf(message)
  const kind: FailureKind = badKey
    ? 'authentication'
    : tokens
      ? 'context-overflow'
      : real === 413
        ? 'too-large'
        : real === 402 || (/\bbilling\b/i.test(message) && rpc === 'FAILED_PRECONDITION')
          ? 'billing'
          : rpc === 'FAILED_PRECONDITION' && /location/i.test(message)
            ? 'permission'
            : (lookUp(KIND_OF, rpc ?? '') ?? kindOfStatus(real))
  const wait = retryAfterOf({ ...(headers && { headers }), body: { error }, message, now, limited: isLimit(kind) })
  const final = kind === 'rate-limit' && isFinal(detail('QuotaFailure'), message)
  // a daily quota is back tomorrow, whatever the delay says; only a time of hours is meant
  const retryAfter = wait !== undefined && (!final || wait > LONG_DELAY) ? Math.ceil(wait) : undefined
  const param = stringOf(firstOf(detail('BadRequest')?.fieldViolations)?.field)
  const requestId = stringOf(detail('RequestInfo')?.requestId)
  return {
    kind,
    // Google answers a bad key with 400, which clients of others take for a bad request
    status: badKey ? 401 : real,
    message,
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(final && { retryable: false }),
    ...(requestId !== undefined && { requestId }),
    ...(tokens && { tokens }),
    ...(status === undefined && { amid: true as const }),
    source: { protocol: 'gemini', body },
  }
}

/** The error object: alone, in a list, or as JSON text inside the message of another. */
function innermost(body: unknown): JsonObject {
  const error: JsonObject = {}
  let value = body
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    if (typeof value === 'string') value = jsonIn(value)
    if (Array.isArray(value)) value = (value as unknown[])[0]
    if (!isObject(value)) break
    const inner = isObject(value.error) ? value.error : typeof value.error === 'string' ? { message: value.error } : value
    if (inner.message === undefined && inner.status === undefined && inner.code === undefined) break
    Object.assign(error, inner)
    value = inner.message
  }
  return error
}

/** JSON inside a text that may say something before it. */
function jsonIn(text: string): unknown {
  const from = text.search(/[[{]/)
  return from < 0 || !text.includes('"message"') ? undefined : tryParse(text.slice(from))
}

const firstOf = (list: unknown): JsonObject | undefined => arrayOf(list).find(isObject)

/** The older form of errors. */
const reasonOf = (error: JsonObject): string | undefined => stringOf(firstOf(error.errors)?.reason)

/** Whether waiting is of no use: a quota of the day, or no quota at all. */
const isFinal = (quota: JsonObject | undefined, message: string): boolean =>
  arrayOf(quota?.violations).some((violation) => isObject(violation) && /per ?day|daily/i.test(String(violation.quotaId))) ||
  /limit: 0\b/.test(message)

function overflowOf(message: string): Failure['tokens'] {
  if (!/input token count|maximum number of tokens|context (window|length)/i.test(message)) return undefined
  const used = /token count (?:is )?\(?(\d+)/i.exec(message)?.[1]
  const limit = /tokens allowed \(?(\d+)|(?:up to|maximum of) (\d+)/i.exec(message)
  const most = limit?.[1] ?? limit?.[2]
  return { ...(used !== undefined && { used: Number(used) }), ...(most !== undefined && { limit: Number(most) }) }
}
