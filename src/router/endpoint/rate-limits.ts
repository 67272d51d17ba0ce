/**
 * What is left of an upstream's rate limits, in the headers that the client knows.
 *
 * Claude tells when a limit resets as a time (RFC 3339), OpenAI and its kin as a duration (`6m0s`).
 * @see https://platform.claude.com/docs/en/api/rate-limits#response-headers
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { readDuration } from '../../core/retry-after.ts'

/** `requests`, `tokens`, and Claude's `input-tokens` and `output-tokens`. */
type Resource = string

/** What is told of a limit. */
export interface Limit {
  limit?: string
  remaining?: string
  /** Milliseconds since 1970. */
  reset?: number
}

const CLAUDE = /^anthropic-ratelimit-(requests|tokens|input-tokens|output-tokens)-(limit|remaining|reset)$/
const OPENAI = /^x-ratelimit-(limit|remaining|reset)-(requests|tokens)$/

/** The client's own headers for what the upstream's headers tell. Gemini clients know none. */
export function rateLimitHeaders(from: Headers, client: ProtocolName, now: number): Record<string, string> {
  return client === 'gemini' ? {} : limitHeaders(readLimits(from, now), client, now)
}

/** The headers in which a client of this protocol is told of limits; those of OpenAI where it knows none. */
export function limitHeaders(limits: Iterable<readonly [Resource, Limit]>, client: ProtocolName, now: number): Record<string, string> {
  const to: Record<string, string> = {}
  for (const [resource, { limit, remaining, reset }] of limits) {
    const name =
      client === 'claude'
        ? (field: string) => `anthropic-ratelimit-${resource}-${field}`
        : (field: string) => `x-ratelimit-${field}-${resource}`
    if (client !== 'claude' && resource.includes('-')) continue
    if (limit !== undefined) to[name('limit')] = limit
    if (remaining !== undefined) to[name('remaining')] = remaining
    if (reset !== undefined)
      to[name('reset')] = client === 'claude' ? new Date(reset).toISOString().replace(/\.\d+Z$/, 'Z') : duration(reset - now)
  }
  return to
}

function readLimits(headers: Headers, now: number): Map<Resource, Limit> {
  const limits = new Map<Resource, Limit>()
  headers.forEach((value, name) => {
    const claude = CLAUDE.exec(name)
    const openai = claude ? undefined : OPENAI.exec(name)
    const [resource, field] = claude ? [claude[1]!, claude[2]!] : openai ? [openai[2]!, openai[1]!] : []
    if (!resource || !field) return
    const limit = limits.get(resource) ?? {}
    limits.set(resource, limit)
    if (field !== 'reset') limit[field as 'limit' | 'remaining'] = value
    else limit.reset = claude ? timeOf(value) : now + (readDuration(value) ?? Number.NaN) * 1000
    if (Number.isNaN(limit.reset)) delete limit.reset
  })
  return limits
}

const timeOf = (value: string): number => Date.parse(value)

/** Milliseconds as OpenAI writes them: `120ms`, `3s`, `6m0s`, `1h0m0s`. */
function duration(ms: number): string {
  if (ms <= 0) return '0s'
  if (ms < 1000) return `${Math.ceil(ms)}ms`
  const seconds = Math.ceil(ms / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  return `${h ? `${h}h` : ''}${h || m ? `${m}m` : ''}${s}s`
}
