/**
 * Where an upstream is called, and what a client's path asks for.
 *
 * @module
 */
import type { Dialect } from '../../core/dialect.ts'
import type { ClientRoute } from '../../core/protocol.ts'

const ENDPOINT = '/chat/completions'

/** A version of any number, alone or before `openai`: `/v1`, `/v1beta/openai`, `/api/paas/v4`. */
const VERSION = /\/v\d+(?:(?:alpha|beta)\d*)?(?:\/openai)?$/

/** Matches whatever stands before: gateways put prefixes there. */
export function route(method: string, url: URL): ClientRoute | undefined {
  return method === 'POST' && url.pathname.replace(/\/+$/, '').endsWith(ENDPOINT) ? { action: 'generate' } : undefined
}

/**
 * The URL of a generation. The base URL is taken with or without its version, with a trailing slash, or as the whole endpoint;
 * its query stays (Azure's `api-version`).
 */
export function address(baseUrl: string, { dialect }: { dialect: Dialect }): string {
  const url = new URL(baseUrl)
  const path = url.pathname.replace(/\/+$/, '')
  url.pathname = path.endsWith(ENDPOINT) ? path : `${rooted(path, dialect.version ?? '/v1')}${ENDPOINT}`
  return url.href
}

/** The path with the provider's own root in it: `/api` and `/api/v1` are both `/api/v1`. */
function rooted(path: string, root: string): string {
  if (VERSION.test(path) || /\/deployments\/[^/]+$/.test(path)) return path
  if (!path || root === path || root.startsWith(`${path}/`)) return root
  // Below another path than the provider's own only the version is missing.
  const version = /\/v\d\w*(?:\/openai)?$/.exec(root)?.[0]
  return path.endsWith(root) ? path : `${path}${version ?? ''}`
}

/** @see https://platform.openai.com/docs/api-reference/authentication */
export function credentials(apiKey: string | undefined, dialect: Dialect): Record<string, string> {
  if (!apiKey) return {}
  // Azure takes its own keys in a header of their own, and tokens of Entra ID, which are JWTs, as bearers.
  const token = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(apiKey)
  return dialect.auth && dialect.auth !== 'bearer' && !token ? { [dialect.auth]: apiKey } : { authorization: `Bearer ${apiKey}` }
}
