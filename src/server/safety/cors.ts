/**
 * Web pages of other sites, where they are let in: what browsers ask beforehand, and what they want to see on the answers.
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @module
 */
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'

export interface Cors {
  /** The origins that are let in. */
  origins: ReadonlySet<string>
  /** The answer to a browser that asks whether a page may call; `undefined` for any other request. */
  preflight(request: Request): Response | undefined
  /** The answer as the page may read it. */
  allow(request: Request, response: Response): Response
}

const SHOWN = 'retry-after, request-id, x-request-id, x-should-retry, x-cc-route-notices'
const HEADER_NAMES = /^[\w-]+( *, *[\w-]+){0,63}$/

/**
 * @param origins such as `https://chat.example`
 * @throws TypeError for what is no origin; `*` is none, since any page that the user visits could then spend the keys
 */
export function createCors(origins: readonly string[]): Cors {
  for (const origin of origins)
    if (!URL.canParse(origin) || new URL(origin).origin !== origin)
      throw new TypeError(`origins: "${origin}" is no origin. List them one by one, as scheme and host: https://chat.example.`)
  const listed = new Set(origins)
  const originOf = (request: Request): string | undefined => {
    const origin = request.headers.get('origin')
    return origin !== null && listed.has(origin) ? origin : undefined
  }
  return {
    origins: listed,
    preflight(request) {
      const origin = originOf(request)
      if (origin === undefined || request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined
      const headers = new Headers({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST, DELETE',
        'access-control-max-age': '600',
        vary: 'origin, access-control-request-headers',
      })
      const asked = request.headers.get('access-control-request-headers') ?? ''
      if (HEADER_NAMES.test(asked)) headers.set('access-control-allow-headers', asked)
      if (request.headers.get('access-control-request-private-network') === 'true')
        headers.set('access-control-allow-private-network', 'true')
      return new Response(null, { status: 204, headers })
    },
    allow(request, response) {
      const origin = originOf(request)
      if (origin === undefined || response.headers.has('access-control-allow-origin')) return response
      return withHeaders(response, { 'access-control-allow-origin': origin, 'access-control-expose-headers': SHOWN, vary: 'origin' })
    },
  }
}

/** The same answer with more headers, those of an app's own fetch too, which nobody may change. */
function withHeaders(response: Response, headers: Record<string, string>): Response {
  try {
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
    return response
  } catch {
    const copy = new Response(response.body, response)
    for (const [name, value] of Object.entries(headers)) copy.headers.set(name, value)
    const outcome = outcomeOf(response)
    return outcome ? attachOutcome(copy, outcome) : copy
  }
}
