/**
 * What stands before an app: who may call, how much, and the small routes that clients expect of a provider; all else is the app's.
 *
 * @module
 */
import { askedModel } from '../router/request-facts.ts'
import type { Ledger } from '../accounts/ledger/ledger.ts'
import type { Clock } from '../core/clock.ts'
import { failureOf, STATUS, type Failure } from '../core/failure.ts'
import { mapped } from '../core/mapped.ts'
import { noteRefusal } from '../router/caller.ts'
import { errorResponse } from '../router/endpoint/answer.ts'
import { boundDepth, clientProtocol, knownFacts, MAX_BODY_BYTES, routeOf } from '../router/facts.ts'
import { requestOf, urlOf, type Fetch } from '../router/fetch.ts'
import { outcomeOf } from '../router/outcome.ts'
import { sessionRoute } from '../router/sessions/route.ts'
import { sessions, type SessionsOptions } from '../router/sessions/sessions.ts'
import { protocols } from '../transformers/registry.ts'
import { refusalShownTo, shownTo } from '../accounts/tenants/refusals.ts'
import { createAuth, type ClientKey } from './safety/auth.ts'
import { isCompressed, unpackBody } from './safety/body-encoding.ts'
import { limitBody } from './safety/body-limit.ts'
import { createAddressReader, createProxyCheck } from './safety/client-address.ts'
import { clientOf, inheritOrigin } from './safety/connection.ts'
import { isJson, refuseContentType } from './safety/content-type.ts'
import { createCors } from './safety/cors.ts'
import { cleanErrors } from './log/error-text.ts'
import { firstOf } from './first-of.ts'
import { createGuard, type AllowedHosts } from './safety/guard.ts'
import type { SocketLimits } from './node/limits.ts'
import { createGate, createUrlLimit, type Limits } from './safety/limits.ts'
import { createRequestLog } from './log/requests.ts'
import type { Log } from './log/log.ts'
import { answerModels, listAsk, modelsPath, type ListAsk, type Model } from './models/models.ts'
import { isTelemetry, placeOf, protocolOfPath, type Place } from './paths.ts'
import { version } from './version.ts'
import { welcome } from './welcome.ts'

export interface GatewayOptions {
  /** Answers the model requests: an endpoint, a pool, a router, or a fetch of your own. */
  app: Fetch
  /** What `GET /v1/models` lists; a function where that changes, or is not the same for everybody. Default: such requests go to the app. */
  models?: readonly Model[] | ((request: Request) => readonly Model[] | Promise<readonly Model[]>)
  /**
   * The host names that are answered. **Important:** `any` is safe only where a browser cannot reach the server by a name
   * that somebody else controls; a server on loopback needs `loopback`. Default `any`, since a mounted gateway has the
   * names of the server around it; `serve` chooses by the address it listens on.
   */
  hosts?: AllowedHosts
  /** The web pages of other sites that may call, as origins: `https://chat.example`. Default: none. */
  origins?: readonly string[]
  /** The keys of those who may use it. Default: none is asked for. */
  keys?: readonly ClientKey[]
  /**
   * The proxies in front that may tell whose request it is, by `X-Forwarded-*`: addresses, networks (`10.0.0.0/8`) or `loopback`.
   * Default: none.
   */
  trustedProxies?: readonly string[]
  limits?: Limits
  /** The largest request body in bytes: short for `limits.bodyBytes`. Default 32 MiB. */
  maxBodyBytes?: number
  /** Whether `GET /health` shall say that all is well: `false` has load balancers send their requests elsewhere. Default: always. */
  isReady?: () => boolean
  /** Told at `GET /health`, so that whoever started a server knows it from every other. Default: nothing is told. */
  instance?: string
  /** Writes a line for each request. Default: nothing is written. */
  log?: Log
  /** Takes the secrets that somebody echoed out of errors: a `createRedactor()`. Default: none is known. */
  redact?: (text: string) => string
  /** How the conversations of OpenAI Responses clients are kept; `false` for an app that does so itself. Default: in memory. */
  sessions?: SessionsOptions | false
}

