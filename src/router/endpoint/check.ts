/**
 * Whether a provider is there, without a request that costs anything.
 *
 * @module
 */
import { kindOfStatus, type Failure } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Upstream } from './call.ts'
import { upstreamCall } from './upstream.ts'

/** Where a generation goes; the list of models stands beside it. */
const GENERATION = /\/(messages|chat\/completions|responses|models\/[^/]*:\w+)$/

/**
 * Asks for the provider's list of models. Any answer below 500 will do: a provider that has no such list, or does not like the key, is there all the same.
 * Rejects where no answer comes.
 */
export async function checkUpstream(upstream: Upstream, apiKey: string | undefined, signal: AbortSignal): Promise<Failure | undefined> {
  const { name, protocol, dialect, baseUrl, headers: own } = upstream
  const call = upstreamCall({
    protocol: protocols[protocol],
    dialect,
    baseUrl,
    model: upstream.model ?? 'any',
    stream: false,
    ...(apiKey !== undefined && { apiKey }),
    ...(own && { headers: own }),
  })
  const url = new URL(call.url)
  url.pathname = url.pathname.replace(GENERATION, '/models')
  const { 'content-type': _, ...headers } = call.headers
  const response = await upstream.fetch(url.href, { headers, signal, redirect: 'manual' })
  await response.body?.cancel()
  const { status } = response
  return status < 500
    ? undefined
    : { kind: kindOfStatus(status), status, message: `endpoint "${name}": the list of models answered ${status}.` }
}
