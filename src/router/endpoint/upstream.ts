/**
 * The upstream's side of a call: its address and headers, and what of the client's may go there.
 *
 * @module
 */
import type { Dialect } from '../../core/dialect.ts'
import { createMemo } from '../../core/memo.ts'
import type { Protocol } from '../../core/protocol.ts'
import { eachHeader } from '../headers.ts'

/**
 * Headers of a client that an upstream of the same protocol gets. A list of what may pass, not of what may not: a client's
 * key, its cookies and whatever a network adds stay here.
 */
const PASSED_ON = [
  'accept',
  'user-agent',
  'idempotency-key',
  'originator',
  'session-id',
  'session_id',
  'thread-id',
  'version',
  /^anthropic-(version|beta|dangerous-direct-browser-access)$/,
  /^openai-(beta|organization|project)$/,
  /^x-(app|client-request-id|goog-api-client|session-affinity)$/,
  /^x-(stainless|claude-code|codex|openai)-/,
] as const

export const isPassedOn = (name: string): boolean =>
  PASSED_ON.some((known) => (typeof known === 'string' ? known === name : known.test(name)))

/** Headers of an upstream's answer that a client of the same protocol gets. */
const PASSED_BACK =
  /^(content-type|retry-after(-ms)?|x-should-retry|(x-)?request-id|openai-.*|x-ratelimit-.*|anthropic-ratelimit-(?!unified)|x-gemini-service-tier|x-codex-.*|x-models-etag|x-reasoning-included)/

export function passBack(headers: Headers): Record<string, string> {
  const passed: Record<string, string> = {}
  headers.forEach((value, name) => {
    if (PASSED_BACK.test(name)) passed[name] = value
  })
  return passed
}

export interface UpstreamCall {
  url: string
  headers: Record<string, string>
}

/** Where to call, and with which headers. `client` is the client's request, where both sides speak the same protocol. */
export function upstreamCall(options: {
  protocol: Protocol
  dialect: Dialect
  baseUrl: string
  apiKey?: string
  headers?: Record<string, string>
  model: string
  stream: boolean
  client?: Request
}): UpstreamCall {
  const { protocol, dialect, client } = options
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: options.stream ? 'text/event-stream' : 'application/json',
  }
  const forOneHop = hopsIn(client?.headers.get('connection') ?? '')
  if (client)
    eachHeader(client, (value, name) => {
      if (isPassedOn(name) && !forOneHop?.has(name)) headers[name] = value
    })
  const credentials = protocol.credentials(options.apiKey, dialect)
  for (const name in credentials) if (name !== 'anthropic-version' || headers[name] === undefined) headers[name] = credentials[name]!
  if (dialect.headers) Object.assign(headers, dialect.headers)
  if (options.headers) for (const name of Object.keys(options.headers)) headers[name.toLowerCase()] = options.headers[name]!
  const { baseUrl, model, stream } = options
  const url = addresses(`${protocol.name} ${dialect.name} ${baseUrl} ${model} ${stream}`, () =>
    protocol.address(baseUrl, { model, stream, dialect }),
  )
  return { url: client ? withQuery(url, client.url) : url, headers }
}

/** The headers that a client says are meant for the next hop alone. Almost all say `keep-alive`, or nothing. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopsIn = (connection: string): ReadonlySet<string> | undefined =>
  /^(keep-alive|close)?$/i.test(connection) ? undefined : new Set(connection.toLowerCase().split(/[\s,]+/))

const addresses = createMemo<string>()

/** What of a client's query is meant for this side: its key, and its choice of an endpoint. */
const OWN_QUERY = ['key', 'endpoint', 'ep']

/** The client's query (`?beta=true`), without what is meant for this side. */
function withQuery(target: string, source: string): string {
  if (!source.includes('?')) return target
  const from = new URL(source).searchParams
  for (const name of OWN_QUERY) from.delete(name)
  if (!from.size) return target
  const url = new URL(target)
  for (const [name, value] of from) if (!url.searchParams.has(name)) url.searchParams.set(name, value)
  return url.href
}
