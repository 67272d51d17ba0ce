/**
 * The client side of the Node fast path: an answer's bytes straight to the socket, one write for each chunk.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { sendNodeResponse } from 'srvx/node'
import { takePushed, type ByteSource } from '../../core/byte-source.ts'
import type { Interrupt } from '../closing.ts'
import { bytesOf } from './bytes.ts'

/** Long strings cost more to write than their bytes. */
const LONG_TEXT = 16 * 1024

/** What a stream that is broken off by this server says at last; `''` where it has no words for it. `begun`: more has gone out than signs of life. */
export type LastWords = (begun: boolean) => string

/** Writes an answer to the socket. The body of one that was made here goes there without a Web stream in between. Returns what breaks it off. */
export function deliver(response: Response, to: ServerResponse, lastWords?: LastWords): Interrupt {
  const source = takePushed(response)
  const destroy = () => void to.destroy()
  if (!source) {
    sendNodeResponse(to, response).catch(destroy)
    return destroy
  }
  if (to.destroyed) {
    source.cancel()
    return destroy
  }
  const { status, headers } = response
  const head = [...headers].filter(([, value]) => !UNCARRIED.test(value))
  if (source.whole !== undefined) {
    const bytes = bytesOf(source.whole)
    const rest = head.filter(([name]) => name !== 'content-length')
    to.writeHead(status, [...rest.flat(), 'content-length', String(bytes.length)]).end(bytes)
    return destroy
  }
  to.writeHead(status, head.flat())
  return writeSource(source, to, headers.get('content-type')?.includes('event-stream') ? lastWords : undefined)
}

/** Node throws at control characters, which Headers may hold. */
const UNCARRIED = /[^\t\x20-\x7E\x80-\xFF]/

/**
 * Writes a source to a Node response whose head has been written. A source that fails breaks the connection: it must not look complete.
 * Returns what breaks it off.
 */
export function writeSource(source: ByteSource, to: ServerResponse, lastWords?: LastWords): Interrupt {
  // Node may keep the response until a full collection. What it was made of, with a request of 149 KB, would stay with it.
  let from: ByteSource | undefined = source
  let full = false
  let ended = false
  let begun = false
  let last: Uint8Array | string = ''
  const goOn = () => {
    full = false
    from?.resume()
  }
  to.on('drain', goOn)
  to.once('close', () => {
    to.off('drain', goOn)
    if (!ended) from?.cancel(new Error('the client went away'))
    ended = true
    from = undefined
  })
  from.start({
    write(chunk) {
      if (ended) return
      last = chunk
      begun ||= typeof chunk !== 'string' || !chunk.startsWith(':')
      const free = to.write(typeof chunk === 'string' && chunk.length > LONG_TEXT ? bytesOf(chunk) : chunk)
      if (free || full) return
      full = true
      from?.pause()
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
    from?.cancel(new Error('the server is stopping'))
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
