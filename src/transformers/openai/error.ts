/**
 * An upstream's error, read: whatever its shape, it is told apart by whose fault it is.
 *
 * @module
 */
import { isErrorStatus, kindOfStatus, STATUS, type Failure, type FailureKind } from '../../core/failure.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import type { UpstreamError } from '../../core/protocol.ts'
import { isLimit, retryableOf, retryAfterOf } from '../../core/retry-after.ts'
import { awsCode, kindOfCode } from '../../core/vendor-codes.ts'
import { isOverflow, overflowTokens } from './overflow.ts'

/** What all shapes have in common. */
interface Told {
  message: string
  code?: string
  type?: string
  param?: string
  /** A status that stands in the body: OpenRouter, vLLM and Gemini give it as a number. */
  status?: number
  requestId?: string
  metadata?: JsonObject
}

export function decodeError({ status, headers, body, now = Date.now() }: UpstreamError): Failure {
  const told = readBody(body, status)
  told.code ??= awsCode(headers, body)
  const failure = failureOf(told, status, body)
  const limited = isLimit(failure.kind)
  const retryAfter = retryAfterOf({ headers, body, message: told.message, now, limited })
  if (retryAfter !== undefined) failure.retryAfter = retryAfter
  const requestId = headers.get('x-request-id') ?? headers.get('request-id') ?? headers.get('x-generation-id') ?? told.requestId
  if (requestId) failure.requestId = requestId
  return { ...failure, ...retryableOf(headers) }
}

/** An error that came with a good status, or amid a stream; `undefined` where the body holds none. */
export function failureInBody(body: JsonObject): Failure | undefined {
  const choice = arrayOf(body.choices).find((item) => isObject(item) && isObject(item.error))
  const base = objectOf(body.base_resp)
  const failed = base && numberOf(base.status_code)
  const error = body.error ?? (isObject(choice) ? choice.error : undefined)
  if (error === undefined || error === null) {
    if (failed)
      return amid(
        { message: stringOf(base.status_msg) ?? `The upstream failed with code ${failed}.`, code: String(failed) },
        MINIMAX[failed] ?? 500,
        body,
      )
    if (body.object !== 'error' && body.type !== 'error') return undefined
  }
  const told = readBody(error === undefined || error === null ? body : { error }, 500)
  const status = told.status ?? statusOfWords(told)
  return amid(told, status, body)
}

function amid(told: Told, status: number, body: JsonObject): Failure {
  const failure = failureOf(told, status, body)
  const limited = isLimit(failure.kind)
  const retryAfter = retryAfterOf({ body, message: told.message, now: Date.now(), limited })
  return { ...failure, ...(retryAfter !== undefined && { retryAfter }), amid: true }
}

/** @see https://platform.minimax.io/docs/api-reference/errorcode */
const MINIMAX: Record<number, number> = {
  1000: 500,
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1013: 500,
  1026: 403,
  1027: 403,
  1033: 500,
  1039: 400,
  2013: 400,
  2049: 401,
  2056: 429,
}

function statusOfWords({ type, code, message }: Told): number {
  const words = `${type ?? ''} ${code ?? ''} ${message}`.toLowerCase()
  if (/rate.?limit|too many requests/.test(words)) return 429
  if (/overloaded|capacity/.test(words)) return 503
  if (/invalid_request|context_length|too long|token limit/.test(words)) return 400
  if (/authentication|invalid_api_key/.test(words)) return 401
  return 500
}

