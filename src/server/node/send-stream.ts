/**
 * A body on its way to an upstream, piece by piece.
 *
 * @module
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Sends a body as fast as it is taken. An upstream that refuses before it has all of it gets no more. The rest is read all the same: many a client
 * reads no answer before it has sent everything. A body that breaks breaks the request.
 */
export async function sendStream(stream: ReadableStream<Uint8Array>, request: ClientRequest): Promise<void> {
  let isRefused = false
  request.once('response', ({ statusCode = 0 }: IncomingMessage) => void (isRefused = statusCode >= 400))
  const isTaken = () => !isRefused && !request.destroyed
  try {
    const reader = stream.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      // Whatever has come from the upstream is to be read before more is written: after a refusal it may reset the connection, and a write that
      // fails takes with it what was not read.
      if (isTaken()) await nextTurn()
      if (done) return void (isTaken() && request.end())
      if (isTaken() && !request.write(value)) await room(request)
    }
  } catch (error) {
    request.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Resolves once more can be written, or nothing ever again. */
const room = (request: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      request.off('drain', go).off('close', go).off('response', go)
      resolve()
    }
    request.once('drain', go).once('close', go).once('response', go)
  })
