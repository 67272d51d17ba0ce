/**
 * What stands before an app: who may call, how much, and the small routes that clients expect of a provider; all else is the app's.
 *
 * @module
 */
import { refusalShownTo } from '../accounts/tenants/refusals.ts'
import { failureOf, STATUS } from '../core/failure.ts'
import { mapped } from '../core/mapped.ts'
import { boundDepth, knownFacts, MAX_BODY_BYTES, routeOf } from '../router/facts.ts'
import { requestOf, urlOf, type Fetch } from '../router/fetch.ts'
import { outcomeOf } from '../router/outcome.ts'
import { askedModel } from '../router/request-facts.ts'
import { sessionRoute } from '../router/sessions/route.ts'
import { sessions } from '../router/sessions/sessions.ts'
import { firstOf } from './first-of.ts'
import type { FrontParts, GatewayOptions } from './front-options.ts'
import { cleanErrors } from './log/error-text.ts'
import { createRequestLog } from './log/requests.ts'
import { answerModels, listAsk, modelsPath, type ListAsk } from './models/models.ts'
import { openRoutes } from './open-routes.ts'
import { isTelemetry, placeOf, protocolOfPath, type Place } from './paths.ts'
import { bodiless, nothing, reads, refuse, wrongMethod } from './refuse.ts'
import { createAuth } from './safety/auth.ts'
import { isCompressed, unpackBody } from './safety/body-encoding.ts'
import { limitBody } from './safety/body-limit.ts'
import { createAddressReader } from './safety/client-address.ts'
import { clientOf, inheritOrigin } from './safety/connection.ts'
import { isJson, refuseContentType } from './safety/content-type.ts'
import { createCors } from './safety/cors.ts'
import { createGuard } from './safety/guard.ts'
import { createGate, createUrlLimit } from './safety/limits.ts'

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

/** Which model the client asked for, told with the outcome. */
async function noteAsked(request: Request, response: Response): Promise<void> {
  const outcome = outcomeOf(response)
  const facts = outcome && (await knownFacts(request)?.catch(() => undefined))
  const asked = facts && askedModel(facts)
  if (outcome && asked !== undefined) outcome.asked = asked
}
