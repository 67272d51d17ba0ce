/**
 * The client side of the Node fast path: an answer's bytes straight to the socket, one write for each chunk.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { sendNodeResponse } from 'srvx/node'
import type { ByteSource } from '../../core/byte-source.ts'
import { takePushed } from '../../core/respond.ts'
import { endsEvent } from '../../core/sse.ts'
import type { Interrupt } from '../closing.ts'
import { bytesOf, joined } from './bytes.ts'
import { createPieceWriter } from './chunks.ts'

/** Long strings cost more to write than their bytes. */
const LONG_TEXT = 16 * 1024

/** More than a read brings: a source that never waits is to learn in time that its client is full. */
const MOST_AT_ONCE = 64 * 1024

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
  const { whole } = source
  const head: string[] = []
  headers.forEach((value, name) => {
    if (!UNCARRIED.test(value) && (whole === undefined || name !== 'content-length')) head.push(name, value)
  })
  if (whole !== undefined) {
    const bytes = bytesOf(whole)
    head.push('content-length', String(bytes.length))
    to.writeHead(status, head).end(bytes)
    return destroy
  }
  try {
    to.writeHead(status, head)
  } catch (error) {
    source.cancel(error)
    throw error
  }
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
  const { write, whenRoom } = createPieceWriter(to)
  let full = false
  let ended = false
  let begun = false
  let between = true
  // What one read from the upstream brought goes out in one write.
  let text = ''
  let pieces: Uint8Array[] = []
  let size = 0
  const flush = () => {
    if (!text && !pieces.length) return
    const chunk = text ? (text.length > LONG_TEXT ? bytesOf(text) : text) : joined(pieces)
    text = ''
    pieces = []
    size = 0
    // Of an answer that has ended Node does not say when there is room again.
    if (write(chunk) || full || ended) return
    full = true
    from?.pause()
    whenRoom(goOn)
  }
  /** What came last goes out in one write with the end. */
  const close = (words?: string) => {
    const { socket } = to
    socket?.cork()
    flush()
    to.end(words)
    socket?.uncork()
  }
  /** Node lets go of what was written in the same tick. */
  const breakOff = (error?: unknown) => {
    flush()
    setImmediate(() => to.destroy(error instanceof Error ? error : undefined))
  }
  const goOn = () => {
    full = false
    if (!ended) from?.resume()
  }
  to.once('close', () => {
    if (!ended) from?.cancel(new Error('the client went away'))
    ended = true
    from = undefined
    text = ''
    pieces = []
  })
  from.start({
    write(chunk) {
      if (ended) return
      between = endsEvent(chunk)
      begun ||= typeof chunk !== 'string' || !chunk.startsWith(':')
      const isText = typeof chunk === 'string'
      if (!text && !pieces.length) process.nextTick(flush)
      else if (isText ? pieces.length : text) flush()
      if (isText) text += chunk
      else pieces.push(chunk)
      size += chunk.length
      if (size >= MOST_AT_ONCE) flush()
    },
    end() {
      if (ended) return
      ended = true
      close()
    },
    fail(error) {
      if (ended) return
      ended = true
      breakOff(error)
    },
  })
  return () => {
    if (ended) return
    ended = true
    from?.cancel(new Error('the server is stopping'))
    const words = between ? (lastWords?.(begun) ?? '') : ''
    if (!words) return breakOff()
    close(words)
  }
}
