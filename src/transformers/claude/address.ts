/**
 * Paths, addresses and credentials.
 *
 * @see https://platform.claude.com/docs/en/api/overview
 * @module
 */
import type { Dialect } from '../../core/dialect.ts'
import type { ClientRoute } from '../../core/protocol.ts'

/** The version of the API that is asked for: the one that every model and every look-alike answers to. */
const VERSION = '2023-06-01'

/** Claude Code puts `?beta=true` behind the path, and gateways put paths before it. */
export function route(method: string, url: URL): ClientRoute | undefined {
  if (method !== 'POST') return undefined
  if (/\/messages\/?$/.test(url.pathname)) return { action: 'generate' }
  if (/\/messages\/count_tokens\/?$/.test(url.pathname)) return { action: 'count-tokens' }
  return undefined
}

/** Adds what the base URL lacks of `/v1/messages`. A query that it has is kept. */
export function address(baseUrl: string, ask: { dialect: Dialect }): string {
  const url = new URL(baseUrl)
  let path = url.pathname.replace(/\/+$/, '')
  if (!path.endsWith('/messages')) {
    if (!/\/v\d+[a-z0-9]*$/.test(path)) path += ask.dialect.version ?? '/v1'
    path += '/messages'
  }
  url.pathname = path
  return url.href
}

export function credentials(apiKey: string | undefined, dialect: Dialect): Record<string, string> {
  const headers: Record<string, string> = { 'anthropic-version': VERSION }
  if (apiKey === undefined) return headers
  if (dialect.auth === 'bearer') headers['authorization'] = `Bearer ${apiKey}`
  else headers[dialect.auth === 'api-key' ? 'api-key' : 'x-api-key'] = apiKey
  return headers
}
