/**
 * The end of a stream of server-sent events, kept to be read once it is over: its last eight events or the last kilobyte, whichever is more,
 * and of large events as many as there are in 16 KB, the last one however large it is.
 *
 * @module
 */

/** Four events tell how an answer ended, and with what counts; comments and signs of life may follow them. To read one takes 3 us. */
const KEPT_EVENTS = 8
const LEAST_BYTES = 1024
/** No further events are kept where those behind them are so large. */
const ENOUGH_BYTES = 16 * 1024
/** What is kept at most: an event that is larger is not read. */
const MAX_BYTES = 16 * 1024 * 1024

export interface Tail {
  push(bytes: Uint8Array): void
  /** The last events; `undefined` where that was too much to keep. */
  bytes(): Uint8Array | undefined
}

/** @param rest what of an event that is not over yet came before the first push */
export function createTail(rest: Uint8Array): Tail {
  // Memory of its own: a piece of what came from the socket would keep all that came with it, for as long as the stream goes on.
  let kept = new Uint8Array(LEAST_BYTES)
  let size = 0
  // Doubled while an event goes on, so that its bytes are searched and copied twice at most on the whole.
  let limit = 2 * LEAST_BYTES
  const add = (bytes: Uint8Array) => {
    if (size + bytes.length > kept.length) {
      const roomier = new Uint8Array(Math.max(limit, size + bytes.length))
      roomier.set(kept.subarray(0, size))
      kept = roomier
    }
    kept.set(bytes, size)
    size += bytes.length
  }
  const trim = (begin: number) => {
    size -= begin
    limit = 2 * Math.max(LEAST_BYTES, size)
    if (kept.length > 4 * limit) kept = kept.slice(begin, begin + size)
    else kept.copyWithin(0, begin, begin + size)
  }
  const push = (bytes: Uint8Array) => {
    if (size > MAX_BYTES) return
    const isLong = size + bytes.length > limit
    const within = isLong ? lastEvents(bytes, bytes.length) : 0
    if (within) size = 0
    add(within ? bytes.subarray(within) : bytes)
    if (isLong) trim(within ? 0 : lastEvents(kept, size))
    if (size > MAX_BYTES) kept = new Uint8Array()
  }
  push(rest)
  return { push, bytes: () => (size > MAX_BYTES ? undefined : kept.subarray(lastEvents(kept, size), size)) }
}

/** What of an event that is not over yet stands at the end of `bytes`. */
export const unfinished = (bytes: Uint8Array): Uint8Array => bytes.subarray(eventBefore(bytes, bytes.length))

/** Where the events begin that are kept of `bytes` up to `end`; 0 where it has no more than these. */
function lastEvents(bytes: Uint8Array, end: number): number {
  let begin = end
  const isEnough = (events: number, size: number) => size >= ENOUGH_BYTES || (events >= KEPT_EVENTS && size >= LEAST_BYTES)
  for (let events = 0; begin > 0 && !isEnough(events, end - begin); events++) begin = eventBefore(bytes, begin - 1)
  return begin
}

const LF = 0x0a
const CR = 0x0d

/** Where the last event begins that begins at `end` at the latest: behind a blank line; 0 where there is none. */
function eventBefore(bytes: Uint8Array, end: number): number {
  for (let at = end > 0 ? bytes.lastIndexOf(LF, end - 1) : -1; at > 0; at = bytes.lastIndexOf(LF, at - 1))
    if (bytes[at - 1] === LF || (bytes[at - 1] === CR && bytes[at - 2] === LF)) return at + 1
  return 0
}
