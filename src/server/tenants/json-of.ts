/**
 * The JSON that a request which is passed on has as its body.
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
  const { url, method, headers, signal } = request
  return [new TextDecoder().decode(bytes), inheritOrigin(request, new Request(url, { method, headers, signal, body: bytes }))]
}
