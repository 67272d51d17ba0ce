/**
 * The stretch between an upstream's body and a client's: reads ahead until the upstream really answers, then passes on.
 *
 * @module
 */
import { encodeUtf8 } from '../../core/utf8.ts'
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import type { Clock } from '../../core/clock.ts'
import { FailureError, failureOf, type Failure } from '../../core/failure.ts'
import type { Emit } from '../../core/reply.ts'
import { endsEvent } from '../../core/sse.ts'
import { addLength, estimateStreamed, type Length } from '../../core/tokens.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import type { Ending } from '../outcome.ts'

/** What stands in the stream's way: a translator, or nothing at all where both sides speak the same protocol. */
export interface Passage {
  push(bytes: Uint8Array): Uint8Array | string
  /** What the client is still to be told: `undefined` where it knows all, `''` where its protocol has no words for a break: then its connection breaks too. */
  end(): string | undefined
  /** The upstream broke; as `end`. */
  fail(failure: Failure): string | undefined
  /** Bytes pass without being read, so that all of them count as events. */
  readonly unread?: boolean
  /** How much of the answer has come, about, where not all of it was observed; `undefined` where that cannot be told. Reads what it has kept. */
  said?(): Length | undefined
  readonly ended: boolean
  /** The answer lacked its terminator and was completed here. */
  readonly recovered?: boolean
}

export interface RelayOptions {
  /** Makes the passage; `observe` has to see the answer's events, at least until the first meaningful one. */
  passage(observe: Emit): Passage
  clock: Clock
  /** What keeps the client's connection alive within an answer; `''` where the protocol allows nothing. */
  heartbeat: string
  /** Milliseconds of silence after which a heartbeat is sent. */
  heartbeatMs: number
  /** How long the upstream may be silent amid its answer, in milliseconds; 0 is for ever. */
  silence?: { bytesMs: number; eventsMs: number; failure(phase: 'bytes' | 'events'): Failure }
  /** About how many bytes of the answer are a token, where they pass unread. Default 20. */
  bytesPerToken?: number
  /** What a broken upstream connection is, as a failure. */
  failureOf?(error: unknown): Failure
}

export interface Relay {
  /** Resolves when the upstream has really answered, with `undefined`; or with the failure that came instead. Never rejects. */
  ready: Promise<Failure | undefined>
  /** The client's body. */
  body: ByteSource
  ended: Promise<Ending>
  /** Breaks the answer off. */
  expire(failure: Failure): void
  /** The client has gone: of an answer that it has not begun to read nobody else tells the end. */
  leave(): void
}

/** Held back at most, while the client reads nothing, before the upstream is paused. */
const HELD_BYTES = 64 * 1024

/** So much that means nothing is taken for an answer. */
const MEANINGLESS_BYTES = 1024 * 1024

/** Waited at most for the end of a body whose answer is complete. */
const LINGER_MS = 1000

