/**
 * What type a body has to be of: one that no web page can send to another site without asking first.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import { connectionOf } from './connection.ts'

/** What forms and scripts send across sites without a question. Files may come as forms: `multipart/form-data` is refused where JSON is expected only. */
const SIMPLE = /^(text\/plain|application\/x-www-form-urlencoded)\b/i
const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i

export const isJson = ({ headers }: Request): boolean => JSON_TYPE.test(headers.get('content-type') ?? '')

/** Returns why a body of this type is refused. `takesJsonOnly` says so of the path. */
export function refuseContentType(request: Request, takesJsonOnly: () => boolean): Failure | undefined {
  const type = request.headers.get('content-type')
  const passes = type === null ? !hasBody(request) : JSON_TYPE.test(type) || (!SIMPLE.test(type) && !takesJsonOnly())
  if (passes) return undefined
  return {
    kind: 'invalid-request',
    status: 415,
    message: `The body’s content-type is ${type === null ? 'missing' : JSON.stringify(type)}. Send content-type: application/json.`,
  }
}

/** Told by the headers of what came over a connection; a request that was made in this process has none that tell. */
function hasBody(request: Request): boolean {
  const length = request.headers.get('content-length')
  if (length !== null) return length !== '0'
  return connectionOf(request) ? request.headers.has('transfer-encoding') : request.body !== null
}
