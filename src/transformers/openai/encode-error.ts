/**
 * A failure, written for a client of Chat Completions: the status that its SDK retries by, and the codes that programs look at.
 * @see https://platform.openai.com/docs/guides/error-codes
 *
 * @module
 */
import { idForHeader, type Failure, type FailureKind } from '../../core/failure.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { ErrorAnswer } from '../../core/protocol.ts'

interface Words {
  type: string
  code?: string
  /** Where OpenAI has another status than the provider gave. */
  status?: Record<number, number>
}

const WORDS: Record<FailureKind, Words> = {
  'invalid-request': { type: 'invalid_request_error' },
  'context-overflow': { type: 'invalid_request_error', code: 'context_length_exceeded' },
  'too-large': { type: 'invalid_request_error', code: 'request_too_large' },
  'not-found': { type: 'invalid_request_error', code: 'not_found' },
  unsupported: { type: 'invalid_request_error', code: 'unsupported_value' },
  'content-policy': { type: 'invalid_request_error', code: 'content_policy_violation' },
  permission: { type: 'permission_error' },
  authentication: { type: 'invalid_request_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'insufficient_quota' },
  'rate-limit': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  // Anthropic's 529 is unknown here; the SDKs retry 503 as they would retry it.
  overloaded: { type: 'server_error', code: 'overloaded', status: { 529: 503, 498: 503 } },
  'server-error': { type: 'server_error' },
  'bad-response': { type: 'server_error', code: 'bad_response' },
  network: { type: 'server_error', code: 'upstream_unreachable' },
  timeout: { type: 'timeout', code: 'timeout' },
  truncated: { type: 'server_error', code: 'stream_truncated' },
  conflict: { type: 'invalid_request_error', code: 'conflict' },
  cancelled: { type: 'server_error', code: 'cancelled' },
  internal: { type: 'server_error', code: 'internal_error' },
}

export function encodeError(failure: Failure): ErrorAnswer {
  const words = WORDS[failure.kind]
  const headers: Record<string, string> = {}
  const requestId = idForHeader(failure)
  if (requestId !== undefined) headers['x-request-id'] = requestId
  if (failure.retryAfter !== undefined) {
    headers['retry-after'] = String(Math.ceil(failure.retryAfter))
    headers['retry-after-ms'] = String(Math.ceil(failure.retryAfter * 1000))
  }
  if (failure.retryable !== undefined) headers['x-should-retry'] = String(failure.retryable)
  return { status: words.status?.[failure.status] ?? failure.status, headers, body: { error: errorObject(failure) } }
}

/** The error as it also stands in a stream. */
export function errorObject(failure: Failure): JsonObject {
  const own = failure.source?.protocol === 'openai' && isObject(failure.source.body) ? failure.source.body.error : undefined
  if (isObject(own) && typeof own.message === 'string') return own
  const { type, code } = WORDS[failure.kind]
  const missing = failure.kind === 'not-found' && /model/i.test(failure.message) ? 'model_not_found' : undefined
  return { message: messageOf(failure), type, param: failure.param ?? paramIn(failure.message), code: missing ?? code ?? null }
}

/** Programs look for OpenAI's own sentence, with its numbers. */
function messageOf({ kind, message, tokens }: Failure): string {
  if (kind !== 'context-overflow' || /maximum context length/i.test(message)) return message
  if (tokens?.limit === undefined) return `${message} (maximum context length exceeded)`
  const sent = tokens.used === undefined ? '' : ` However, your messages resulted in ${tokens.used} tokens.`
  return `${message} (This model's maximum context length is ${tokens.limit} tokens.${sent})`
}

/** Claude begins its sentences with the field: `messages.3.content: …`. */
const paramIn = (message: string): string | null => /^([a-z_]+(?:[.[]\w+\]?)+|[a-z_]+_[a-z_]+):/.exec(message)?.[1] ?? null
