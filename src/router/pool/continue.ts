/**
 * A broken text answer that another member finishes: the client sees one answer.
 *
 * @module
 */
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import { respondWith, takeSource } from '../../core/respond.ts'
import type { ChatRequest, ProtocolName } from '../../core/chat.ts'
import type { Clock } from '../../core/clock.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { createNotes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import { estimateTokens } from '../../core/tokens.ts'
import { addUsage, mergeUsage, type Usage } from '../../core/usage.ts'
import { createIdMint } from '../../transformers/call-ids.ts'
import { protocols } from '../../transformers/registry.ts'
import { attachOutcome, outcomeOf, type Ending, type Outcome } from '../outcome.ts'
import { createHearing } from './hearing.ts'
import { createJoin, type Join } from './join.ts'

export interface ContinueOptions {
  /** The client's protocol, and what is kept of its request as it is answered. */
  protocol: ProtocolName
  chat: ChatRequest
  /** How long the request is by estimate. */
  inputTokens(): number
  clock: Clock
  random: () => number
  heartbeatMs: number
  /** Asks another member to go on. `undefined`: nobody may, or nobody can. */
  goOn(said: string, failure: Failure, signal: AbortSignal): Promise<Response | undefined>
}

/** The same answer, which goes on with another member's where it breaks amid its text. Anything but a stream of events is given back as it is. */
export function continuing(response: Response, options: ContinueOptions): Response {
  const first = outcomeOf(response)
  const source = response.headers.get('content-type')?.includes('text/event-stream') ? takeSource(response) : undefined
  if (!first || !source) return response
  const { chat, clock, heartbeatMs } = options
  const client = protocols[options.protocol]
  const context: ReplyContext = {
    chat,
    model: '',
    dialect: { name: client.name },
    notes: createNotes('reply', client.fields),
    framing: 'sse',
    newId: createIdMint(options.random),
    now: clock.now,
  }
  const hearing = createHearing(client, context)
  const stop = new AbortController()
  let sink: ByteSink | undefined
  let current = source
  let paused = false
  let wake = () => {}
  let lastWrite = 0
  let stopBeat = () => {}
  let join: Join | undefined
  let resolveEnded!: (ending: Ending) => void
  const outcome: Outcome = { ...first, ended: new Promise((resolve) => (resolveEnded = resolve)) }

  const write = (chunk: Uint8Array | string) => {
    if (!chunk.length) return
    lastWrite = clock.now()
    sink?.write(chunk)
  }
  const close = (error?: unknown) => {
    stopBeat()
    const last = sink
    sink = undefined
    if (error === undefined) last?.end()
    else last?.fail(error)
  }
  const beat = () => {
    if (clock.now() - lastWrite >= heartbeatMs && client.heartbeat.within) write(client.heartbeat.within)
    stopBeat = clock.after(heartbeatMs, beat)
  }
  /** What the first answer used: nobody tells the counts of an answer that breaks, so that what it said is estimated. */
  const usedByFirst = (told: Usage | undefined): Usage => ({
    ...told,
    ...(told?.input === undefined && { input: options.inputTokens() }),
    output: Math.max(told?.output ?? 0, estimateTokens(hearing.said())),
    estimated: true,
  })

  /** Notes which of the two used what: they may have different prices. Gives both together. */
  const bothUsed = (used: Usage, rest: Usage | undefined): Usage => {
    const answering = first.attempts.filter(({ failure }) => !failure)
    const begun = answering.findLast(({ reason, endpoint }) => reason !== 'continue' && endpoint === first.endpoint)
    const gone = answering.findLast(({ reason }) => reason === 'continue')
    if (begun) begun.usage = used
    if (gone && rest) gone.usage = rest
    return rest ? addUsage(used, rest) : used
  }

  /** The first answer as it goes on by itself: as if nobody had listened. */
  const passOn = (broken: Broken) => {
    void first.ended.then(resolveEnded)
    write(hearing.held())
    if (broken.ended) close(broken.error)
    else broken.passes = true
  }
  const breakOff = async (broken: Broken) => {
    const failure = hearing.failure() ?? (await first.ended).failure ?? CUT
    // A client that has stopped reading may never come back: nobody is asked on its behalf.
    while (paused && sink) await new Promise<void>((resolve) => (wake = resolve))
    if (!sink) return
    beat()
    const second = await options.goOn(hearing.said(), failure, stop.signal).catch(() => undefined)
    const next = second && takeSource(second)
    stopBeat()
    if (!sink) return next?.cancel()
    if (!second || !next) return passOn(broken)
    if (!broken.ended) source.cancel()
    const { usage } = await first.ended
    if (!sink) return next.cancel()
    finishWith(second, next, usedByFirst(mergeUsage(hearing.usage(), usage)))
  }
  const finishWith = (second: Response, next: ByteSource, used: Usage) => {
    const { attempts: _, notices, ended, ...about } = outcomeOf(second)!
    Object.assign(outcome, about, { notices: [...first.notices, ...notices] })
    const start = hearing.events().find((event) => event.type === 'start')
    const joining = createJoin({
      client,
      context: { ...context, model: start?.model ?? '' },
      events: hearing.events(),
      said: hearing.said(),
      used,
    })
    join = joining
    current = next
    const over = (reason?: Error) => {
      const { failure } = joining.ended() ?? {}
      close(reason)
      void ended.then(({ how, usage, failure: told }) => {
        const all = { usage: bothUsed(used, mergeUsage(joining.usage(), usage)) }
        if (!failure) return resolveEnded({ how: 'recovered', ...all })
        resolveEnded({ how: how === 'truncated' ? how : 'error', ...all, failure: told ?? failure })
      })
    }
    const tell = (text: string) => {
      write(text)
      const ended = joining.ended()
      if (!ended) return
      const { failure } = ended
      over(failure && !text ? new Error(failure.message) : undefined)
      // It may say in peace how it ended, but not for long.
      stopBeat = clock.after(LINGER_MS, () => next.cancel())
    }
    beat()
    next.start({
      write(chunk) {
        if (sink) tell(joining.push(chunk))
      },
      end() {
        if (sink) tell(joining.end())
        stopBeat()
      },
      fail(error) {
        if (sink) tell(joining.fail({ ...CUT, message: error instanceof Error ? error.message : CUT.message }))
        stopBeat()
      },
    })
    if (paused) next.pause()
  }

  const broken: Broken = {}
  let isBroken = false
  const body: ByteSource = {
    start(to) {
      sink = to
      source.start({
        write(chunk) {
          if (join) return
          if (broken.passes) return write(chunk)
          write(hearing.push(chunk))
          if (!hearing.failure() || isBroken) return
          isBroken = true
          void breakOff(broken)
        },
        end: () => endFirst(),
        fail: (error) => endFirst(error),
      })
    },
    pause() {
      paused = true
      current.pause()
    },
    resume() {
      paused = false
      wake()
      current.resume()
    },
    cancel(reason) {
      sink = undefined
      stopBeat()
      stop.abort(reason)
      wake()
      current.cancel(reason)
      void first.ended.then(({ usage }) => {
        const told = mergeUsage(hearing.usage(), usage)
        resolveEnded({ how: 'cancelled', ...(join ? { usage: bothUsed(usedByFirst(told), join.usage()) } : told && { usage: told }) })
      })
    },
  }
  const endFirst = (error?: unknown) => {
    broken.ended = true
    broken.error = error
    if (isBroken) return broken.passes ? close(error) : undefined
    if (error === undefined) hearing.end()
    if (hearing.state() === 'open') {
      isBroken = true
      return void breakOff(broken)
    }
    passOn(broken)
  }
  return attachOutcome(respondWith(body, { status: response.status, headers: response.headers }), outcome)
}

/** How a first answer came to its end. */
interface Broken {
  ended?: boolean
  error?: unknown
  /** Nobody goes on with it: what still comes of it goes to the client. */
  passes?: boolean
}

/** Waited at most for the end of a body whose answer has ended. */
const LINGER_MS = 1000

const CUT = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The answer broke off before it was complete. Try again.',
} as const satisfies Failure
