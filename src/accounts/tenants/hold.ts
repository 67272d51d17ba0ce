/**
 * One request held to what its key may use.
 *
 * @module
 */
import { fail, failureOf, type Failure } from '../../core/failure.ts'
import { totalInput, type Usage } from '../../core/usage.ts'
import { protocols } from '../../transformers/registry.ts'
import { seenOf, setPermit } from '../../router/caller.ts'
import { errorResponse } from '../../router/endpoint/answer.ts'
import { clientProtocol, factsOf, routeOf } from '../../router/facts.ts'
import { askedModel, tokensOf, type RequestFacts } from '../../router/request-facts.ts'
import type { Fetch } from '../../router/fetch.ts'
import { barredFrom, memberOf } from '../../router/member.ts'
import { boundIn } from '../../router/measure.ts'
import { notAllowed } from '../../router/not-allowed.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import { askStranger } from '../../router/pool/stranger.ts'
import { tripOf } from '../../router/trip.ts'
import { limitReached, standingHeaders } from './limit-words.ts'
import { shownTo } from './refusals.ts'
import { ambiguousField, otherModels } from './named-models.ts'
import type { Seat } from './rates.ts'
import type { Standard, Tenants } from './tenants.ts'

/** What a fetch of somebody else's is called in lists of endpoints. */
const STRANGER = 'app'

/**
 * Answers a request whose tenant is known, or refuses it in the client's words. Rejects only where the client has gone.
 *
 * @param isOwn the fetch is of this library: its endpoints hold the request to what may be used. Default: where it says so
 */
export async function holdRequest(
  request: Request,
  fetch: Fetch,
  tenants: Tenants,
  isOwn = memberOf(fetch) !== undefined,
): Promise<Response> {
  const standard = tenants.standardOf(request)
  const { access, isLimited } = standard
  if (!access.permit && !isLimited) return fetch(request)
  if (access.permit) setPermit(request, access.permit)
  try {
    const action = routeOf(request)?.route.action
    if (!action) return await fetch(request)
    const facts = await factsOf(request, tenants.maxBodyBytes)
    await refuseModels(facts, standard, isOwn ? undefined : fetch)
    const ask = () => (isOwn ? fetch(request) : asStranger(request, facts, fetch, tenants))
    // A count of tokens costs nothing, and Claude Code asks for dozens at once.
    return isLimited && action === 'generate' ? await seated(request, standard, tenants, () => usualTokens(facts), ask) : await ask()
  } catch (error) {
    if (request.signal.aborted) throw error
    return refusal(request, failureOf(error))
  }
}

/** Takes a seat for as long as the answer lasts. */
export async function seated(
  request: Request,
  { scopes }: Standard,
  { rates, clock, onError }: Tenants,
  tokens: () => number,
  ask: () => Promise<Response>,
): Promise<Response> {
  const client = clientProtocol(request)
  const seat = await rates.take(scopes, tokens).catch((error: unknown) => {
    onError(error)
    return fail(UNAVAILABLE)
  })
  if ('refused' in seat) {
    const refused = refusal(request, limitReached(seat.refused, clock.now()))
    return told(refused, standingHeaders([seat.refused], client, clock.now()))
  }
  try {
    const response = await ask()
    leaveWith(seat, response)
    return told(response, standingHeaders(seat.standings, client, clock.now()))
  } catch (error) {
    seat.leave()
    throw error
  }
}

function leaveWith(seat: Seat, response: Response): void {
  const outcome = outcomeOf(response)
  // What has no outcome, as a list, is over at once.
  if (!outcome) return seat.leave()
  void outcome.ended.then(({ usage, how }) => {
    const isRefused = outcome.failure !== undefined || !response.ok
    seat.leave(usage ? usedBy(usage) : isRefused && how !== 'cancelled' ? 0 : undefined)
  })
}

const usedBy = (usage: Usage): number => totalInput(usage) + (usage.output ?? 0)

/** The models that are asked for by name; what they lead to is looked at where it is known, by each endpoint. */
async function refuseModels(facts: RequestFacts, { access }: Standard, stranger: Fetch | undefined): Promise<void> {
  const { permit } = access
  if (!permit) return
  if (access.isOfModels) refuseAmbiguous(facts.text)
  const asked = askedModel(facts)
  const refused =
    (asked === undefined ? access.unnamed : access.model(asked, stranger !== undefined)) ??
    otherModels(facts.body)
      .map((model) => access.model(model, true))
      .find((why) => why !== undefined) ??
    (stranger && (await barredFrom(stranger, STRANGER, { facts, permit })))
  if (refused !== undefined) notAllowed(refused)
}

/** @throws FailureError 400 */
export function refuseAmbiguous(text: string, everywhere = false): void {
  const unclear = ambiguity(text, 'your key may use some models alone', everywhere)
  if (unclear) fail(unclear)
}

/** Why a request may not name its models in two ways: `because` it matters which it means. `undefined`: it does not. */
export function ambiguity(text: string, because: string, everywhere = false): Failure | undefined {
  const field = ambiguousField(text, everywhere)
  if (field === undefined) return undefined
  const param = field.toLowerCase()
  return { kind: 'invalid-request', status: 400, message: `cc-route: ${because}: say "${param}" once, and in small letters.`, param }
}

function asStranger(request: Request, facts: RequestFacts, fetch: Fetch, { clock }: Tenants): Promise<Response> {
  const attempts = seenOf(request)?.attempts ?? tripOf(request).attempts
  return askStranger({ name: STRANGER, fetch, request, facts, attempts, reason: 'first', clock, signal: request.signal })
}

/** Answers are seldom longer. */
const USUAL_OUTPUT = 1000
/** Characters that make a token, in what cannot be read. */
const CHARACTERS = 4

function usualTokens(facts: RequestFacts): number {
  try {
    return tokensOf(facts) + Math.min(boundIn(facts.body) ?? USUAL_OUTPUT, USUAL_OUTPUT)
  } catch {
    // Whether that is a mistake is the provider's to say.
    return facts.text.length / CHARACTERS
  }
}

const UNAVAILABLE: Failure = {
  kind: 'overloaded',
  status: 503,
  message:
    'cc-route: what the limits of this key have left cannot be read, so that nothing is asked. The log of the gateway says why. Try again in a moment.',
  retryAfter: 5,
}

/** A failure as the client's own error, which tells its outcome. */
export function refusal(request: Request, failure: Failure): Response {
  const response = errorResponse(protocols[clientProtocol(request)], shownTo(request, failure))
  const attempts = seenOf(request)?.attempts ?? []
  return attachOutcome(response, { endpoint: '', notices: [], attempts, failure, ended: Promise.resolve({ how: 'error', failure }) })
}

function told(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}