/** What a gateway of a configuration has besides. */
export interface FrontParts extends GatewayOptions {
  /** Answers what is asked about the gateway itself, and decides who may ask; `undefined` for what is none of its paths. */
  admin?(request: Request, url: URL): Response | Promise<Response> | undefined
  /** Answers what is asked of its own usage by somebody whom `admit` lets in; `undefined` for what is none of its paths. */
  usage?(request: Request, url: URL, admit: (request: Request) => Request | Failure): Promise<Response> | undefined
  /** Answers `GET /status`. */
  status?(): Promise<Response>
  /** Sends what is no generation to a provider that speaks the protocol. */
  passOn?(request: Request, place: Place): Promise<Response>
  clock?: Clock
  /** Answers `GET /metrics`, to whom `admit` lets in. */
  metrics?: { admit: (request: Request) => Request | Failure; answer(): Promise<Response> } | undefined
  /** Told of each request; what it returns is told of the answer. */
  watch?: readonly ((request: Request) => ((response: Response) => void) | undefined)[]
  /** Keeps a record of each request. */
  ledger?: Pick<Ledger, 'watch'>
}

/** What a server tells the gateway that it serves. */
export interface Serving extends Pick<GatewayOptions, 'isReady' | 'instance' | 'log' | 'limits'> {
  /** Others can reach it: it has to ask for keys, whatever configuration it is given. */
  needsKeys?: boolean
}

/** How a gateway is put on a socket. */
export interface Servable {
  readonly asksForKeys: boolean
  /** What its configuration says of limits, those of sockets included. */
  readonly limits: Limits & SocketLimits
  serve(parts: Serving): void
}

const servables = new WeakMap<Fetch, Servable>()

export function setServing<F extends Fetch>(gateway: F, servable: Servable): F {
  servables.set(gateway, servable)
  return gateway
}

/** `undefined` for an app that is no gateway. */
export const servableOf = (app: Fetch): Servable | undefined => servables.get(app)

type Answer = (request: Request, url: URL) => Response

/** What is answered to anybody, key or not. */
const openRoutes = ({ isReady = () => true, trustedProxies, instance }: GatewayOptions): ReadonlyMap<string, Answer> => {
  const isForwarded = createProxyCheck(trustedProxies)
  return new Map<string, Answer>([
    ['/', (request, url) => plain(welcome(originOf(request, url, isForwarded(request))))],
    // Claude Code asks for it when it starts, and waits for the answer.
    ['/api/hello', () => plain('')],
    ['/health', () => health(isReady(), instance)],
  ])
}

/**
 * Puts what a server answers besides around an app of your own, to be mounted anywhere. Answers every error in the client's own format,
 * and never rejects: what the app throws becomes a 500.
 */
export const createGateway = (options: GatewayOptions): Fetch => createFront(options)

