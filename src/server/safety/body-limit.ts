/**
 * A bound on request bodies, whatever reads them.
 *
 * @module
 */
import { tooLarge } from '../../router/facts.ts'

/**
 * The request, with a body that cannot exceed `maxBytes`. A body whose length is declared is refused before it is read;
 * one that is not fails while it is read.
 *
 * @throws FailureError 413
 */
export function limitBody(request: Request, maxBytes: number): Request {
  const declared = request.headers.get('content-length')
  if (declared !== null) return Number(declared) > maxBytes ? tooLarge(maxBytes) : request
  if (!request.body) return request
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body: limitStream(request.body, maxBytes),
    duplex: 'half',
  } as RequestInit)
}

function limitStream(stream: ReadableStream<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  const reader = stream.getReader()
  let size = 0
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) return controller.close()
      size += value.length
      if (size <= maxBytes) return controller.enqueue(value)
      drain(reader, maxBytes).catch(() => {})
      tooLarge(maxBytes)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** Reads as much again, and drops it: many a client reads no answer before it has sent everything. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, maxBytes: number): Promise<void> {
  for (let size = 0; size <= maxBytes;) {
    const { done, value } = await reader.read()
    if (done) return
    size += value.length
  }
  await reader.cancel()
}
