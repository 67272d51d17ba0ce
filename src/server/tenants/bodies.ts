/**
 * The bodies of requests that are passed on, looked at on their way.
 *
 * @module
 */
import { inheritOrigin } from '../safety/connection.ts'
import { isJson } from '../safety/content-type.ts'

/** The JSON of a body of `maxBytes` at most, and the request with its body still to be read, byte for byte. */
export async function jsonOf(request: Request, maxBytes: number): Promise<[text: string | undefined, same: Request]> {
  const length = Number(request.headers.get('content-length') ?? 0)
  if (!request.body || !isJson(request) || length > maxBytes || request.headers.has('content-encoding')) return [undefined, request]
  const bytes = await request.arrayBuffer()
  return [new TextDecoder().decode(bytes), withBody(request, bytes)]
}

/** The same request, whose body goes through a stream that may look at it, and break it. */
export const withBodyThrough = (request: Request, stream: TransformStream<Uint8Array, Uint8Array>): Request =>
  request.body ? withBody(request, request.body.pipeThrough(stream)) : request

function withBody(request: Request, body: ArrayBuffer | ReadableStream<Uint8Array>): Request {
  const { url, method, headers, signal } = request
  return inheritOrigin(request, new Request(url, { method, headers, signal, body, duplex: 'half' } as RequestInit))
}
