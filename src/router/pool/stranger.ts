/**
 * A fetch that is not of this library: it gets a plain request with everything written into it, and is judged by what it answers.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { respondText, respondWith, takeSource } from '../../core/respond.ts'
import type { Clock } from '../../core/clock.ts'
import { isFailureError, STATUS, type Failure } from '../../core/failure.ts'
import { presenceBy } from '../../core/presence.ts'
import { encodeUtf8 } from '../../core/utf8.ts'
import { protocols } from '../../transformers/registry.ts'
import { translate, type Adjust } from '../../transformers/translate.ts'
import { errorResponse } from '../endpoint/answer.ts'
import { createAnswerReader, type AnswerReader } from '../endpoint/read-answer.ts'
import { dropMeter, meterOf } from '../caller.ts'
import { classify } from '../failures/classify.ts'
import { askedModel, chatOf, factsWith, type RequestFacts } from '../request-facts.ts'
import { admitted } from '../measure.ts'
import type { Fetch } from '../fetch.ts'
import { attachOutcome, outcomeOf, type Attempt, type AttemptReason, type Ending, type Outcome } from '../outcome.ts'
import { networkFailure } from '../failures/network-failure.ts'
import { failureOfResponse } from '../failures/refusal.ts'
import { askingFor, requestFor } from '../rename.ts'

export interface StrangerCall {
  /** What it is called in errors and outcomes. */
  name: string
  fetch: Fetch
  request: Request
  facts: RequestFacts
  model?: string
  adjust?: Adjust
  /** The request's attempts, to which this one is added. */
  attempts: Attempt[]
  reason: AttemptReason
  /** The rules of the routers above that chose. */
  route?: string
  /** Waited on purpose before. Default 0. */
  waitedMs?: number
  clock: Clock
  signal: AbortSignal
}

/** Resolves with its answer or refusal, which tells its outcome as an answer of this library does. Rejects only where the client has gone. */
export async function askStranger(call: StrangerCall): Promise<Response> {
  const { name, facts, attempts, clock, signal, model, adjust, route, reason } = call
  const meter = facts.route.action === 'generate' ? meterOf(call.request) : undefined
  if (!meter) return ask(call)
  const planned = {
    endpoint: name,
    model: model ?? askedModel(facts) ?? '',
    reason,
    facts,
    trip: { adjust, route },
    waiting: presenceBy(signal),
  }
  const charge = await admitted(meter, planned)
  if ('kind' in charge) return refused(charge, errorResponse(protocols[facts.protocol], charge), { endpoint: name, notices: [], attempts })
  try {
    const response = await ask(call)
    const { failure, ended } = outcomeOf(response)!
    const mayBeBilled = !failure || classify(failure, clock.now()).ambiguous
    void ended.then(({ usage, streamed, answeredBy }) =>
      charge.settle({ billed: usage || mayBeBilled ? (failure ? 'question' : 'answer') : 'nothing', usage, streamed, answeredBy }),
    )
    return response
  } catch (error) {
    charge.settle({ billed: 'question' })
    throw error
  }
}

const refused = (failure: Failure, response: Response, known: Omit<Outcome, 'ended'>): Response =>
  attachOutcome(response, { ...known, failure, ended: Promise.resolve({ how: 'error', failure }) })

async function ask(call: StrangerCall): Promise<Response> {
  const { name, fetch, facts, attempts, clock, signal, model } = call
  const asked = { endpoint: name, ...(model !== undefined && { model }) }
  const attempt: Attempt = { ...asked, reason: call.reason, waitedMs: call.waitedMs ?? 0, startedAt: clock.now() }
  attempts.push(attempt)
  const known = { ...asked, notices: [], attempts }
  const failed = (failure: Failure, response: Response): Response => {
    attempt.failure = { class: classify(failure, clock.now()).class, message: failure.message }
    return refused(failure, response, known)
  }
  const settle = (status: number) => {
    attempt.tookMs = clock.now() - attempt.startedAt
    attempt.status = status
  }
  try {
    const request = requestFor(call.request, writtenFacts(call), signal)
    // Charged here, whatever endpoints there are below.
    if (meterOf(request)) dropMeter(request)
    const response = await fetch(request)
    settle(response.status)
    if (outcomeOf(response)) return response
    if (response.ok) return watched(response, known, createAnswerReader(facts.protocol, response.headers.get('content-type') ?? ''), signal)
    const text = await response.text()
    const { status, headers } = response
    const failure = failureOfResponse(protocols[facts.protocol], response, text, clock.now(), `"${name}"`)
    return failed(failure, respondText(text, { status, headers: plainHeaders(headers) }))
  } catch (error) {
    if (signal.aborted) throw error
    const failure = isFailureError(error) ? error.failure : networkFailure(error, `"${name}": no answer`)
    settle(failure.status)
    return failed(failure, errorResponse(protocols[facts.protocol], failure))
  }
}

/** The facts with everything that layers above changed written into the body. */
function writtenFacts({ facts, adjust, model }: StrangerCall): RequestFacts {
  const asked = model === undefined ? facts : askingFor(facts, model)
  if (!adjust) return asked
  const { protocol, route } = asked
  const { body } = translate(asked.body, {
    from: protocol,
    to: protocol,
    chat: chatOf(asked),
    clientModel: route.model,
    stream: route.stream,
    adjust,
  })
  const text = JSON.stringify(body)
  return factsWith(asked, text, encodeUtf8(text), body, asked)
}

/** The body is read as text: what described its form on the wire is no longer true. */
function plainHeaders(headers: Headers): Headers {
  const plain = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) plain.delete(name)
  return plain
}

/**
 * The same answer, which tells how it ended, and what it used as far as the reader can tell.
 *
 * @param signal the client's: where it leaves before it reads anything, nothing else tells the end
 */
export function watched(response: Response, known: Omit<Outcome, 'ended'>, reader?: AnswerReader, signal?: AbortSignal): Response {
  const { status, statusText, headers } = response
  const source = takeSource(response)
  if (!source) return attachOutcome(response, { ...known, ended: Promise.resolve({ how: 'complete' }) })
  let end!: (ending: Ending) => void
  const outcome: Outcome = { ...known, ended: new Promise((resolve) => (end = resolve)) }
  const read = (): Ending => {
    const { model, ...ending } = reader?.end() ?? { how: 'complete' }
    if (model !== undefined) outcome.model ??= model
    return ending
  }
  const leave = () => end({ ...usageIn(read()), how: 'cancelled' })
  signal?.addEventListener('abort', leave, { once: true })
  const body: ByteSource = {
    start(sink) {
      signal?.removeEventListener('abort', leave)
      source.start({
        write: reader
          ? (chunk) => {
              reader.push(chunk)
              sink.write(chunk)
            }
          : (chunk) => sink.write(chunk),
        end() {
          end(read())
          sink.end()
        },
        fail(error) {
          end({
            ...usageIn(read()),
            how: 'truncated',
            failure: { kind: 'truncated', status: STATUS.truncated, message: 'The answer broke off.' },
          })
          sink.fail(error)
        },
      })
    },
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel(reason) {
      leave()
      source.cancel(reason)
    },
  }
  return attachOutcome(respondWith(body, { status, statusText, headers }), outcome)
}

const usageIn = ({ usage, streamed, answeredBy }: Ending): Pick<Ending, 'usage' | 'streamed' | 'answeredBy'> => ({
  ...(answeredBy !== undefined && { answeredBy }),
  ...(usage && { usage }),
  ...(streamed !== undefined && { streamed }),
})
