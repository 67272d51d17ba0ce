/**
 * The bodies of requests that are passed on, looked at on their way.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { isCompressed } from '../safety/body-encoding.ts'
import { inheritOrigin } from '../safety/connection.ts'
import { isJson } from '../safety/content-type.ts'

/**
 * The JSON of a body of `maxBytes` at most, and the request with its body still to be read, byte for byte.
 *
 * @throws FailureError 400 where it is in UTF-16 or UTF-32: there are providers that would read it
 */
export async function jsonOf(request: Request, maxBytes: number): Promise<[text: string | undefined, same: Request]> {
  const length = Number(request.headers.get('content-length') ?? 0)
  if (!request.body || !isJson(request) || length > maxBytes || isCompressed(request)) return [undefined, request]
  const bytes = await request.arrayBuffer()
  const text = new TextDecoder().decode(bytes)
  if (text.includes('\0')) fail({ kind: 'invalid-request', message: 'The body is no JSON in UTF-8: it has zero bytes. Send it in UTF-8.' })
  return [text, withBody(request, bytes)]
}

/** The same request, whose body goes through a stream that may look at it, and break it. */
export const withBodyThrough = (request: Request, stream: TransformStream<Uint8Array, Uint8Array>): Request =>
  request.body ? withBody(request, request.body.pipeThrough(stream)) : request

function withBody(request: Request, body: ArrayBuffer | ReadableStream<Uint8Array>): Request {
  const { url, method, headers, signal } = request
  return inheritOrigin(request, new Request(url, { method, headers, signal, body, duplex: 'half' } as RequestInit))
}
