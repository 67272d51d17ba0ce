/**
 * Errors as Google's clients know them.
 * @see https://google.aip.dev/193
 *
 * @module
 */
import type { Failure, FailureKind } from '../../core/failure.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { ErrorAnswer } from '../../core/protocol.ts'

const RPC_OF: Record<FailureKind, string> = {
  'invalid-request': 'INVALID_ARGUMENT',
  'context-overflow': 'INVALID_ARGUMENT',
  'too-large': 'INVALID_ARGUMENT',
  'content-policy': 'INVALID_ARGUMENT',
  'not-found': 'NOT_FOUND',
  unsupported: 'INVALID_ARGUMENT',
  permission: 'PERMISSION_DENIED',
  authentication: 'UNAUTHENTICATED',
  billing: 'FAILED_PRECONDITION',
  'rate-limit': 'RESOURCE_EXHAUSTED',
  overloaded: 'UNAVAILABLE',
  'server-error': 'INTERNAL',
  'bad-response': 'INTERNAL',
  network: 'UNAVAILABLE',
  timeout: 'DEADLINE_EXCEEDED',
  truncated: 'INTERNAL',
  conflict: 'ABORTED',
  cancelled: 'CANCELLED',
  internal: 'INTERNAL',
}

/** Statuses of others that Google's clients do not know. */
const KNOWN_AS: Record<number, number> = { 498: 503, 529: 503 }

/** Writes an error answer. The provider's own words and status stay; a Gemini upstream's own error passes as it was. */
export function encodeError(failure: Failure): ErrorAnswer {
  const { source, retryAfter } = failure
  const headers: Record<string, string> = { ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }) }
  if (source?.protocol === 'gemini' && isObject(source.body) && isObject(source.body.error)) {
    const { code } = source.body.error
    return { status: typeof code === 'number' && code >= 400 ? code : failure.status, headers, body: source.body }
  }
  const status = KNOWN_AS[failure.status] ?? failure.status
  return { status, headers, body: errorBody(failure, status) }
}

/** The error object, for an answer or amid a stream. */
export function errorBody(failure: Failure, status = KNOWN_AS[failure.status] ?? failure.status): JsonObject {
  const details = detailsOf(failure)
  return {
    error: {
      code: status,
      message: messageOf(failure),
      status: status === 501 ? 'UNIMPLEMENTED' : RPC_OF[failure.kind],
      ...(details.length && { details }),
    },
  }
}

function messageOf({ message, tokens, kind, source }: Failure): string {
  if (kind !== 'context-overflow' || tokens?.used === undefined || tokens.limit === undefined || source?.protocol === 'gemini')
    return message
  return `${message} (The input token count (${tokens.used}) exceeds the maximum number of tokens allowed (${tokens.limit}).)`
}

function detailsOf({ retryAfter, code, param, retryable, kind, message, requestId }: Failure): JsonObject[] {
  const type = (name: string) => `type.googleapis.com/google.rpc.${name}`
  return [
    ...(code === undefined ? [] : [{ '@type': type('ErrorInfo'), reason: code, domain: 'cc-route' }]),
    ...(retryAfter === undefined ? [] : [{ '@type': type('RetryInfo'), retryDelay: `${retryAfter}s` }]),
    // clients take a quota of the day for one that waiting does not help
    ...(kind === 'rate-limit' && retryable === false
      ? [{ '@type': type('QuotaFailure'), violations: [{ quotaId: 'RequestsPerDay', description: message }] }]
      : []),
    ...(param === undefined ? [] : [{ '@type': type('BadRequest'), fieldViolations: [{ field: param, description: message }] }]),
    ...(requestId === undefined ? [] : [{ '@type': type('RequestInfo'), requestId }]),
  ]
}
