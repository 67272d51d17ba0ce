/**
 * How a 429 tells when to come back, in each of the forms that are seen.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { ErrorWords } from './errors.ts'
import { retryInfo } from './errors-gemini.ts'
import type { ResetSignal } from './fault.ts'

interface Told {
  headers?: Record<string, string>
  /** Put behind the error's message. */
  words?: string
  /** Put into the error object. */
  fields?: JsonObject
}

/** `seconds` from `now`, in milliseconds since 1970. */
type Tell = (seconds: number, now: number) => Told

const atTime = (seconds: number, now: number): string => new Date(now + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
const duration = (seconds: number): string =>
  seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : seconds < 1 ? `${Math.round(seconds * 1000)}ms` : `${seconds}s`

const signals: Record<Exclude<ResetSignal, 'native'>, Tell> = {
  /** @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
  'retry-after': (seconds) => ({ headers: { 'retry-after': String(Math.ceil(seconds)) } }),
  // HTTP dates have no fractions: rounded up, so that nobody comes too early.
  'retry-after-date': (seconds, now) => ({
    headers: { 'retry-after': new Date(Math.ceil((now + seconds * 1000) / 1000) * 1000).toUTCString() },
  }),
  'retry-after-ms': (seconds) => ({ headers: { 'retry-after-ms': String(Math.round(seconds * 1000)) } }),
  /** @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
  'x-ratelimit-reset': (seconds) => ({
    headers: {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': duration(seconds),
      'x-ratelimit-limit-tokens': '200000',
      'x-ratelimit-remaining-tokens': '150000',
      'x-ratelimit-reset-tokens': '15ms',
    },
  }),
  /** @see https://platform.claude.com/docs/en/api/rate-limits#response-headers */
  'anthropic-ratelimit-reset': (seconds, now) => ({
    headers: {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': atTime(seconds, now),
      'anthropic-ratelimit-tokens-limit': '80000',
      'anthropic-ratelimit-tokens-remaining': '80000',
      'anthropic-ratelimit-tokens-reset': atTime(0, now),
    },
  }),
  // The windows of a subscription.
  'anthropic-unified-reset': (seconds, now) => {
    const reset = String(Math.ceil(now / 1000 + seconds))
    return {
      headers: {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': reset,
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
        'anthropic-ratelimit-unified-5h-status': 'rejected',
        'anthropic-ratelimit-unified-5h-reset': reset,
      },
    }
  },
  'retry-info': (seconds) => ({ fields: { details: [retryInfo(seconds)] } }),
  // OpenRouter hands on what the provider behind it said.
  metadata: (seconds, now) => ({
    fields: {
      metadata: { headers: { 'X-RateLimit-Limit': '20', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(now + seconds * 1000) } },
    },
  }),
  words: (seconds) => ({ words: ` Please try again in ${duration(seconds)}.` }),
  none: () => ({}),
}

const native: Record<ProtocolName, readonly Tell[]> = {
  claude: [signals['retry-after'], signals['anthropic-ratelimit-reset']],
  openai: [signals['retry-after'], signals['retry-after-ms'], signals['x-ratelimit-reset'], signals.words],
  'openai-responses': [signals['retry-after'], signals['retry-after-ms'], signals['x-ratelimit-reset'], signals.words],
  gemini: [signals['retry-info'], (seconds) => ({ words: ` Please retry in ${seconds}s.` })],
}

/** The words of a rate limit, with when it resets told by `signal`. */
export function withReset(
  words: ErrorWords,
  signal: ResetSignal,
  about: { protocol: ProtocolName; seconds: number; now: number },
): ErrorWords {
  const tells = signal === 'native' ? native[about.protocol] : [signals[signal]]
  return tells.reduce((told, tell) => addTo(told, tell(about.seconds, about.now)), words)
}

function addTo({ status, headers, body }: ErrorWords, told: Told): ErrorWords {
  const error = isObject(body) && isObject(body.error) ? body.error : undefined
  if (!isObject(body) || !error) return { status, headers: { ...headers, ...told.headers }, body }
  const details = [error.details, told.fields?.details].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
  const message = `${String(error.message)}${told.words ?? ''}`
  return {
    status,
    headers: { ...headers, ...told.headers },
    body: { ...body, error: { ...error, ...told.fields, message, ...(details.length > 0 && { details }) } },
  }
}
