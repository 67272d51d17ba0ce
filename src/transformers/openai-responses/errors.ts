/**
 * Errors: `{ error: { message, type, param, code } }`, in HTTP answers, in streams, and in failed responses.
 * @see https://platform.openai.com/docs/guides/error-codes/api-errors
 *
 * @module
 */
import { idForHeader, kindOfStatus, STATUS, type Failure, type FailureKind } from '../../core/failure.ts'
import { isObject, numberOf, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import type { ErrorAnswer, UpstreamError } from '../../core/protocol.ts'
import { isLimit, retryableOf, retryAfterOf } from '../../core/retry-after.ts'
import { awsCode, kindOfCode } from '../../core/vendor-codes.ts'
import { OWN } from './wire.ts'

/** What `code` or `type` tell, before anything else. */
const KINDS: [RegExp, FailureKind][] = [
  [/^(context_length_exceeded|model_max_prompt_tokens_exceeded)$/, 'context-overflow'],
  [
    /^(insufficient_quota|credit_balance_exhausted|billing_.*|.*_spend_limit_(exceeded|reached)|usage_not_included|usage_limit_reached)$/,
    'billing',
  ],
  [/^(rate_limit_exceeded|rate_limit_error|slow_down|websocket_connection_limit_reached|tokens|requests)$/, 'rate-limit'],
  [/^(server_is_overloaded|overloaded|overloaded_error|engine_overloaded|service_unavailable)$/, 'overloaded'],
  [/^(invalid_api_key|authentication_error|invalid_authentication|token_expired)$/, 'authentication'],
  [
    /^(cyber_policy|bio_policy|misalignment_policy_violation|content_policy_violation|content_filter|policy_blocked|image_content_policy_violation)$/,
    'content-policy',
  ],
  [/^(permission_error|unsupported_country_region_territory|permission_denied)$/, 'permission'],
  [/^(model_not_found|not_found_error|previous_response_not_found|not_found|DeploymentNotFound)$/, 'not-found'],
  [/^(unsupported_parameter|unsupported_value)$/, 'invalid-request'],
  [/^(server_error|internal_error|api_error|internal_server_error)$/, 'server-error'],
  [
    /^(invalid_prompt|invalid_request_error|invalid_value|invalid_encrypted_content|.*_image_.*|.*_image|unsupported_file)$/,
    'invalid-request',
  ],
]

/** How providers say that a prompt is too long, where no code does. */
const OVERFLOW =
  /maximum context length|context_length_exceeded|exceeds the (?:model's )?context (?:window|length)|exceeds the context window|prompt is too long|longer than the (?:model's context|maximum model) length|exceeds the available context size|prompt token count of \d+ exceeds|maximum prompt length|input tokens exceed/i
const NO_OVERFLOW = /string too long|expected maxlength|policy_blocked|dlp_request_denied/i

function kindOf(error: { code?: string; type?: string; message: string }, status: number | undefined): FailureKind {
  if (OVERFLOW.test(error.message) && !NO_OVERFLOW.test(error.message)) return 'context-overflow'
  for (const word of [error.code, error.type])
    for (const [pattern, kind] of KINDS) {
      if (word === undefined || !pattern.test(word)) continue
      // An error's type is often the same for many failures; then the status tells more.
      if (kind !== 'invalid-request' || status === undefined || kindOfStatus(status) === 'invalid-request') return kind
    }
  return kindOfCode(error.code) ?? (status === undefined ? 'server-error' : kindOfStatus(status))
}

/** Reads an HTTP error answer. */
export function decodeError({ status, headers, body, now = Date.now() }: UpstreamError): Failure {
  const parsed = typeof body === 'string' ? (tryParse(body) ?? body) : body
  const outer = Array.isArray(parsed) ? parsed[0] : parsed
  const failure = readError(isObject(outer) ? (outer.error ?? outer) : outer, status, awsCode(headers, outer))
  const retryAfter = retryAfterOf({ headers, body: parsed, message: failure.message, now, limited: isLimit(failure.kind) })
  const requestId = headers.get('x-request-id') ?? headers.get('request-id') ?? undefined
  return {
    ...failure,
    ...(retryAfter !== undefined && { retryAfter }),
    ...(requestId !== undefined && { requestId }),
    ...retryableOf(headers),
    source: { protocol: OWN, body: parsed },
  }
}

/** Reads the `error` of a failed response or of an `error` event, where no HTTP status tells more. */
export function failureOfError(error: unknown, source: unknown): Failure {
  const failure = readError(error)
  const { kind, message } = failure
  const retryAfter = retryAfterOf({ body: { error }, message, now: Date.now(), limited: isLimit(kind) })
  return { ...failure, ...(retryAfter !== undefined && { retryAfter }), amid: true, source: { protocol: OWN, body: source } }
}

function readError(value: unknown, status?: number, aws?: string): Failure {
  const error = objectOf(value)
  const code = stringOf(error?.code) ?? numberOf(error?.code)?.toString() ?? aws
  const type = stringOf(error?.type)
  const param = stringOf(error?.param)
  const told = typeof value === 'string' ? plainText(value) : (stringOf(error?.message) ?? stringOf(error?.detail))
  const message = told || `The upstream failed${status === undefined ? '' : ` with status ${status}`} and did not say why.`
  const kind = kindOf({ message, ...(code !== undefined && { code }), ...(type !== undefined && { type }) }, status)
  const tokens = kind === 'context-overflow' ? tokensOf(message) : undefined
  return {
    kind,
    status: status ?? (kind === 'billing' ? 429 : STATUS[kind]),
    message,
    ...((code ?? type) !== undefined && { code: code ?? type }),
    ...(param !== undefined && { param }),
    ...(tokens && { tokens }),
    ...(kind === 'billing' && { retryable: false }),
  }
}

/** HTML pages of proxies say little: the title, at most a line. */
const plainText = (text: string): string =>
  (/<title>([^<]*)<\/title>/i.exec(text)?.[1] ?? text.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim().slice(0, 500)

function tokensOf(message: string): Failure['tokens'] {
  const limit = /(?:maximum (?:context|prompt) length(?: of| is)?|limit of|context window of|>)\s*(\d[\d,]*)/i.exec(message)?.[1]
  const used = /(?:resulted in|requested(?: about)?|prompt token count of|too long:|contains|you sent)\s*(\d[\d,]*)/i.exec(message)?.[1]
  const count = (text: string | undefined) => (text === undefined ? undefined : Number(text.replaceAll(',', '')))
  const counts = { used: count(used), limit: count(limit) }
  return counts.used === undefined && counts.limit === undefined
    ? undefined
    : { ...(counts.used !== undefined && { used: counts.used }), ...(counts.limit !== undefined && { limit: counts.limit }) }
}

/** The words of an error, by its kind. Codes are those that clients act on. */
const WORDS: Record<FailureKind, { type: string; code: string | null }> = {
  'invalid-request': { type: 'invalid_request_error', code: null },
  'context-overflow': { type: 'invalid_request_error', code: 'context_length_exceeded' },
  'too-large': { type: 'invalid_request_error', code: 'request_too_large' },
  'not-found': { type: 'invalid_request_error', code: 'model_not_found' },
  unsupported: { type: 'invalid_request_error', code: 'unsupported_value' },
  'content-policy': { type: 'invalid_request_error', code: 'content_policy_violation' },
  permission: { type: 'permission_error', code: null },
  authentication: { type: 'invalid_request_error', code: 'invalid_api_key' },
  billing: { type: 'insufficient_quota', code: 'insufficient_quota' },
  'rate-limit': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  overloaded: { type: 'server_error', code: 'server_is_overloaded' },
  'server-error': { type: 'server_error', code: 'server_error' },
  'bad-response': { type: 'server_error', code: 'server_error' },
  network: { type: 'server_error', code: 'server_error' },
  timeout: { type: 'timeout', code: null },
  truncated: { type: 'server_error', code: 'server_error' },
  conflict: { type: 'invalid_request_error', code: 'conflict' },
  cancelled: { type: 'cancelled', code: null },
  internal: { type: 'server_error', code: 'server_error' },
}

/** A failure as an error object. The provider's own code is kept where OpenAI minted it. */
export function errorObject(failure: Failure): { message: string; type: string; param: string | null; code: string | null } {
  const words = WORDS[failure.kind]
  const source = objectOf(failure.source?.protocol === OWN ? failure.source.body : undefined)
  const own = failure.source?.protocol === OWN
  const nested = objectOf(source?.error)
  return {
    message: failure.message,
    type: stringOf(nested?.type) ?? words.type,
    param: failure.param ?? null,
    code: (own ? failure.code : undefined) ?? (own && nested ? (stringOf(nested.code) ?? null) : words.code),
  }
}

/** Writes an HTTP error answer. Overloads are told as 503, which OpenAI's clients know. */
export function encodeError(failure: Failure): ErrorAnswer {
  const headers: Record<string, string> = {}
  if (failure.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(failure.retryAfter))
  const requestId = idForHeader(failure)
  if (requestId !== undefined) headers['x-request-id'] = requestId
  if (failure.retryable !== undefined) headers['x-should-retry'] = String(failure.retryable)
  const source = failure.source?.protocol === OWN ? objectOf(failure.source.body) : undefined
  const body: JsonObject = source && isObject(source.error) && source.object === undefined ? source : { error: errorObject(failure) }
  return { status: failure.status === 529 ? 503 : failure.status, headers, body }
}
