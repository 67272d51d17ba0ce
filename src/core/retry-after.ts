/**
 * When a retry makes sense, in every form that providers say it: in headers, in the body, in words, and by the windows of their rate limits.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 * @see https://platform.claude.com/docs/en/api/rate-limits#response-headers
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * @module
 */
import type { Failure, FailureKind } from './failure.ts'
import { arrayOf, isObject, objectOf, type JsonObject } from './json.ts'

export interface RefusedAnswer {
  headers?: Headers
  body: unknown
  /** What the error says, in words. */
  message: string
  /** Milliseconds since 1970. */
  now: number
  /** It passes, so that words and windows tell when: mostly {@link isLimit}. */
  limited: boolean
}

/** Whether it is about a limit or an overload. */
export const isLimit = (kind: FailureKind): boolean => kind === 'rate-limit' || kind === 'overloaded'

/** What a provider says of a retry by `x-should-retry`, as OpenAI and Anthropic do. */
export function retryableOf(headers: Headers): Pick<Failure, 'retryable'> {
  const told = headers.get('x-should-retry')
  return told === 'true' || told === 'false' ? { retryable: told === 'true' } : {}
}

/** Seconds from `now`; `undefined` where the text tells no time. */
type Reader = (text: string, now: number) => number | undefined

const PLAIN = /^\s*\d+(\.\d+)?\s*$/
const milliseconds: Reader = (text) => (PLAIN.test(text) ? Number(text) / 1000 : undefined)
/** Dates have a time of day; engines take much else for a date. */
const isDate = (text: string): boolean => /\d\d:\d\d/.test(text)
const since = (date: string, now: number): number | undefined => {
  const at = isDate(date) ? Date.parse(date) : Number.NaN
  return Number.isNaN(at) ? undefined : (at - now) / 1000
}
/** Seconds, a duration, a time since 1970 in seconds or milliseconds, or a date. */
const moment: Reader = (text, now) => {
  const number = PLAIN.test(text) ? Number(text) : undefined
  if (number === undefined) return readDuration(text) ?? since(text, now)
  return number > 1e11 ? (number - now) / 1000 : number > 1e9 ? number - now / 1000 : number
}

/** Most exact first. */
const HEADERS: readonly (readonly [string, Reader])[] = [
  ['retry-after-ms', milliseconds],
  ['x-ms-retry-after-ms', milliseconds],
  ['retry-after', moment],
]

/** Where bodies say it: OpenRouter, Codex, Google and gateways before them. */
const FIELDS: readonly (readonly [string, Reader])[] = [
  ['retryDelay', moment],
  ['retry_after_ms', milliseconds],
  ['retry_after', moment],
  ['retry_after_seconds', moment],
  ['reset_seconds', moment],
  ['resets_in_seconds', moment],
  ['resets_at', moment],
  ['quotaResetDelay', moment],
  ['quotaResetTimeStamp', moment],
  ['Retry-After', moment],
  ['X-RateLimit-Reset', moment],
]

/** Whether a window is used up is told by one of its neighbours. `*` stands for the window's name. */
const WINDOWS: readonly { reset: RegExp; remaining: string; status?: string }[] = [
  { reset: /^anthropic-ratelimit-(.+)-reset$/, remaining: 'anthropic-ratelimit-*-remaining', status: 'anthropic-ratelimit-*-status' },
  { reset: /^x-ratelimit-reset-(.+)$/, remaining: 'x-ratelimit-remaining-*' },
  { reset: /^((?:x-)?ratelimit)-reset$/, remaining: '*-remaining' },
]

/** Seconds until a retry makes sense, never less than 0; `undefined` where the answer does not tell. */
export function retryAfterOf(answer: RefusedAnswer): number | undefined {
  const { headers, body, message, now, limited } = answer
  const seconds =
    (headers && inHeaders(headers, now)) ??
    inFields(body, now) ??
    (limited ? (inWords(message, now) ?? (headers && inWindows(headers, now))) : undefined)
  return seconds === undefined ? undefined : Math.round(Math.max(0, seconds) * 1000) / 1000
}

