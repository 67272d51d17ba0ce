/**
 * A Web stream, read one chunk ahead of whoever reads it: the only way to know whether it has more already.
 *
 * @module
 */
export interface ReadAhead {
  next(): Promise<ReadableStreamReadResult<Uint8Array>>
  /** Begins to read the next chunk, and tells whether it is there already, or the end is. Waits for nothing. */
  isReady(): Promise<boolean>
  cancel(reason?: unknown): Promise<void>
}

const moment = Promise.resolve()

export function readAhead(readable: ReadableStream<Uint8Array>): ReadAhead {
  const reader = readable.getReader()
  let ahead: Promise<ReadableStreamReadResult<Uint8Array>> | undefined
  let isThere = false
  const arrive = () => {
    isThere = true
  }
  const tell = () => isThere
  return {
    next() {
      const chunk = ahead ?? reader.read()
      ahead = undefined
      return chunk
    },
    isReady() {
      isThere = false
      ahead = reader.read()
      ahead.then(arrive, arrive)
      return moment.then(tell)
    },
    cancel: (reason) => reader.cancel(reason),
  }
}
