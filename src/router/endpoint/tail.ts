/**
 * The end of a stream of server-sent events, kept to be read once it is over: a few kilobytes of whole events, and all of a
 * last event however large it is.
 *
 * @module
 */

/** What is kept at least: more than the few small events at the end of an answer. */
const KEPT_BYTES = 4096
/** Many small pieces take more memory than what is in them: so many are joined. 1000 slow streams: 10 KiB each. */
const MAX_PIECES = 16
/** What is kept at most: an event that is larger is not read. */
const MAX_BYTES = 16 * 1024 * 1024

export interface Tail {
  push(bytes: Uint8Array): void
  /** From the beginning of an event to the end; `undefined` where that was too much to keep. */
  bytes(): Uint8Array | undefined
}

/** @param rest what of an event that is not over yet came before the first push */
export function createTail(rest: Uint8Array): Tail {
  let chunks: Uint8Array[] = [rest]
  let size = rest.length
  // Doubled while an event goes on, so that its bytes are searched and copied twice at most on the whole.
  let limit = 2 * KEPT_BYTES
  const keep = (bytes: Uint8Array) => {
    chunks = [bytes]
    size = bytes.length
  }
  const trim = () => {
    const newest = chunks.at(-1)!
    const within = eventBefore(newest, newest.length - KEPT_BYTES)
    if (within) keep(newest.subarray(within))
    else {
      const all = joined(chunks, size)
      keep(all.subarray(eventBefore(all, size - KEPT_BYTES)))
    }
    limit = 2 * Math.max(KEPT_BYTES, size)
  }
  return {
    push(bytes) {
      if (size > MAX_BYTES) return
      chunks.push(bytes)
      size += bytes.length
      if (size > limit) trim()
      else if (chunks.length > MAX_PIECES && size <= 2 * KEPT_BYTES) chunks = [joined(chunks, size)]
      if (size > MAX_BYTES) chunks = []
    },
    bytes: () => (size > MAX_BYTES ? undefined : joined(chunks, size)),
  }
}

/** What of an event that is not over yet stands at the end of `bytes`. */
export const unfinished = (bytes: Uint8Array): Uint8Array => bytes.subarray(eventBefore(bytes, bytes.length))

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!
  const all = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const LF = 0x0a
const CR = 0x0d

/** Where the last event begins that begins at `end` at the latest: behind a blank line; 0 where there is none. */
function eventBefore(bytes: Uint8Array, end: number): number {
  for (let at = end > 0 ? bytes.lastIndexOf(LF, end - 1) : -1; at > 0; at = bytes.lastIndexOf(LF, at - 1))
    if (bytes[at - 1] === LF || (bytes[at - 1] === CR && bytes[at - 2] === LF)) return at + 1
  return 0
}
