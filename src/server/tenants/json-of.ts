/**
 * The JSON that a request which is passed on has as its body.
 *
 * @module
 */
import { inheritOrigin } from '../safety/connection.ts'

/** Larger bodies are not read to find something in them. */
const MAX_BYTES = 1024 * 1024

/** The JSON of a body, and the request with its body still to be read. */
export async function jsonOf(request: Request): Promise<[text: string | undefined, same: Request]> {
  const length = Number(request.headers.get('content-length') ?? 0)
  const isJson = /^application\/json\b/i.test(request.headers.get('content-type') ?? '')
  if (!request.body || !isJson || length > MAX_BYTES || request.headers.has('content-encoding')) return [undefined, request]
  const text = await request.text()
  const { url, method, headers, signal } = request
  return [text, inheritOrigin(request, new Request(url, { method, headers, signal, body: text }))]
}
