/**
 * Refusals in the client's own words.
 *
 * @module
 */
import { shownTo } from '../accounts/tenants/refusals.ts'
import { STATUS, type Failure } from '../core/failure.ts'
import { noteRefusal } from '../router/caller.ts'
import { errorResponse } from '../router/endpoint/answer.ts'
import { clientProtocol } from '../router/facts.ts'
import { protocols } from '../transformers/registry.ts'
import type { Place } from './paths.ts'

/** A failure as the client's own error. */
export function refuse(request: Request, failure: Failure, place?: Place): Response {
  noteRefusal(request, failure)
  const shown = shownTo(request, failure)
  const response = errorResponse(protocols[place?.protocol ?? clientProtocol(request)], shown)
  if (shown.status === STATUS.authentication) response.headers.set('www-authenticate', 'Bearer realm="cc-route"')
  return bodiless(request, response)
}

/** The 404 of a path that is nobody's. */
export const nothing = (request: Request, place: Place): Response =>
  refuse(
    request,
    {
      kind: 'not-found',
      status: STATUS['not-found'],
      message: `${request.method} ${place.path}: there is no such path here. GET / tells what there is.`,
    },
    place,
  )

/** The 405 of a path that takes other methods. */
export function wrongMethod(request: Request, url: URL, allow: string): Response {
  const response = refuse(request, {
    kind: 'invalid-request',
    status: 405,
    message: `${request.method} ${url.pathname}: this path takes ${allow} only.`,
  })
  response.headers.set('allow', allow)
  return response
}

/** An answer to HEAD has the headers alone. */
export const bodiless = (request: Request, response: Response): Response =>
  request.method === 'HEAD' ? new Response(null, response) : response

export const reads = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD'
