/**
 * A body that plays a score: bytes at their times, then an end, a broken connection, or silence.
 *
 * @module
 */
import type { Clock } from '../core/clock.ts'

/** `at`: milliseconds since the body was made. */
export type Step = { at: number } & ({ bytes: Uint8Array } | { end: true } | { error: unknown })

export interface PacedBodyOptions {
  clock: Clock
  /** Breaks the body off with its reason, as fetch does. */
  signal: AbortSignal
  /** Called once. `complete`: the end was given; `broken`: the error was; `aborted`: whoever read it went away. */
  ended(how: 'complete' | 'broken' | 'aborted'): void
}

/** After the last step without an end or an error nothing comes any more, until the reader goes away. Steps are taken one at a time, so they may be endless. */
export function pacedBody(steps: Iterable<Step>, { clock, signal, ended }: PacedBodyOptions): ReadableStream<Uint8Array> {
  const begun = clock.now()
  const score = steps[Symbol.iterator]()
  let next = score.next()
  let over = false
  let stopTimer = () => {}
  let stopListening = () => {}
  const close = (how: 'complete' | 'broken' | 'aborted') => {
    if (over) return
    over = true
    stopTimer()
    stopListening()
    ended(how)
  }
  const waitFor = (step: Step): number => begun + step.at - clock.now()

  const play = (step: Step, controller: ReadableStreamDefaultController<Uint8Array>) => {
    if (over) return
    if ('error' in step) {
      controller.error(step.error)
      return close('broken')
    }
    if ('bytes' in step) {
      controller.enqueue(step.bytes)
      next = score.next()
      // An end that comes with the last bytes is told with them.
      if (next.done || !('end' in next.value) || waitFor(next.value) > 0) return
    }
    controller.close()
    close('complete')
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const abort = () => {
          controller.error(signal.reason)
          close('aborted')
        }
        if (signal.aborted) return abort()
        signal.addEventListener('abort', abort, { once: true })
        stopListening = () => signal.removeEventListener('abort', abort)
      },
      pull: (controller) =>
        new Promise((resolve) => {
          if (next.done) return
          const step = next.value
          const run = () => {
            play(step, controller)
            resolve()
          }
          const ms = waitFor(step)
          if (ms > 0) stopTimer = clock.after(ms, run)
          else run()
        }),
      cancel: () => close('aborted'),
    },
    { highWaterMark: 0 },
  )
}
