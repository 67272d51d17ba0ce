/**
 * Everything that a server of this library answers, as one fetch: the small routes that clients expect of a provider
 * here, all else by the app behind it.
 *
 * @module
 */
import { failureOf, STATUS, type Failure } from '../core/failure.ts'
import { errorResponse } from '../router/answer.ts'
import { clientProtocol, MAX_BODY_BYTES, routeOf } from '../router/facts.ts'
import { requestOf, type Fetch } from '../router/fetch.ts'
import { sessionRoute } from '../router/sessions/route.ts'
import { sessions, type SessionsOptions } from '../router/sessions/sessions.ts'
import { protocols } from '../transformers/registry.ts'
import { limitBody } from './body-limit.ts'
import { createGuard, type AllowedHosts } from './guard.ts'
import { answerModels, listAsk, modelsPath, type Model } from './models.ts'
import { version } from './version.ts'

export interface GatewayOptions {
  /** Answers the model requests: an endpoint, a pool, a router, or a fetch of your own. */
  app: Fetch
  /** What `GET /v1/models` lists. Default: such requests go to the app. */
  models?: readonly Model[]
  /**
   * The host names that are answered. **Important:** `any` is safe only where a browser cannot reach the server by a name
   * that somebody else controls; a server on loopback needs `loopback`. Default `any`, since a mounted gateway has the
   * names of the server around it; `serve` chooses by the address it listens on.
   */
  hosts?: AllowedHosts
  /** The largest request body in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  /** How the conversations of OpenAI Responses clients are kept; `false` for an app that does so itself. Default: in memory. */
  sessions?: SessionsOptions | false
}

type Answer = (request: Request, url: URL) => Response

const ROUTES: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['/', (request, url) => plain(welcome(`${url.protocol}//${request.headers.get('host') ?? url.host}`))],
  // Claude Code asks for it when it starts, and waits for the answer.
  ['/api/hello', () => plain('')],
  ['/health', () => Response.json({ status: 'ok', name: 'cc-route', version }, { headers: { 'cache-control': 'no-store' } })],
])

/**
 * Makes the whole server as a fetch, to be mounted anywhere. Answers every error in the client's own format, and never
 * rejects: what the app throws becomes a 500.
 */
export function createGateway(options: GatewayOptions): Fetch {
  const { models, maxBodyBytes = MAX_BODY_BYTES } = options
  const app = options.sessions === false ? options.app : sessions(options.app, { maxBodyBytes, ...options.sessions })
  const refusal = createGuard(options.hosts ?? 'any')

  const answer = (request: Request): Response | Promise<Response> => {
    const refused = refusal(request)
    if (refused) return refuse(request, refused)
    const url = new URL(request.url)
    const reads = request.method === 'GET' || request.method === 'HEAD'
    const route = ROUTES.get(url.pathname)
    if (route) return reads ? bodiless(request, route(request, url)) : wrongMethod(request, url, 'GET, HEAD')
    if (request.method === 'POST') return app(limitBody(request, maxBodyBytes))
    const listed = modelsPath(url.pathname)
    if (reads && listed && models) return bodiless(request, Response.json(answerModels(models, listAsk(request, url, listed.id))))
    if (routeOf(request) || (reads && listed) || (options.sessions !== false && sessionRoute(request))) return app(request)
    if (routeOf(new Request(request.url, { method: 'POST' }))) return wrongMethod(request, url, 'POST')
    return refuse(request, {
      kind: 'not-found',
      status: STATUS['not-found'],
      message: `${request.method} ${url.pathname}: there is no such path here. GET / tells what there is.`,
    })
  }

  return async (input, init) => {
    const request = requestOf(input, init)
    try {
      return await answer(request)
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: STATUS.cancelled })
      return refuse(request, failureOf(error))
    }
  }
}

const refuse = (request: Request, failure: Failure): Response =>
  bodiless(request, errorResponse(protocols[clientProtocol(request)], failure))

function wrongMethod(request: Request, url: URL, allow: string): Response {
  const response = refuse(request, {
    kind: 'invalid-request',
    status: 405,
    message: `${request.method} ${url.pathname}: this path takes ${allow} only.`,
  })
  response.headers.set('allow', allow)
  return response
}

const plain = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })

/** An answer to HEAD has the headers alone. */
const bodiless = (request: Request, response: Response): Response => (request.method === 'HEAD' ? new Response(null, response) : response)

const welcome = (
  origin: string,
): string => `cc-route ${version}: one place to reach every LLM provider, in the protocol that your program speaks.

  Claude      POST ${origin}/v1/messages
  OpenAI      POST ${origin}/v1/chat/completions
              POST ${origin}/v1/responses
  Gemini      POST ${origin}/v1beta/models/{model}:generateContent
  also        GET  ${origin}/v1/models, ${origin}/health

Claude Code:

  export ANTHROPIC_BASE_URL=${origin}
  export ANTHROPIC_AUTH_TOKEN=cc-route
  claude
`
