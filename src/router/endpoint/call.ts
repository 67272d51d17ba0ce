/**
 * One call of an upstream: the request translated, sent within its time, and the answer read as far as it says something.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Clock } from '../../core/clock.ts'
import type { Dialect } from '../../core/dialect.ts'
import { ENVELOPE_PREFIX } from '../../core/envelope.ts'
import { FailureError, fail, isFailureError, type Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { encodeJson } from '../../core/json-bytes.ts'
import type { Notice } from '../../core/notice.ts'
import type { Presence } from '../../core/presence.ts'
import type { Protocol } from '../../core/protocol.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Exchange } from '../../transformers/translate.ts'
import { seenOf } from '../caller.ts'
import { answerFrom, type AnswerContext } from './answer.ts'
import { attend } from './connection.ts'
import { exchangeOf, rewriting } from './exchange.ts'
import { forgetAsked, wantsStream, type RequestFacts } from '../request-facts.ts'
import type { Fetch } from '../fetch.ts'
import type { Outcome } from '../outcome.ts'
import { networkFailure } from '../failures/network-failure.ts'
import { modelFor } from './model-name.ts'
import { inPieces } from './pieces.ts'
import type { Relay } from './relay.ts'
import { watch, type Timeouts } from './timeouts.ts'
import { bytesNaming, lengthAsked } from '../rename.ts'
import type { Trip } from '../trip.ts'
import { upstreamCall } from './upstream.ts'

/** What a call needs to know of its endpoint. */
export interface Upstream {
  name: string
  protocol: ProtocolName
  baseUrl: string
  /** The base URL's host: names the minter of reasoning. */
  host: string
  dialect: Dialect
  dialectName?: string
  headers?: Record<string, string>
  /** The endpoint's own model. */
  model?: string
  strict?: boolean
  fetch: Fetch
  clock: Clock
  random?: () => number
  heartbeatMs: number
  timeouts: Required<Timeouts>
}

export interface Call {
  facts: RequestFacts
  /** The client's request: of it come the headers that an upstream of the same protocol gets. */
  request: Request
  trip: Trip
  /** Whether it still waits for the answer. */
  waiting: Presence
  withoutReasoning?: boolean
}

/** Calls the upstream once. Resolves with its answer or its refusal, as the client's; rejects where there is neither. */
export async function callUpstream(
  upstream: Upstream,
  call: Call,
  apiKey: string | undefined,
  outcome: (part: Pick<Outcome, 'notices' | 'ended' | 'failure'>) => Outcome,
): Promise<Response> {
  const { name, clock, timeouts, dialect } = upstream
  const { facts, request, trip, withoutReasoning } = call
  const { route } = facts
  const client = protocols[facts.protocol]
  const speaks = protocols[upstream.protocol]
  const model = modelFor(upstream, facts, trip)
  const wanted = model || undefined
  const untouched = client === speaks && !withoutReasoning && !trip.adjust && !facts.text.includes(`"${ENVELOPE_PREFIX}`)
  const framing = route.framing ?? 'sse'
  const exchange = untouched ? undefined : exchangeOf(upstream, call, wanted)
  const streaming = exchange?.streaming ?? wantsStream(facts)
  const { url, headers } = upstreamCall({
    protocol: speaks,
    dialect,
    baseUrl: upstream.baseUrl,
    apiKey,
    headers: upstream.headers,
    model,
    stream: streaming,
    client: client === speaks ? request : undefined,
  })

  const { waiting } = call
  const sent: RequestInit = { method: 'POST', headers, redirect: 'manual' }
  const joiner = client === speaks ? undefined : joinerFor(speaks, exchange?.body, model)
  const attendance = attend(upstream.fetch, sent, () => watching.phase('headers'))
  if (!exchange) sent.body = ownBody(facts, wanted)
  else
    sent.body = attendance && lengthAsked(facts) > LONG_BODY ? encodeJson(exchange.body, lengthAsked(facts)) : JSON.stringify(exchange.body)
  // Further pieces are calls of their own.
  const controller = attendance && !joiner ? undefined : new AbortController()
  if (controller) sent.signal = controller.signal
  const stop = (reason: unknown) => (controller ? controller.abort(reason) : attendance!.stop(reason))
  let expired: Failure | undefined
  let stream: Pick<Relay, 'expire' | 'leave'> | undefined
  const abort = () => {
    stop(waiting.reason())
    stream?.leave()
  }
  if (waiting.gone()) abort()
  const stayUnaware = waiting.whenGone(abort)
  const watching = watch(name, timeouts, clock, (failure) => {
    expired = failure
    if (stream) stream.expire(failure)
    else stop(new FailureError(failure))
  })
  const release = () => {
    watching.stop()
    stayUnaware()
  }
  try {
    watching.phase(attendance ? 'connect' : 'headers')
    const answering = (joiner ? inPieces(upstream.fetch, joiner) : upstream.fetch)(url, sent)
    forget(request, facts, exchange)
    const response = await answering
    // Somebody else's fetch may have kept what it was given.
    if (attendance) sent.body = null
    const context: AnswerContext = {
      name,
      client,
      upstream: speaks,
      dialect,
      exchange,
      streaming,
      framing,
      clock,
      heartbeatMs: upstream.heartbeatMs,
      timeouts,
      watch: watching,
      onStream: (relay) => void (stream = relay),
      listNotices: request.headers.get('x-cc-route-notices') === 'list',
      outcome(ended, failure) {
        void ended.then(release)
        return outcome({ notices: exchange?.notices ?? NONE, ended, failure })
      },
    }
    return await answerFrom(response, context, rewriting(upstream, call, wanted))
  } catch (error) {
    release()
    if (expired) fail(expired, error)
    if (waiting.gone() || isFailureError(error)) throw error
    return fail(networkFailure(error, `endpoint "${name}": no answer from ${new URL(upstream.baseUrl).origin}`), error)
  }
}

const NONE: readonly Notice[] = []

/** What the client sent, in bytes: to write shorter ones in pieces saves nothing. A fetch of somebody else's gets a text in any case, to look at. */
const LONG_BODY = 16 * 1024

/**
 * What was sent, and what can be made again of the client's bytes: hardly anybody looks at it after this. An answer may take minutes, and
 * what is let go of in the same turn of the event loop is never moved by the garbage collector.
 */
function forget(request: Request, facts: RequestFacts, exchange: Exchange | undefined): void {
  const seen = seenOf(request)
  seen?.sent?.(seen)
  forgetAsked(facts)
  exchange?.forgetQuestion()
}

/** Joins the pieces of an answer that may come in some; a client of the same protocol asks for them itself. */
const joinerFor = ({ pieces }: Protocol, body: JsonObject | undefined, model: string) =>
  body && pieces?.expected(body, model) ? pieces.join(body) : undefined

/** The request's own bytes, with the model replaced where the body names another. */
function ownBody(facts: RequestFacts, model: string | undefined): Uint8Array<ArrayBuffer> {
  return model !== undefined && 'model' in facts.settings && facts.settings.model !== model
    ? bytesNaming(facts, model)
    : (facts.bytes as Uint8Array<ArrayBuffer>)
}
