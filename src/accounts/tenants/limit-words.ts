/**
 * Limits in words and headers: what a client is told of them.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Failure } from '../../core/failure.ts'
import { limitHeaders } from '../../router/endpoint/rate-limits.ts'
import type { Standing } from './rates.ts'

/** The official SDKs wait for as long as they are told to only below a minute; Claude Code gives up at once where it is told minutes. */
const MOST_SECONDS = 59

const LIMIT_WORDS: Record<Standing['resource'], (limit: number) => string> = {
  requests: (limit) => `${limit} requests in a minute`,
  tokens: (limit) => `${limit} tokens in a minute`,
  streams: (limit) => `${limit} requests at a time`,
}

/** Why a request has to wait, and for how long: a 429, which clients wait at. */
export function limitReached({ scope, resource, limit, resetAt }: Standing, now: number): Failure {
  const when = resource === 'streams' ? 'when one of them has ended' : `at ${new Date(resetAt).toISOString()}`
  return {
    kind: 'rate-limit',
    status: 429,
    message: `cc-route: the ${scope} may make ${LIMIT_WORDS[resource](limit)}, and has. Try again ${when}.`,
    code: 'rate_limit_exceeded',
    retryAfter: Math.min(MOST_SECONDS, Math.max(1, Math.ceil((resetAt - now) / 1000))),
    retryable: true,
  }
}

/** What is left of requests and tokens, in the headers that the client knows: of several limits the one of which the least is left. */
export function standingHeaders(standings: readonly Standing[], client: ProtocolName, now: number): Record<string, string> {
  const told = (['requests', 'tokens'] as const).flatMap((resource) => {
    const own = standings.filter((standing) => standing.resource === resource)
    const least = own.toSorted((a, b) => a.remaining - b.remaining)[0]
    if (!least) return []
    return [[resource, { limit: `${least.limit}`, remaining: `${least.remaining}`, reset: least.resetAt }] as const]
  })
  return limitHeaders(told, client, now)
}
