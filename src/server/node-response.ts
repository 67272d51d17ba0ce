/**
 * The client side of the Node fast path: an answer's bytes straight to the socket, one write for each chunk.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { FastResponse } from 'srvx'
import { takePushed, type ByteSource } from '../core/byte-source.ts'

/** Long strings cost more to write than their bytes. */
const LONG_TEXT = 16 * 1024

/** The same answer, its body carried to the socket without a Web stream in between. Only for srvx's Node adapter. */
export function deliverOnNode(response: Response): Response {
  const source = takePushed(response)
  if (!source) return response
  const headers = [...response.headers]
  const { status } = response
  if (source.whole !== undefined) {
    const bytes = Buffer.from(source.whole)
    return new FastResponse(bytes, { status, headers: [...headers, ['content-length', String(bytes.length)]] })
  }
  // srvx gives a body that is neither a stream nor bytes the socket to write to, as React's server renderer has it.
  // `destroy` is called where the client has gone before that.
  const body = { pipe: (to: ServerResponse) => writeSource(source, to), destroy: () => source.cancel() }
  return new FastResponse(body as unknown as BodyInit, { status, headers })
}

/** Writes a source to a Node response whose head has been written. A source that fails breaks the connection: it must not look complete. */
export function writeSource(source: ByteSource, to: ServerResponse): void {
  let full = false
  let ended = false
  to.on('drain', () => {
    full = false
    source.resume()
  })
  to.once('close', () => {
    if (ended) return
    ended = true
    source.cancel(new Error('the client went away'))
  })
  source.start({
    write(chunk) {
      if (ended) return
      const free = to.write(typeof chunk === 'string' && chunk.length > LONG_TEXT ? Buffer.from(chunk) : chunk)
      if (free || full) return
      full = true
      source.pause()
    },
    end() {
      if (ended) return
      ended = true
      to.end()
    },
    fail(error) {
      if (ended) return
      ended = true
      to.destroy(error instanceof Error ? error : undefined)
    },
  })
}
