/**
 * The client side of the Node fast path: an answer's bytes straight to the socket, one write for each chunk.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { FastResponse } from 'srvx'
import { takePushed, type ByteSource } from '../../core/byte-source.ts'
import type { Flight } from '../closing.ts'

/** Long strings cost more to write than their bytes. */
const LONG_TEXT = 16 * 1024

/** What a stream that is broken off by this server says at last; `''` where it has no words for it. `begun`: more has gone out than signs of life. */
export type LastWords = (begun: boolean) => string

/** The same answer, its body carried to the socket without a Web stream in between. Only for srvx's Node adapter. */
export function deliverOnNode(response: Response, flight: Flight, lastWords: LastWords): Response {
  const source = takePushed(response)
  if (!source) return response
  const headers = [...response.headers]
  const { status } = response
  if (source.whole !== undefined) {
    const bytes = Buffer.from(source.whole)
    return new FastResponse(bytes, { status, headers: [...headers, ['content-length', String(bytes.length)]] })
  }
  const words = response.headers.get('content-type')?.includes('event-stream') ? lastWords : undefined
  // srvx gives a body that is neither a stream nor bytes the socket to write to, as React's server renderer has it.
  // `destroy` is called where the client has gone before that.
  const body = { pipe: (to: ServerResponse) => void (flight.interrupt = writeSource(source, to, words)), destroy: () => source.cancel() }
  return new FastResponse(body as unknown as BodyInit, { status, headers })
}

/**
 * Writes a source to a Node response whose head has been written. A source that fails breaks the connection: it must not look complete.
 * Returns what breaks it off.
 */
export function writeSource(source: ByteSource, to: ServerResponse, lastWords?: LastWords): () => void {
  let full = false
  let ended = false
  let begun = false
  let last: Uint8Array | string = ''
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
      last = chunk
      begun ||= typeof chunk !== 'string' || !chunk.startsWith(':')
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
  return () => {
    if (ended) return
    ended = true
    source.cancel(new Error('the server is stopping'))
    const words = endsEvent(last) ? (lastWords?.(begun) ?? '') : ''
    if (words) to.end(words)
    else to.destroy()
  }
}

/** Only between events can a stream say one more thing. */
function endsEvent(chunk: Uint8Array | string): boolean {
  const end = typeof chunk === 'string' ? chunk.slice(-4) : Buffer.from(chunk.subarray(-4)).toString('latin1')
  return end === '' || /(\r?\n){2}$/.test(end)
}