export function createRelay(source: ByteSource, options: RelayOptions): Relay {
  const { clock, heartbeat, heartbeatMs, silence } = options
  let sink: ByteSink | undefined
  let held: (Uint8Array | string)[] = []
  let heldBytes = 0
  let closed = false
  let broken: Failure | undefined
  let answered = false
  let usage: Usage | undefined
  let answeredBy: string | undefined
  let how: Ending['how'] = 'complete'
  let failure: Failure | undefined
  let bytes = 0
  const observed: Length = { characters: 0, wide: 0 }
  const streamed = (): number => {
    const said = passage.said?.() ?? (passage.unread ? undefined : observed)
    return estimateStreamed(said, bytes, options.bytesPerToken)
  }
  let lastWrite = clock.now()
  let lastRead = lastWrite
  let lastEvent = lastWrite
  // A sign of life may stand between events only; bytes that pass untouched are cut anywhere.
  let between = true

  let resolveReady!: (failure: Failure | undefined) => void
  const ready = new Promise<Failure | undefined>((resolve) => (resolveReady = resolve))
  let resolveEnded!: (ending: Ending) => void
  const ended = new Promise<Ending>((resolve) => (resolveEnded = resolve))

  const passage = options.passage((event) => {
    lastEvent = lastRead
    if (event.type === 'delta') {
      addLength(observed, event.text)
      if (!answered) answer()
      return
    }
    if ('usage' in event && event.usage) usage = mergeUsage(usage, event.usage)
    if (event.type === 'start') answeredBy = event.model || answeredBy
    if (event.type === 'error') {
      failure = event.failure
      how = event.failure.kind === 'truncated' || event.failure.kind === 'network' ? 'truncated' : 'error'
    }
    if (!answered && isMeaningful(event.type, event.type === 'part-start' ? event.part.type : undefined)) answer()
  })
  const answer = () => {
    answered = true
    lastEvent = lastRead
    resolveReady(failure)
    if (silence) listen()
  }
  /** One timer for both kinds of silence: it looks when the nearer one may be over. */
  let stopListening = () => {}
  let due = Infinity
  const listen = () => {
    const { bytesMs, eventsMs } = silence!
    const now = clock.now()
    // By what the timer is late nobody was silent: the time of day was set, or this process did not get to read.
    const late = Math.max(0, now - due)
    lastRead = Math.min(now, lastRead + late)
    lastEvent = Math.min(now, lastEvent + late)
    const left = (limit: number, since: number) => (limit ? limit - (now - since) : Infinity)
    const phase = left(bytesMs, lastRead) <= left(eventsMs, lastEvent) ? 'bytes' : 'events'
    const next = phase === 'bytes' ? left(bytesMs, lastRead) : left(eventsMs, lastEvent)
    if (next === Infinity || closed) return
    // What the client does not read cannot come.
    if (next <= 0 && !paused) return expire(silence!.failure(phase))
    const wait = Math.max(next, paused ? heartbeatMs : 1)
    due = now + wait
    stopListening = clock.after(wait, listen)
  }
  let stopBeat = () => {}
  const beat = (after: number) => {
    stopBeat = clock.after(after, () => {
      lastWrite = Math.min(lastWrite, clock.now())
      const silent = clock.now() - lastWrite
      if (silent < heartbeatMs) return beat(heartbeatMs - silent)
      if (heartbeat && between) sink?.write(heartbeat)
      lastWrite = clock.now()
      beat(heartbeatMs)
    })
  }

  const give = (chunk: Uint8Array | string) => {
    if (!chunk.length) return
    lastWrite = clock.now()
    between = typeof chunk === 'string' || endsEvent(chunk)
    if (sink) return sink.write(chunk)
    held.push(chunk)
    heldBytes += chunk.length
    if (answered && heldBytes > HELD_BYTES) source.pause()
    else if (!answered && heldBytes > MEANINGLESS_BYTES) answer()
  }
  const close = (failed?: Failure) => {
    if (closed) return
    closed = true
    broken = failed
    stopBeat()
    stopListening()
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
    const ending = how === 'complete' && passage.recovered ? 'recovered' : how
    const isTold = ending === 'complete' && usage?.output !== undefined
    resolveEnded({ ...(!isTold && { streamed: streamed() }), how: ending, usage, answeredBy, failure })
  }
  const breakOff = (error: unknown) => {
    if (closed) return
    const failed = options.failureOf?.(error) ?? failureOf(error)
    const last = passage.fail(failed)
    if (last !== undefined && !passage.recovered) {
      failure ??= failed
      how = 'truncated'
    }
    conclude(last)
  }
  const conclude = (last: string | undefined) => {
    // Amid an event there is no way to tell of a failure but to break the connection.
    const told = between || !failure ? last : ''
    if (told) give(between ? told : `\n\n${told}`)
    close(last === undefined || told ? undefined : failure)
  }
  const expire = (expired: Failure) => {
    if (closed) return
    source.cancel()
    breakOff(new FailureError(expired))
  }
  let paused = false
  let pausedAt = 0
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
      lastRead = clock.now()
      bytes += chunk.length
      if (passage.unread) lastEvent = lastRead
      try {
        give(passage.push(typeof chunk === 'string' ? encodeUtf8(chunk) : chunk))
      } catch (error) {
        source.cancel(error)
        return breakOff(error)
      }
      if (passage.ended) linger()
    },
    end() {
      stopLinger()
      if (!closed) conclude(passage.end())
    },
    fail(error) {
      stopLinger()
      breakOff(error)
    },
  })
  return {
    ready,
    ended,
    expire,
    leave() {
      if (answered && !sink) resolveEnded({ streamed: streamed(), how: 'cancelled', usage, answeredBy, failure })
    },
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
      pause() {
        paused = true
        pausedAt = clock.now()
        source.pause()
      },
      resume() {
        // The time in which the client read nothing is not the upstream's.
        const missed = paused ? Math.max(0, clock.now() - pausedAt) : 0
        paused = false
        lastRead += missed
        lastEvent += missed
        source.resume()
      },
      cancel(reason) {
        sink = undefined
        stopListening()
        stopBeat()
        stopLinger()
        source.cancel(reason)
        closed = true
        resolveEnded({ streamed: streamed(), how: 'cancelled', usage, answeredBy, failure })
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
