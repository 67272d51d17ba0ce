/**
 * An answer of no good status, as a failure.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'
import { tryParse } from '../../core/json.ts'
import type { Protocol } from '../../core/protocol.ts'

/**
 * Judges a refusal by its status, headers and body. Redirects are not followed, as keys would go along.
 *
 * @param protocol what the upstream speaks
 * @param text the body
 * @param now milliseconds since 1970
 * @param name who refused, for people: `endpoint "x"`
 */
export function failureOfResponse(
  protocol: Protocol,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  text: string,
  now: number,
  name: string,
): Failure {
  if (status < 400)
    return {
      kind: 'bad-response',
      status: STATUS['bad-response'],
      message:
        status < 300
          ? `${name}: the upstream answered ${status} with no answer in it.`
          : `${name}: the upstream redirects to ${headers.get('location')}. Keys are not sent along redirects: put the final URL into baseUrl.`,
    }
  return protocol.decodeError({ status, headers, body: tryParse(text) ?? text, now })
}
