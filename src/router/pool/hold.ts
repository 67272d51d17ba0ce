/**
 * An answer held back until all of it has come, so that a break can still be survived unseen.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { respondWith, takeSource } from '../../core/respond.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { attachOutcome, outcomeOf } from '../outcome.ts'
import { networkFailure } from '../failures/network-failure.ts'

/** The largest answer that is held, in bytes; from there on it is the client's, come what may. */
const MAX_HELD_BYTES = 64 * 1024 * 1024

/** Resolves with the same answer once it is whole, or with the failure that broke it. */
export function holdAnswer(response: Response, signal: AbortSignal): Promise<Response | Failure> {
  const outcome = outcomeOf(response)
  const { status, headers } = response
  const source = takeSource(response)
  if (!source) return Promise.resolve(response)
  return new Promise((resolve, reject) => {
    const chunks: (Uint8Array | string)[] = []
    let size = 0
    const abort = () => {
      source.cancel(signal.reason)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, { once: true })
    const over = (result: Response | Failure) => {
      signal.removeEventListener('abort', abort)
      resolve(result)
    }
    const release = (rest?: ByteSource) => {
      const held = respondWith(replay(chunks, rest), { status, headers })
      over(outcome ? attachOutcome(held, outcome) : held)
    }
    let passed: { write(chunk: Uint8Array | string): void; end(): void; fail(error: unknown): void } | undefined
    source.start({
      write(chunk) {
        if (passed) return passed.write(chunk)
        chunks.push(chunk)
        size += chunk.length
        if (size <= MAX_HELD_BYTES) return
        source.pause()
        release({
          ...source,
          start(sink) {
            passed = sink
            source.resume()
          },
        })
      },
      end() {
        if (passed) return passed.end()
        if (!outcome) return release()
        void outcome.ended.then(({ how, failure }) => {
          if (how === 'complete' || how === 'recovered') release()
          else
            over(
              failure ?? {
                kind: 'truncated',
                status: STATUS.truncated,
                message: 'The upstream closed its stream before the answer was complete.',
              },
            )
        })
      },
      fail(error) {
        if (passed) return passed.fail(error)
        over(networkFailure(error, 'the upstream broke off amid its answer', 'amid'))
      },
    })
  })
}

/** What was held, then what still comes. */
const replay = (chunks: readonly (Uint8Array | string)[], rest: ByteSource | undefined): ByteSource => ({
  start(sink) {
    for (const chunk of chunks) sink.write(chunk)
    if (rest) rest.start(sink)
    else sink.end()
  },
  pause: () => rest?.pause(),
  resume: () => rest?.resume(),
  cancel: (reason) => rest?.cancel(reason),
})