/** The error's own words, in any shape that providers give them. */
function readBody(value: unknown, status: number): Told {
  const body = Array.isArray(value) ? value[0] : value
  if (typeof body === 'string') return { message: plainText(body, status) }
  if (!isObject(body)) return { message: `The upstream answered ${status} without a word.` }
  const error = body.error ?? body.detail ?? arrayOf(body.errors)[0] ?? body
  const requestId = stringOf(body.request_id) ?? stringOf(body.id)
  const more = { code: wordOf(body.code), type: stringOf(body.type), ...(requestId && { requestId }) }
  if (typeof error === 'string') return { ...more, message: error }
  // FastAPI: a list of fields and what is wrong with each.
  if (Array.isArray(error)) return { ...more, message: error.map(fieldError).join('; ') || `The upstream answered ${status}.` }
  const told = objectOf(error) ?? {}
  const inner = objectOf(told.error) ?? told
  const base = objectOf(body.base_resp)
  const message =
    stringOf(inner.message) ?? stringOf(inner.msg) ?? stringOf(body.message) ?? stringOf(base?.status_msg) ?? wordOf(inner.detail)
  const metadata = objectOf(inner.metadata)
  return {
    ...more,
    message: withGenerated(withRaw(message ?? `The upstream answered ${status}: ${JSON.stringify(body).slice(0, 300)}`, metadata), inner),
    code: wordOf(inner.code) ?? more.code,
    type: stringOf(inner.type) ?? stringOf(inner.status) ?? more.type,
    ...(stringOf(inner.param) !== undefined && { param: stringOf(inner.param) }),
    ...(isErrorStatus(inner.code) && { status: inner.code }),
    ...(metadata && { metadata }),
  }
}

const wordOf = (value: unknown): string | undefined => (typeof value === 'number' ? String(value) : stringOf(value))

const fieldError = (item: unknown): string => {
  if (!isObject(item)) return String(item)
  const where = arrayOf(item.loc).join('.')
  return [where, stringOf(item.msg)].filter(Boolean).join(': ')
}

/** OpenRouter keeps the words of the provider behind it in `metadata.raw`. */
function withRaw(message: string, metadata: JsonObject | undefined): string {
  const raw = stringOf(metadata?.raw)
  if (!raw) return message
  const parsed = objectOf(tryParse(raw))
  const told = parsed ? (stringOf(objectOf(parsed.error)?.message) ?? stringOf(parsed.message) ?? raw) : raw
  return message.includes(told) ? message : `${message}: ${told}`
}

/** Groq tells what the model said where it cannot be read as a call. */
function withGenerated(message: string, { failed_generation: said }: JsonObject): string {
  return typeof said === 'string' && said ? `${message} The model said: ${said}` : message
}

/** What a proxy's page of HTML or a bare line says. */
function plainText(text: string, status: number): string {
  if (!/<html|<!doctype/i.test(text)) return text.trim().slice(0, 1000) || `The upstream answered ${status} without a word.`
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim()
  return `The upstream answered ${status} with a page of HTML${title ? `: ${title}` : ''}. Check its base URL.`
}

function failureOf(told: Told, status: number, body: unknown): Failure {
  const { message, code, type, param, metadata } = told
  const kind = kindOf(told, status)
  // A page that stands for an answer says nothing by its status; a provider that names its code does.
  const own = status >= 400 && (kind !== 'bad-response' || code !== undefined)
  const failure: Failure = { kind, status: own ? status : STATUS[kind], message, source: { protocol: 'openai', body } }
  const word = code ?? type
  if (word !== undefined) failure.code = word
  if (param !== undefined) failure.param = param
  if (kind === 'billing' || kind === 'authentication') failure.retryable = false
  // A model that failed is no fault of the request, whatever status says so: to ask again may help.
  if (kind === 'bad-response' && own) failure.retryable = true
  if (kind === 'context-overflow') {
    const error = isObject(body) ? (objectOf(body.error) ?? body) : {}
    // llama.cpp gives the numbers as fields.
    const used = numberOf(error.n_prompt_tokens)
    const limit = numberOf(error.n_ctx)
    failure.tokens = { ...overflowTokens(message), ...(used !== undefined && { used }), ...(limit !== undefined && { limit }) }
  }
  if (metadata) failure.details = metadata
  return failure
}

function kindOf({ message, code, type, metadata }: Told, status: number): FailureKind {
  if (status < 500 && isOverflow(message, code ?? type)) return 'context-overflow'
  if (isOverflow('', code)) return 'context-overflow'
  // A limit that a single request is over, as Groq tells it: it is the request's size, not its pace.
  if (status === 413) return 'too-large'
  const byCode = kindOfCode(code) ?? kindOfCode(type)
  // A provider that is busy says so with many a status; what is the caller's fault keeps its status.
  if (byCode) return byCode
  if (status === 402 || (status === 429 && /insufficient (?:balance|quota|credits?)|exceeded your current quota/i.test(message)))
    return 'billing'
  if (status === 403 && metadata?.reasons !== undefined) return 'content-policy'
  return kindOfStatus(status)
}
