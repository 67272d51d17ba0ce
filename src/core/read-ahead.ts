/**
 * A Web stream, read one chunk ahead of whoever reads it: the only way to know whether it has more already.
 *
 * @module
 */
export type Chunk = ReadableStreamReadResult<Uint8Array>

export interface ReadAhead {
  /** The next chunk, or the end. */
  next(): Promise<Chunk>
  /** The same where it is there already, otherwise `undefined`: it is not waited for, and still the next. */
  ready(): Promise<Chunk | undefined>
  cancel(reason?: unknown): Promise<void>
}

const moment = Promise.resolve()

export function readAhead(readable: ReadableStream<Uint8Array>): ReadAhead {
  const reader = readable.getReader()
  let ahead: Promise<Chunk> | undefined
  let arrived: Chunk | undefined
  const arrive = (chunk: Chunk) => {
    arrived = chunk
  }
  // That it broke is told to whoever asks for it next.
  const leave = () => {}
  const take = (): Chunk | undefined => {
    if (arrived) ahead = undefined
    return arrived
  }
  return {
    next() {
      const chunk = ahead ?? reader.read()
      ahead = undefined
      return chunk
    },
    ready() {
      arrived = undefined
      ahead ??= reader.read()
      ahead.then(arrive, leave)
      return moment.then(take)
    },
    cancel: (reason) => reader.cancel(reason),
  }
}
