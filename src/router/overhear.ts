/**
 * Hears an answer on its way to the client, which gets every byte as it comes.
 *
 * @module
 */
import type { ByteSource } from '../core/byte-source.ts'
import { throughBody } from '../core/respond.ts'
import { attachOutcome, outcomeOf } from './outcome.ts'

export interface Listener {
  see(chunk: Uint8Array | string): void
  /** All of it has come. Called before the client can have read the end. */
  end?(): void
}

/** The same answer. */
export function overhear(answer: Response, listener: Listener): Response {
  const outcome = outcomeOf(answer)
  const passed = throughBody(answer, (source) => {
    if (source.whole === undefined) return heard(source, listener)
    listener.see(source.whole)
    listener.end?.()
    return source
  })
  return outcome ? attachOutcome(passed, outcome) : passed
}

const heard = (source: ByteSource, listener: Listener): ByteSource => ({
  start: (sink) =>
    source.start({
      write(chunk) {
        listener.see(chunk)
        sink.write(chunk)
      },
      end() {
        listener.end?.()
        sink.end()
      },
      fail: (error) => sink.fail(error),
    }),
  pause: () => source.pause(),
  resume: () => source.resume(),
  cancel: (reason) => source.cancel(reason),
})
