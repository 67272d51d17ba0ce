/**
 * Errors, read from an upstream and written for a client.
 *
 * @see https://platform.claude.com/docs/en/api/errors
 * @module
 */
import { idForHeader, kindOfStatus, STATUS, type Failure, type FailureKind } from '../../core/failure.ts'
import { isObject, numberOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { ErrorAnswer, UpstreamError } from '../../core/protocol.ts'
import { isLimit, retryableOf, retryAfterOf } from '../../core/retry-after.ts'
import { awsCode, kindOfCode } from '../../core/vendor-codes.ts'

const KINDS: Record<string, FailureKind> = {
  invalid_request_error: 'invalid-request',
  authentication_error: 'authentication',
  billing_error: 'billing',
  permission_error: 'permission',
  not_found_error: 'not-found',
  request_too_large: 'too-large',
  rate_limit_error: 'rate-limit',
  timeout_error: 'timeout',
  api_error: 'server-error',
  overloaded_error: 'overloaded',
  conflict_error: 'conflict',
  not_supported: 'unsupported',
  policy_blocked: 'content-policy',
}

/** What messages tell that their type does not, most telling first. */
const WORDINGS: readonly (readonly [RegExp, FailureKind])[] = [
  [/prompt is too long|input is too long for requested model|exceed context limit/i, 'context-overflow'],
  [/credit balance is too low|usage limits|spend limit/i, 'billing'],
  [/blocked by content filtering/i, 'content-policy'],
]

export function decodeError({ status, headers, body, now = Date.now() }: UpstreamError): Failure {
  const failure = decodeFailure({ body, status, aws: awsCode(headers, body) })
  const { message, kind } = failure
  const limited = isLimit(kind) || kind === 'billing'
  const retryAfter = retryAfterOf({ headers, body, message, now, limited })
  const requestId = headers.get('request-id') ?? failure.requestId
  return {
    ...failure,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(requestId !== undefined && { requestId }),
    ...retryableOf(headers),
  }
}

interface ErrorObject {
  body: unknown
  /** Absent amid a stream. */
  status: number | undefined
  /** What AWS calls it. */
  aws?: string
}

/** An error object, of an answer or amid a stream. Vertex gives Google's errors, in a list, and Bedrock its own. */
export function decodeFailure({ body, status, aws }: ErrorObject): Failure {
  const only = Array.isArray(body) ? (body as unknown[])[0] : body
  const wire = isObject(only) ? only : {}
  const error = isObject(wire.error) ? wire.error : wire
  const type = stringOf(error.type) ?? ''
  const details = isObject(error.details) ? error.details : undefined
  const code = stringOf(details?.error_code) ?? stringOf(error.code) ?? stringOf(error.status) ?? aws
  const message = messageOf(only, error, status)
  const kind = kindOf(type, code, message, status)
  const failure: Failure = { kind, status: status ?? STATUS[kind], message, source: { protocol: 'claude', body } }
  const requestId = stringOf(wire.request_id)
  const tokens = kind === 'context-overflow' ? tokensOf(message) : undefined
  if (code !== undefined) failure.code = code
  if (requestId !== undefined) failure.requestId = requestId
  if (tokens) failure.tokens = tokens
  if (details) failure.details = details
  if (kind === 'billing') failure.retryable = false
  if (status === undefined) failure.amid = true
  return failure
}

function messageOf(body: unknown, error: JsonObject, status: number | undefined): string {
  const told = stringOf(error.message) ?? stringOf(isObject(body) ? (body.error ?? body.detail) : body)
  if (told?.trim() && !/^\s*<(!doctype|html)/i.test(told)) return told.length > 2000 ? `${told.slice(0, 2000)}…` : told
  return status === undefined
    ? 'The upstream broke off with an error that it did not explain.'
    : `The upstream answered with status ${status} and no explanation.`
}

function kindOf(type: string, code: string | undefined, message: string, status: number | undefined): FailureKind {
  const byCode = kindOfCode(code)
  if (byCode) return byCode
  const byType = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  if (byType === undefined || byType === 'invalid-request' || byType === 'too-large') {
    const worded = WORDINGS.find(([pattern]) => pattern.test(message))
    if (worded) return worded[1]
  }
  return byType ?? kindOfCode(type) ?? (status === undefined ? 'server-error' : kindOfStatus(status))
}

/** `prompt is too long: N tokens > M maximum`, or `input length and max_tokens exceed context limit: A + B > C`. */
function tokensOf(message: string): Failure['tokens'] {
  const sum = /:\s*(\d+)\s*\+\s*(\d+)\s*>\s*(\d+)/.exec(message)
  if (sum) return { used: Number(sum[1]) + Number(sum[2]), limit: Number(sum[3]) }
  const match = /(\d+)\s*tokens?\s*>\s*(\d+)/i.exec(message)
  return match ? { used: Number(match[1]), limit: Number(match[2]) } : undefined
}

/** How a client is told: the type, and the status where it is not the provider's own. */
const ANSWERS: Record<FailureKind, { type: string; status?: number }> = {
  'invalid-request': { type: 'invalid_request_error' },
  'context-overflow': { type: 'invalid_request_error', status: 400 },
  'too-large': { type: 'request_too_large', status: 413 },
  'not-found': { type: 'not_found_error', status: 404 },
  unsupported: { type: 'invalid_request_error' },
  'content-policy': { type: 'permission_error' },
  permission: { type: 'permission_error', status: 403 },
  authentication: { type: 'authentication_error', status: 401 },
  billing: { type: 'billing_error' },
  'rate-limit': { type: 'rate_limit_error', status: 429 },
  overloaded: { type: 'overloaded_error', status: 529 },
  'server-error': { type: 'api_error' },
  'bad-response': { type: 'api_error' },
  network: { type: 'api_error' },
  timeout: { type: 'timeout_error', status: 504 },
  truncated: { type: 'api_error' },
  conflict: { type: 'conflict_error', status: 409 },
  cancelled: { type: 'api_error' },
  internal: { type: 'api_error' },
}

export function encodeFailure(failure: Failure): ErrorAnswer {
  const { source } = failure
  const own = source?.protocol === 'claude' && isObject(source.body) && source.body.type === 'error'
  const answer = ANSWERS[failure.kind]
  const status = own ? failure.status : (answer.status ?? statusOf(failure))
  const type = answer.type === 'permission_error' && status === 400 ? 'invalid_request_error' : answer.type
  const body: JsonObject = own
    ? (source.body as JsonObject)
    : { type: 'error', error: { type, message: messageFor(failure) }, request_id: failure.requestId ?? null }
  return { status, headers: headersOf(failure, status), body }
}

/** Statuses that mean something else here, or nothing. An empty purse must not look like a limit that passes. */
function statusOf({ kind, status }: Failure): number {
  if (kind === 'billing' && status === 429) return 402
  return status === 422 ? 400 : status === 424 ? 500 : status
}

function headersOf(failure: Failure, status: number): Record<string, string> {
  const headers: Record<string, string> = {}
  if (failure.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(failure.retryAfter))
  const requestId = idForHeader(failure)
  if (requestId !== undefined) headers['request-id'] = requestId
  // without this Claude Code goes on trying for minutes
  if (failure.retryable === false || failure.kind === 'billing' || status === 401) headers['x-should-retry'] = 'false'
  else if (failure.retryable === true) headers['x-should-retry'] = 'true'
  return headers
}

/** The window that is told where a provider's error names none. */
const USUAL_WINDOW = 200_000

/** Claude Code compacts when it reads exactly this text, by how far the first number exceeds the second. */
function messageFor(failure: Failure): string {
  if (failure.kind !== 'context-overflow') return failure.message
  const limit = numberOf(failure.tokens?.limit) ?? (failure.tokens?.used === undefined ? USUAL_WINDOW : failure.tokens.used - 1)
  const used = Math.max(numberOf(failure.tokens?.used) ?? 0, limit + 1)
  return `prompt is too long: ${used} tokens > ${limit} maximum`
}
