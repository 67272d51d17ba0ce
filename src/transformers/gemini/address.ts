/**
 * Where Gemini's requests go, and what the path of a client's request means.
 * @see https://ai.google.dev/api/generate-content
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
 *
 * @module
 */
import type { Dialect } from '../../core/dialect.ts'
import { fail } from '../../core/failure.ts'
import type { ClientRoute } from '../../core/protocol.ts'

/** What a client's path means: the model stands between `/models/` and the last colon, or is one of `/tunedModels/`. `undefined` for paths of others. */
export function route(method: string, url: URL): ClientRoute | undefined {
  if (method !== 'POST') return undefined
  const path = /\/(?:models\/|(?=tunedModels\/))(.+):([A-Za-z]+)$/.exec(url.pathname)
  const model = path?.[1] && decoded(path[1])
  if (!model || url.pathname.includes('/publishers/anthropic/')) return undefined
  switch (path[2]) {
    case 'generateContent':
      return { action: 'generate', model, stream: false }
    case 'streamGenerateContent':
      return { action: 'generate', model, stream: true, framing: url.searchParams.get('alt') === 'sse' ? 'sse' : 'json-array' }
    case 'countTokens':
      return { action: 'count-tokens', model, stream: false }
    default:
      return undefined
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const VERSION = /\/v\d+(?:(?:alpha|beta)\d*)?(?=\/|$)/

/** The URL of a generation below `baseUrl`, which may stop anywhere: at the host, the version, `/models`, or be a full endpoint. */
export function address(baseUrl: string, { model, stream, dialect }: { model: string; stream: boolean; dialect: Dialect }): string {
  const url = new URL(baseUrl)
  let path = url.pathname.replace(/\/+$/, '').replace(/\/models(\/[^/]*:\w+)?$/, '')
  const vertex = dialect.name === 'vertex'
  if (!VERSION.test(path)) path += dialect.version ?? (vertex ? '/v1' : '/v1beta')
  const name = model.replace(/^\/+/, '')
  // a name that is a path of its own: models/…, tunedModels/…, publishers/…, projects/…
  const full = /^(models|tunedModels|publishers|projects)\//.test(name) ? name : `models/${name}`
  if (vertex && !/\/publishers\/[^/]+$/.test(path) && full.startsWith('models/')) path += '/publishers/google'
  url.pathname = `${path}/${full.split('/').map(segment).join('/')}:${stream ? 'streamGenerateContent' : 'generateContent'}`
  if (stream) url.searchParams.set('alt', 'sse')
  else url.searchParams.delete('alt')
  return url.href
}

/** A client that names a model must not reach another path with it. */
const segment = (text: string): string =>
  text === '.' || text === '..'
    ? fail({
        kind: 'invalid-request',
        message: `The model's name has "${text}" between slashes: there is no such model.`,
        retryable: false,
      })
    : encodeURIComponent(text)

const HEADER_OF = { 'x-goog-api-key': 'x-goog-api-key', 'x-api-key': 'x-api-key', 'api-key': 'api-key' } as const

/** How the key is sent: Google's header, or a bearer token for Vertex. */
export function credentials(apiKey: string | undefined, dialect: Dialect): Record<string, string> {
  if (!apiKey) return {}
  const auth = dialect.auth ?? (dialect.name === 'vertex' ? 'bearer' : 'x-goog-api-key')
  return auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { [HEADER_OF[auth]]: apiKey }
}
