/**
 * What a chaos provider saw of a request, and what became of it.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { RequestFacts } from '../../router/request-facts.ts'
import type { FaultSpec } from './fault.ts'

export interface ChaosRequest {
  /** Counts the provider's requests, from 0. */
  readonly index: number
  /** When it came: milliseconds since 1970, of the provider's clock. */
  readonly at: number
  readonly protocol: ProtocolName
  readonly model: string
  /** The credential as it came, from whichever place has one; `''` where none was sent. */
  readonly key: string
  readonly url: string
  /** All headers but those that hold credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  readonly stream: boolean
  readonly action: 'generate' | 'count-tokens'
  /** What went wrong; absent while its script is asked, and where nothing did. */
  readonly fault?: FaultSpec
  /**
   * What became of the answer. `complete`: all that the provider had to say was read; `broken`: the provider broke it off or never
   * answered; `aborted`: whoever asked went away.
   */
  readonly state: 'running' | 'complete' | 'broken' | 'aborted'
  /** When it was over, of the provider's clock. */
  readonly endedAt?: number
}

/** A {@link ChaosRequest} in the hands of its provider. */
export type RequestRecord = { -readonly [K in keyof ChaosRequest]: ChaosRequest[K] }

const CREDENTIALS = new Set(['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'cookie', 'proxy-authorization'])

export function recordOf(request: Request, facts: RequestFacts, index: number, at: number): RequestRecord {
  const { protocol, route, body } = facts
  const headers: Record<string, string> = {}
  request.headers.forEach((value, name) => {
    if (!CREDENTIALS.has(name)) headers[name] = value
  })
  return {
    index,
    at,
    protocol,
    model: route.model ?? (typeof body.model === 'string' ? body.model : ''),
    key: keyOf(request),
    url: request.url,
    headers,
    body,
    stream: route.stream ?? body.stream === true,
    action: route.action,
    state: 'running',
  }
}

function keyOf({ headers, url }: Request): string {
  const named = headers.get('x-api-key') ?? headers.get('x-goog-api-key') ?? headers.get('api-key')
  return named ?? headers.get('authorization')?.replace(/^Bearer\s+/i, '') ?? new URL(url).searchParams.get('key') ?? ''
}