function inHeaders(headers: Headers, now: number): number | undefined {
  // A date is meant by the clock of who sent it.
  const sent = Date.parse(headers.get('date') ?? '')
  return first(HEADERS, ([name, read]) => {
    const text = headers.get(name)
    return text === null ? undefined : read(text, isDate(text) && !Number.isNaN(sent) ? sent : now)
  })
}

function inFields(body: unknown, now: number): number | undefined {
  const outer = objectOf(Array.isArray(body) ? body[0] : body)
  const error = objectOf(outer?.error)
  const places = [outer, error].flatMap((place): JsonObject[] => {
    if (!place) return []
    const details = arrayOf(place.details).filter(isObject)
    const metadata = [place, ...details].map((one) => objectOf(one.metadata)).filter((one) => one !== undefined)
    return [place, ...details, ...metadata, ...metadata.map((one) => objectOf(one.headers)).filter((one) => one !== undefined)]
  })
  return first(places, (place) =>
    first(FIELDS, ([name, read]) => {
      const value = place[name]
      return typeof value === 'string' || typeof value === 'number' ? read(String(value), now) : undefined
    }),
  )
}

const UNIT = '(?:ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)'
const DELAY = new RegExp(`(?:again|retry|wait|resets?)\\D{0,20}?((?:\\d+(?:\\.\\d+)?\\s*${UNIT}(?![a-z])\\s*)+)`, 'i')
const DATE = /\bon (\d{4}-\d\d-\d\d)(?:,? at (\d\d:\d\d)(?::\d\d)? (?:UTC|GMT))?/i

/** "Please try again in 1m2.5s", "retry after 20 seconds", "You will regain access on 2026-12-01 at 00:00 UTC". */
function inWords(message: string, now: number): number | undefined {
  const delay = DELAY.exec(message)?.[1]
  if (delay) return readDuration(delay)
  const [, day, time = '00:00'] = DATE.exec(message) ?? []
  return day ? since(`${day}T${time}Z`, now) : undefined
}

/** The windows that are used up say when they open again; where none says so, the next one that opens counts. */
function inWindows(headers: Headers, now: number): number | undefined {
  const windows: { seconds: number; spent: boolean }[] = []
  headers.forEach((value, header) => {
    for (const { reset, remaining, status } of WINDOWS) {
      const name = reset.exec(header)?.[1]
      const seconds = name === undefined ? undefined : moment(value, now)
      if (name === undefined || seconds === undefined) continue
      const spent = Number(headers.get(remaining.replace('*', name)) ?? Number.NaN) === 0
      const rejected = status !== undefined && headers.get(status.replace('*', name)) === 'rejected'
      windows.push({ seconds, spent: spent || rejected })
    }
  })
  const spent = windows.filter((window) => window.spent)
  if (spent.length) return Math.max(...spent.map(({ seconds }) => seconds))
  return windows.length ? Math.min(...windows.map(({ seconds }) => seconds)) : undefined
}

/** By the first letter of the unit. */
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const DURATION = new RegExp(`^\\s*(?:\\d+(?:\\.\\d+)?\\s*${UNIT}\\s*)+$`, 'i')

/** `1s`, `6m0s`, `120ms`, `1h2m3.5s`, `20 seconds` in seconds; a bare number is seconds; `undefined` for anything else. */
export function readDuration(text: string): number | undefined {
  if (PLAIN.test(text)) return Number(text)
  if (!DURATION.test(text)) return undefined
  let seconds = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const word = unit!.toLowerCase()
    seconds += Number(amount) * (/^(ms|milli)/.test(word) ? 0.001 : SECONDS[word[0]!]!)
  }
  return Math.round(seconds * 1000) / 1000
}

function first<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}
