/**
 * A client that waits long for its stream's first event is given its headers and signs of life meanwhile, while failing over goes on
 * unseen: nothing of an answer has been sent yet.
 *
 * @module
 */
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import { respondWith, takeSource } from '../../core/respond.ts'
import type { Clock } from '../../core/clock.ts'
import { failureOf, STATUS, type Failure } from '../../core/failure.ts'
import { createPresence, type Presence } from '../../core/presence.ts'
import type { Protocol } from '../../core/protocol.ts'
import { protocols } from '../../transformers/registry.ts'
import { failureInStream } from './answer.ts'
import { askedModel, wantsStream, type RequestFacts } from '../request-facts.ts'
import { attachOutcome, outcomeOf, type Ending, type Outcome } from '../outcome.ts'

export interface PatienceOptions {
  clock: Clock
  /** Milliseconds before the client gets its headers all the same. */
  patienceMs: number
  /** Milliseconds between signs of life. */
  heartbeatMs: number
}

/**
 * Gives what `run` gives; where the client streams and it takes longer than the patience, a response whose body becomes it.
 * A failure after that is told in the stream, in the client's own words. `run` is told when the client goes.
 */
export async function patiently(
  waiting: Presence,
  facts: RequestFacts,
  options: PatienceOptions,
  run: (waiting: Presence) => Promise<Response>,
): Promise<Response> {
  const client = protocols[facts.protocol]
  const streams = facts.route.action === 'generate' && wantsStream(facts)
  if (!streams || !client.heartbeat.before || facts.route.framing === 'json-array') return run(waiting)
  const heeded = createPresence()
  const leave = () => heeded.leave(waiting.reason())
  if (waiting.gone()) leave()
  const forget = waiting.whenGone(leave)
  const answer = run(heeded)
  // Who leaves amid the answer still ends it.
  answer.then((response) => void (outcomeOf(response)?.ended.then(forget) ?? forget()), forget)
  return new Promise((resolve, reject) => {
    const cancel = options.clock.after(options.patienceMs, () =>
      resolve(
        keepAlive({ client, facts, answer, ...options, stop: () => heeded.leave(new DOMException('The client has gone.', 'AbortError')) }),
      ),
    )
    answer.then(resolve, reject).finally(cancel)
  })
}

interface Waiting extends Omit<PatienceOptions, 'patienceMs'> {
  client: Protocol
  facts: RequestFacts
  answer: Promise<Response>
  stop(): void
}

function keepAlive({ client, facts, answer, clock, heartbeatMs, stop }: Waiting): Response {
  const framing = facts.route.framing ?? 'sse'
  let source: ByteSource | undefined
  let gone = false
  let stopBeat = () => {}
  let resolveEnded!: (ending: Ending) => void
  // Filled in when it is known: whoever reads it now sees that nothing has answered yet.
  const outcome: Outcome = { endpoint: '', notices: [], attempts: [], ended: new Promise((resolve) => (resolveEnded = resolve)) }

  const fail = (sink: ByteSink, failure: Failure) => {
    outcome.failure = failure
    const told = failureInStream(client, failure, {
      framing,
      model: askedModel(facts) ?? '',
      now: clock.now,
    })
    if (told) {
      sink.write(told)
      sink.end()
    } else sink.fail(new Error(failure.message))
    resolveEnded({ how: 'error', failure })
  }
  const become = (sink: ByteSink, response: Response) => {
    const { ended, ...known } = outcomeOf(response) ?? { ended: Promise.resolve<Ending>({ how: 'complete' }) }
    Object.assign(outcome, known)
    source = takeSource(response)
    if (gone) return source?.cancel()
    if (!response.ok || outcome.failure) {
      source?.cancel()
      return fail(sink, outcome.failure ?? unexplained(response))
    }
    void ended.then(resolveEnded)
    if (source) source.start(sink)
    else sink.end()
  }
  const body: ByteSource = {
    start(sink) {
      const beat = () => {
        sink.write(client.heartbeat.before)
        stopBeat = clock.after(heartbeatMs, beat)
      }
      beat()
      answer
        .finally(() => stopBeat())
        .then(
          (response) => become(sink, response),
          (error: unknown) => {
            if (!gone) fail(sink, failureOf(error))
          },
        )
    },
    pause: () => source?.pause(),
    resume: () => source?.resume(),
    cancel(reason) {
      gone = true
      stopBeat()
      if (source) return source.cancel(reason)
      stop()
      resolveEnded({ how: 'cancelled' })
    },
  }
  return attachOutcome(
    respondWith(body, { headers: { 'content-type': client.streamType({ framing }), 'cache-control': 'no-cache' } }),
    outcome,
  )
}

const unexplained = ({ status }: Response): Failure => ({
  kind: 'bad-response',
  status: STATUS['bad-response'],
  message: `The upstream answered ${status} without a word.`,
})
