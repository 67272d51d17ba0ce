/**
 * Where the endpoints are, and how a key is sent.
 *
 * @module
 */
import type { Dialect } from '../../core/dialect.ts'
import type { ClientRoute } from '../../core/protocol.ts'

/** What a client's path means: `…/responses` is a generation, `…/responses/input_tokens` asks for a count. */
export function route(method: string, url: URL): ClientRoute | undefined {
  if (method !== 'POST') return undefined
  const path = url.pathname.replace(/\/+$/, '')
  if (path.endsWith('/responses')) return { action: 'generate' }
  return path.endsWith('/responses/input_tokens') ? { action: 'count-tokens' } : undefined
}

/** The URL of a generation. A query (Azure's `api-version`) is kept. */
export function address(baseUrl: string, { dialect }: { dialect: Dialect }): string {
  const url = new URL(baseUrl)
  const path = url.pathname.replace(/\/+$/, '')
  if (path.endsWith('/responses')) url.pathname = path
  else if (path.endsWith('/chat/completions')) url.pathname = `${path.slice(0, -'/chat/completions'.length)}/responses`
  else url.pathname = `${path}${hasVersion(path) ? '' : (dialect.version ?? '/v1')}/responses`
  return url.href
}

const hasVersion = (path: string): boolean => /\/v\d+[a-z0-9]*(?:\/|$)/i.test(path)

export function credentials(apiKey: string | undefined, dialect: Dialect): Record<string, string> {
  if (!apiKey) return {}
  const auth = dialect.auth ?? 'bearer'
  return auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { [auth]: apiKey }
}