export function createFront(options: FrontParts): Fetch {
  const { models, keys, limits = {}, trustedProxies, hosts = 'any', status, passOn, metrics, watch } = options
  const maxBytes = options.maxBodyBytes ?? limits.bodyBytes ?? MAX_BODY_BYTES
  const owner = keys && { owner: (request: Request) => clientOf(request)?.name ?? '' }
  const keepsSessions = options.sessions !== false
  const app = options.sessions === false ? options.app : sessions(options.app, { maxBodyBytes: maxBytes, ...owner, ...options.sessions })
  const cors = createCors(options.origins ?? [])
  const refusals = [createGuard(hosts, cors.origins), createUrlLimit(limits)]
  const addressOf = createAddressReader(trustedProxies)
  const admit = keys ? createAuth({ keys, addressOf, clock: options.clock }) : (request: Request) => request
  const enter = createGate({ ...limits, addressOf })
  const open = openRoutes(options)

  const answer = (request: Request): Response | Promise<Response> => {
    const preflight = cors.preflight(request)
    if (preflight) return preflight
    const url = urlOf(request)
    const place = placeOf(url)
    const route = open.get(place.path)
    if (route) return reads(request) ? bodiless(request, route(request, url)) : wrongMethod(request, url, 'GET, HEAD')
    if (isTelemetry(place.path)) return Response.json({})
    const administered = options.admin?.(request, url)
    if (administered) return administered
    const used = options.usage?.(request, url, admit)
    if (used) return used
    if (metrics && place.path === '/metrics') {
      const reader = metrics.admit(request)
      if (!(reader instanceof Request)) return refuse(request, reader, place)
      return reads(request) ? metrics.answer().then((response) => bodiless(request, response)) : wrongMethod(request, url, 'GET, HEAD')
    }
    const admitted = admit(request)
    if (!(admitted instanceof Request)) return refuse(request, admitted, place)
    if (status && place.path === '/status')
      return reads(request) ? status().then((response) => bodiless(request, response)) : wrongMethod(request, url, 'GET, HEAD')
    const listed = modelsPath(place.path)
    if (listed && models && reads(request)) return answerList(admitted, listAsk(request, place, listed.id), models)
    if (routeOf(request) || (keepsSessions && sessionRoute(request))) return admitted.method === 'POST' ? take(admitted) : app(admitted)
    if (routeOf(new Request(request.url, { method: 'POST' }))) return wrongMethod(request, url, 'POST')
    return passed(admitted, place) ?? nothing(request, place)
  }

  /** What no protocol generates with: somebody else's business, or the app's own. */
  const passed = (request: Request, place: Place): Response | Promise<Response> | undefined => {
    if (passOn && protocolOfPath(request, place)) return take(request, (bounded) => passOn(bounded, place))
    if (request.method === 'POST') return take(request)
    return reads(request) && modelsPath(place.path) ? app(request) : undefined
  }

  /** Answers a request that may have a body, within its bounds. */
  const take = async (request: Request, passes?: (request: Request) => Response | Promise<Response>): Promise<Response> => {
    const refused = refuseContentType(request, () => routeOf(request) !== undefined)
    if (refused) return refuse(request, refused)
    const seat = enter?.(request)
    if (seat && 'kind' in seat) return refuse(request, seat)
    try {
      const plain =
        isCompressed(request) && (!passes || isJson(request))
          ? await unpackBody(request, { maxBytes, expansion: limits.expansion })
          : limitBody(request, maxBytes)
      if (plain !== request) inheritOrigin(request, plain)
      if (limits.depth !== undefined) boundDepth(plain, limits.depth)
      const response = await (passes ?? app)(plain)
      if (watch) await noteAsked(plain, response)
      return seat ? seat.hold(response) : response
    } catch (error) {
      seat?.release()
      throw error
    }
  }

  const respond = async (request: Request): Promise<Response> => {
    try {
      const refused = firstOf(refusals, (refusal) => refusal(request))
      return await cleanErrors(refused ? refuse(request, refused) : refusalShownTo(request, await answer(request)), options.redact)
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: STATUS.cancelled })
      return cleanErrors(refuse(request, failureOf(error)), options.redact)
    }
  }
  const begin = options.log && createRequestLog({ log: options.log, addressOf })

  return async (input, init) => {
    const request = requestOf(input, init)
    const ends = [begin?.(request), ...(watch ? mapped(watch, (look) => look(request)) : [])]
    const told = options.ledger?.watch(request)
    const response = cors.allow(request, await respond(request))
    for (const end of ends) end?.(response)
    return told ? told(response) : response
  }
}

async function answerList(request: Request, ask: ListAsk, models: NonNullable<GatewayOptions['models']>): Promise<Response> {
  const listed = typeof models === 'function' ? await models(request) : models
  return bodiless(request, Response.json(answerModels(listed, ask)))
}

const reads = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'

/** Which model the client asked for, told with the outcome. */
async function noteAsked(request: Request, response: Response): Promise<void> {
  const outcome = outcomeOf(response)
  const facts = outcome && (await knownFacts(request)?.catch(() => undefined))
  const asked = facts && askedModel(facts)
  if (outcome && asked !== undefined) outcome.asked = asked
}

const nothing = (request: Request, place: Place): Response =>
  refuse(
    request,
    {
      kind: 'not-found',
      status: STATUS['not-found'],
      message: `${request.method} ${place.path}: there is no such path here. GET / tells what there is.`,
    },
    place,
  )

/** A failure as the client's own error. */
export function refuse(request: Request, failure: Failure, place?: Place): Response {
  noteRefusal(request, failure)
  const shown = shownTo(request, failure)
  const response = errorResponse(protocols[place?.protocol ?? clientProtocol(request)], shown)
  if (shown.status === STATUS.authentication) response.headers.set('www-authenticate', 'Bearer realm="cc-route"')
  return bodiless(request, response)
}

const health = (ready: boolean, instance: string | undefined): Response =>
  Response.json(
    { status: ready ? 'ok' : 'stopping', name: 'cc-route', version, ...(instance !== undefined && { instance }) },
    { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )

/** How the client calls this server: a proxy in front may have another name and scheme. */
function originOf({ headers }: Request, url: URL, isForwarded: boolean): string {
  const forwarded = (name: string) => (isForwarded ? headers.get(`x-forwarded-${name}`)?.split(',').at(-1)?.trim() : undefined)
  const origin = `${forwarded('proto') ?? url.protocol.slice(0, -1)}://${forwarded('host') ?? headers.get('host') ?? url.host}`
  return URL.canParse(origin) ? new URL(origin).origin : url.origin
}

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
