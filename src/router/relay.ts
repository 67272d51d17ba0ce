/**
 * The stretch between an upstream's body and a client's: reads ahead until the upstream really answers, then passes on.
 *
 * @module
 */
import type { ByteSink, ByteSource } from '../core/byte-source.ts'
import type { Clock } from '../core/clock.ts'
import { failureOf, STATUS, type Failure } from '../core/failure.ts'
import type { Emit } from '../core/reply.ts'
import { mergeUsage, type Usage } from '../core/usage.ts'
import type { Ending } from './outcome.ts'

/** What stands in the stream's way: a translator, or nothing at all where both sides speak the same protocol. */
export interface Passage {
  push(bytes: Uint8Array): Uint8Array | string
  end(): string
  /** What tells the client of a break; `''` where its protocol has no words for it: then its connection breaks too. */
  fail(failure: Failure): string
  readonly ended: boolean
}

export interface RelayOptions {
  /** Makes the passage; `observe` has to see the answer's events, at least until the first meaningful one. */
  passage(observe: Emit): Passage
  clock: Clock
  /** What keeps the client's connection alive: before the answer has begun, and within it. */
  heartbeat: { before: string; within: string }
  /** Milliseconds of silence after which a heartbeat is sent. */
  heartbeatMs: number
  /** Milliseconds to wait for the first meaningful event before the client is given its headers all the same. */
  patienceMs: number
  /** What a broken upstream connection is, as a failure. */
  failureOf?(error: unknown): Failure
}

export interface Relay {
  /** Resolves when the upstream has really answered, with `undefined`; or with the failure that came instead. Never rejects. */
  ready: Promise<Failure | undefined>
  /** The client's body. */
  body: ByteSource
  ended: Promise<Ending>
}

/** Held back at most, while the client reads nothing, before the upstream is paused. */
const HELD_BYTES = 64 * 1024

/** Waited at most for the end of a body whose answer is complete. */
const LINGER_MS = 1000

export function createRelay(source: ByteSource, options: RelayOptions): Relay {
  const { clock, heartbeat, heartbeatMs } = options
  let sink: ByteSink | undefined
  let held: (Uint8Array | string)[] = []
  let heldBytes = 0
  let closed = false
  let broken: Failure | undefined
  let begun = false
  let answered = false
  let usage: Usage | undefined
  let how: Ending['how'] = 'complete'
  let failure: Failure | undefined
  let lastWrite = clock.now()
  // A sign of life may stand between events only; bytes that pass untouched are cut anywhere.
  let between = true

  let resolveReady!: (failure: Failure | undefined) => void
  const ready = new Promise<Failure | undefined>((resolve) => (resolveReady = resolve))
  let resolveEnded!: (ending: Ending) => void
  const ended = new Promise<Ending>((resolve) => (resolveEnded = resolve))

  const passage = options.passage((event) => {
    if (event.type === 'delta') {
      if (!answered) answer()
      return
    }
    if (event.type === 'start') begun = true
    if ('usage' in event && event.usage) usage = mergeUsage(usage, event.usage)
    if (event.type === 'error') {
      failure = event.failure
      how = event.failure.kind === 'truncated' || event.failure.kind === 'network' ? 'truncated' : 'error'
    }
    if (!answered && isMeaningful(event.type, event.type === 'part-start' ? event.part.type : undefined)) answer()
  })
  const answer = () => {
    answered = true
    resolveReady(failure)
  }
  const stopPatience = clock.after(options.patienceMs, () => {
    if (!answered) answer()
  })
  let stopBeat = () => {}
  const beat = (after: number) => {
    stopBeat = clock.after(after, () => {
      const silent = clock.now() - lastWrite
      if (silent < heartbeatMs) return beat(heartbeatMs - silent)
      const sign = begun ? heartbeat.within : heartbeat.before
      if (sign && between) sink?.write(sign)
      lastWrite = clock.now()
      beat(heartbeatMs)
    })
  }

  const give = (chunk: Uint8Array | string) => {
    if (!chunk.length) return
    lastWrite = clock.now()
    between = endsEvent(chunk)
    if (sink) return sink.write(chunk)
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes > HELD_BYTES) source.pause()
  }
  const close = (failed?: Failure) => {
    if (closed) return
    closed = true
    broken = failed
    stopPatience()
    stopBeat()
    if (!answered) answer()
    finish()
  }
  /** Ends the client's body once everything held back has gone out. */
  const finish = () => {
    if (!closed || !sink) return
    const last = sink
    sink = undefined
    if (broken) last.fail(new Error(broken.message))
    else last.end()
    resolveEnded({ how, usage, failure })
  }
  const breakOff = (error: unknown) => {
    if (closed) return
    const failed = options.failureOf?.(error) ?? failureOf(error)
    const told = passage.fail(failed)
    give(told)
    failure ??= failed
    how = 'truncated'
    close(told ? undefined : failed)
  }
  let stopLinger = () => {}
  /** The answer is complete. The upstream may end its body in peace, so that its connection can be used again, but not for long. */
  const linger = () => {
    stopLinger = clock.after(LINGER_MS, () => source.cancel())
    source.resume()
    close()
  }
  source.start({
    write(chunk) {
      if (closed) return
      try {
        give(passage.push(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk))
      } catch (error) {
        source.cancel(error)
        return breakOff(error)
      }
      if (passage.ended) linger()
    },
    end() {
      stopLinger()
      if (closed) return
      const told = passage.end()
      give(told)
      close(told ? undefined : failure)
    },
    fail(error) {
      stopLinger()
      breakOff(error)
    },
  })
  return {
    ready,
    ended,
    body: {
      start(to) {
        sink = to
        for (const chunk of held) to.write(chunk)
        held = []
        if (heldBytes > HELD_BYTES) source.resume()
        heldBytes = 0
        if (closed) finish()
        else beat(heartbeatMs)
      },
      pause: () => source.pause(),
      resume: () => source.resume(),
      cancel(reason) {
        sink = undefined
        stopPatience()
        stopBeat()
        stopLinger()
        source.cancel(reason)
        closed = true
        resolveEnded({ how: 'cancelled', usage, failure })
      },
    },
  }
}

/** Starts, usage and the opening of an empty text can still be followed by an error that deserves a status of its own. */
const isMeaningful = (type: string, part: string | undefined): boolean =>
  type === 'finish' ||
  type === 'error' ||
  type === 'part-end' ||
  (type === 'part-start' && part !== 'text' && part !== 'reasoning' && part !== 'refusal')

const LF = 0x0a
const CR = 0x0d

function endsEvent(chunk: Uint8Array | string): boolean {
  if (typeof chunk === 'string') return true
  const [third, second, last] = chunk.subarray(-3)
  return last === LF && (second === LF || (second === CR && third === LF))
}

export const networkFailure = (error: unknown, what: string): Failure => ({
  kind: 'network',
  status: STATUS.network,
  message: `${what}: ${describe(error)}`,
})

/** What went wrong, with the cause that fetch hides. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : undefined
  const code = (cause as { code?: unknown } | undefined)?.code ?? (error as { code?: unknown }).code
  return [cause?.message || error.message, typeof code === 'string' && !(cause?.message || error.message).includes(code) ? `(${code})` : '']
    .filter(Boolean)
    .join(' ')
}
