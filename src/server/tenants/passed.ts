/**
 * Requests that are passed on as they are, held to what their key may use. The endpoint is held to it where it is chosen.
 *
 * @module
 */
import { refusal, refuseAmbiguous, seated } from '../../accounts/tenants/hold.ts'
import { accessOf } from '../../accounts/tenants/permit.ts'
import type { Tenants } from '../../accounts/tenants/tenants.ts'
import { failureOf } from '../../core/failure.ts'
import { isObject, stringOf, tryParse } from '../../core/json.ts'
import { setPermit } from '../../router/caller.ts'
import { notAllowed } from '../../router/not-allowed.ts'
import type { Place } from '../paths.ts'
import { inheritOrigin } from '../safety/connection.ts'

/** Larger bodies are not read to find a model in them. */
const MAX_BYTES = 1024 * 1024
/** Gemini names it in the path. */
const IN_PATH = /\/models\/([^/:]+):/
/** Where nothing is generated, whatever is sent. */
const MERE_FILES = /\/(files|uploads)(\/|$)/

export async function holdPassed(
  request: Request,
  place: Place,
  passOn: (request: Request, place: Place) => Promise<Response>,
  tenants: Tenants,
): Promise<Response> {
  const standard = tenants.standardOf(request)
  const { access, isLimited, scopes } = standard
  try {
    // The model is looked at here: who passes it on does not read it.
    setPermit(request, accessOf(scopes.map(({ name, limits: { models: _models, ...limits } }) => ({ name, limits }))).permit)
    const passed = access.isOfModels && request.method === 'POST' && !MERE_FILES.test(place.path) ? await ofModel(request) : request
    const ask = () => passOn(passed, place)
    return isLimited ? await seated(passed, standard, tenants, () => 0, ask) : await ask()
  } catch (error) {
    if (request.signal.aborted) throw error
    return refusal(request, failureOf(error))
  }

  /** The request, whose model may be used. */
  async function ofModel(asked: Request): Promise<Request> {
    const named = IN_PATH.exec(place.path)?.[1]
    const [model, same] = named === undefined ? await modelIn(asked) : [decodeURIComponent(named), asked]
    if (model === undefined)
      return notAllowed(
        `cc-route: your key may use some models alone, and ${place.path} does not name the one that it would use. Name it as "model" in JSON.`,
      )
    const refused = access.model(model, true)
    return refused === undefined ? same : notAllowed(refused)
  }
}

/** The model that a JSON body names, and the request with its body still to be read. */
async function modelIn(request: Request): Promise<[model: string | undefined, same: Request]> {
  const length = Number(request.headers.get('content-length') ?? 0)
  const isJson = /^application\/json\b/i.test(request.headers.get('content-type') ?? '')
  if (!isJson || length > MAX_BYTES || request.headers.has('content-encoding')) return [undefined, request]
  const text = await request.text()
  const body = tryParse(text)
  if (body !== undefined) refuseAmbiguous(text)
  const { url, method, headers, signal } = request
  return [
    isObject(body) ? stringOf(body['model']) : undefined,
    inheritOrigin(request, new Request(url, { method, headers, signal, body: text })),
  ]
}
