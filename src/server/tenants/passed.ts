/**
 * Requests that are passed on as they are, held to what their key may use. The endpoint is held to it where it is chosen.
 *
 * @module
 */
import { refusal, refuseAmbiguous, seated } from '../../accounts/tenants/hold.ts'
import { modelsWithin } from '../../accounts/tenants/named-models.ts'
import { accessOf } from '../../accounts/tenants/permit.ts'
import type { Tenants } from '../../accounts/tenants/tenants.ts'
import { failureOf } from '../../core/failure.ts'
import { tryParse } from '../../core/json.ts'
import { setPermit } from '../../router/caller.ts'
import { notAllowed } from '../../router/not-allowed.ts'
import type { Place } from '../paths.ts'
import { jsonOf } from './bodies.ts'

/** Larger bodies are not read to find models in them. */
const MAX_BYTES = 1024 * 1024
/** Gemini names it in the path. */
const IN_PATH = /\/(?:models\/|(?=tunedModels\/))([^:]+):/
/** Its names may have their folder before them. */
const FOLDER = /^\/*models\/+/
/** Where nothing is generated, whatever is sent. */
const MERE_FILES = /^(\/upload|\/download)?(\/v\d[a-z\d]*)?\/((containers|vector_stores)\/[^/]+\/)?(files|uploads)(\/|$)/
/** Where many requests are sent at a time. */
const BATCH = /\/batches\/?$|:(async)?batch\w*$/i
/** They may stand in a file, which is not looked into. */
const OF_FILE = /"(input_?file_?id|file_?name|gcs_?source|big_?query_?source)"\s*:/i
const READS = new Set(['GET', 'HEAD', 'DELETE'])

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
    const passed = access.isOfModels && !READS.has(request.method) && !MERE_FILES.test(place.path) ? await ofModels(request) : request
    const ask = () => passOn(passed, place)
    return isLimited ? await seated(passed, standard, tenants, () => 0, ask) : await ask()
  } catch (error) {
    if (request.signal.aborted) throw error
    return refusal(request, failureOf(error))
  }

  /** The request, all of whose models may be used. */
  async function ofModels(asked: Request): Promise<Request> {
    const inPath = IN_PATH.exec(place.path)?.[1]
    const isBatch = BATCH.test(place.path)
    const [text, same] = await jsonOf(asked, MAX_BYTES)
    const body = text === undefined ? undefined : tryParse(text)
    if (text !== undefined && body !== undefined) refuseAmbiguous(text, true)
    if (isBatch && OF_FILE.test(JSON.stringify(body) ?? ''))
      return notAllowed(
        'cc-route: your key may use some models alone, and those that a batch names in a file are not known. Send the requests themselves.',
      )
    const within = body === undefined ? [] : modelsWithin(body)
    const named = [inPath ?? [], within ?? []].flat()
    if (!named.length || !within || (isBatch && body === undefined))
      return notAllowed(
        `cc-route: your key may use some models alone, and ${place.path} does not name the one that it would use. Name it as "model" in JSON.`,
      )
    const refused = named
      .map((model) => access.model(inPath === undefined ? model : model.replace(FOLDER, ''), true))
      .find((why) => why !== undefined)
    return refused === undefined ? same : notAllowed(refused)
  }
}
