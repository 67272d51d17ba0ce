/**
 * What an upstream answered, as the client's own answer: refused, whole or streamed.
 *
 * @module
 */
import { readText } from '../../core/byte-source.ts'
import { respondText, respondWith, takeSource } from '../../core/respond.ts'
import type { ChatRequest, ProtocolName } from '../../core/chat.ts'
import type { Clock } from '../../core/clock.ts'
import type { Dialect } from '../../core/dialect.ts'
import { fail, isFailureError, type Failure } from '../../core/failure.ts'
import { isObject, tryParse } from '../../core/json.ts'
import { createNotes, type Notice } from '../../core/notice.ts'
import type { Framing, Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import type { Exchange } from '../../transformers/translate.ts'
import { attachOutcome, type Ending, type Outcome } from '../outcome.ts'
import { networkFailure } from '../failures/network-failure.ts'
import { createArrayPassage } from './array-framing.ts'
import { createPassThrough } from './passthrough.ts'
import { timeoutFailure, type Timeouts, type Watch } from './timeouts.ts'
import { rateLimitHeaders } from './rate-limits.ts'
import { failureOfResponse } from '../failures/refusal.ts'
import { createRelay, type Relay } from './relay.ts'
import { passBack } from './upstream.ts'

/** The largest whole answer that is read, in bytes, and the largest error. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const MAX_ERROR_BYTES = 1024 * 1024

/** About how many bytes of a stream are a token, with what each protocol wraps around it: rather fewer than more. */
export const BYTES_PER_TOKEN: Record<ProtocolName, number> = { claude: 20, openai: 100, 'openai-responses': 100, gemini: 8 }

export interface AnswerContext {
  /** The endpoint's name, for errors. */
  name: string
  client: Protocol
  upstream: Protocol
  dialect: Dialect
  /** Absent where both sides speak the same protocol: then bytes pass as they are. */
  exchange?: Exchange
  /** The client asked for a stream. */
  streaming: boolean
  framing: Framing
  clock: Clock
  heartbeatMs: number
  timeouts: Required<Timeouts>
  /** The attempt's clockwork: an answer that is whole, or has begun, ends its phases. */
  watch: Watch
  /** Called with what can break a stream off, and is told when its client leaves. */
  onStream(relay: Pick<Relay, 'expire' | 'leave'>): void
  /** The client asked for the notices themselves, not only for how many there are. */
  listNotices: boolean
  outcome(ended: Promise<Ending>, failure?: Failure): Outcome
}

/** Makes an exchange for an answer of the same protocol that is not in the form that was asked for; where the question can be read. */
export type Rewriting = () => Exchange | undefined

/** Resolves when the upstream really answers: a stream that begins with an error becomes an error with a status. */
export function answerFrom(response: Response, context: AnswerContext, rewrite: Rewriting): Promise<Response> {
  if (!response.ok) return refusal(response, context)
  const type = response.headers.get('content-type') ?? ''
  const made = !context.exchange && isOtherForm(type, context) ? rewrite() : undefined
  const known = made ? { ...context, exchange: made } : context
  return context.streaming ? streamed(response, type, known) : whole(response, type, known)
}

/** Some answer whole though a stream was asked for, and some stream whatever they are asked for. */
const isOtherForm = (type: string, { streaming, framing }: AnswerContext): boolean =>
  streaming ? framing === 'sse' && /^application\/json\b/i.test(type) : type.includes('event-stream')

async function refusal(response: Response, context: AnswerContext): Promise<Response> {
  const { client, upstream, exchange, name, clock } = context
  const text = await textOf(response, MAX_ERROR_BYTES, name)
  const body = tryParse(text) ?? text
  const redirect = response.status >= 300 && response.status < 400
  const failure = failureOfResponse(upstream, response, text, clock.now(), `endpoint "${name}"`)
  const outcome = context.outcome(Promise.resolve({ how: 'error', failure }), failure)
  if (exchange || redirect || typeof body !== 'object') return attachOutcome(errorResponse(client, failure), outcome)
  return attachOutcome(respondText(text, { status: response.status, headers: passBack(response.headers) }), outcome)
}

async function streamed(response: Response, type: string, context: AnswerContext): Promise<Response> {
  const { client, upstream, dialect, exchange, name, clock, framing } = context
  const source = takeSource(response)
  if (!source) return fail({ kind: 'bad-response', message: `endpoint "${name}": the upstream answered ${response.status} with no body.` })
  if (/html|xml|image/.test(type)) {
    source.cancel()
    return fail({
      kind: 'bad-response',
      message: `endpoint "${name}": the upstream answered ${type} where an event stream was asked for. Is baseUrl right?`,
    })
  }
  context.watch.phase('first-token')
  const { bytesMs, eventsMs } = context.timeouts
  const relay = createRelay(source, {
    passage: (observe) =>
      exchange?.translator(observe) ??
      (framing === 'json-array' ? createArrayPassage : createPassThrough)({
        upstream,
        context: plainContext(upstream, dialect),
        observe,
        tell: (failure, answer) => failureInStream(client, failure, { framing, now: clock.now, ...answer }),
        readAll: eventsMs > 0,
      }),
    clock,
    heartbeat: framing === 'sse' ? client.heartbeat.within : '',
    heartbeatMs: context.heartbeatMs,
    bytesPerToken: BYTES_PER_TOKEN[upstream.name],
    ...((bytesMs || eventsMs) && {
      silence: { bytesMs, eventsMs, failure: (phase) => timeoutFailure(name, phase, phase === 'bytes' ? bytesMs : eventsMs) },
    }),
    failureOf: (error) =>
      isFailureError(error) ? error.failure : networkFailure(error, `endpoint "${name}": the upstream broke off amid its answer`, 'amid'),
  })
  context.onStream(relay)
  const failure = await relay.ready
  context.watch.phase(undefined)
  void relay.ended.then(() => context.watch.stop())
  if (failure) {
    relay.body.cancel()
    const ended = relay.ended.then(({ usage, answeredBy }) => ({
      how: 'error' as const,
      ...(usage && { usage }),
      ...(answeredBy !== undefined && { answeredBy }),
      failure,
    }))
    return attachOutcome(errorResponse(client, failure), context.outcome(ended, failure))
  }
  const headers = exchange ? answerHeaders(response, context, client.streamType(context)) : passBack(response.headers)
  if (framing === 'json-array') headers['content-type'] = client.streamType(context)
  headers['cache-control'] = 'no-cache'
  return attachOutcome(respondWith(relay.body, { status: response.status, headers }), context.outcome(relay.ended))
}

async function whole(response: Response, type: string, context: AnswerContext): Promise<Response> {
  const { exchange, name } = context
  const text = await textOf(response, MAX_ANSWER_BYTES, name)
  context.watch.stop()
  let seen: Pick<Ending, 'usage' | 'answeredBy'> = {}
  const see = ({ usage, model }: Reply) => void (seen = { usage, answeredBy: model || undefined })
  const respond = (body: string, headers = answerHeaders(response, context, 'application/json')) =>
    attachOutcome(
      respondText(body, { headers }),
      context.outcome(Promise.resolve({ how: 'complete', usage: seen.usage, answeredBy: seen.answeredBy })),
    )
  if (exchange && type.includes('event-stream')) {
    const body = exchange.responseFromStream(text, see)
    return respond(JSON.stringify(body))
  }
  const json = tryParse(text)
  if (!isObject(json)) {
    const got = text
      ? `${type || 'no content type'}, ${json === undefined ? 'not JSON' : 'no JSON object'}: ${text.slice(0, 120)}`
      : 'an empty body'
    fail({ kind: 'bad-response', message: `endpoint "${name}": the upstream answered ${response.status} with ${got}. Is baseUrl right?` })
  }
  if (!exchange) {
    readOwn(json, context, see)
    return respond(text, passBack(response.headers))
  }
  const body = exchange.response(json, see)
  return respond(JSON.stringify(body))
}

/** Reads an answer that is passed on as it is. One that cannot be read is still passed on, unless it tells of a failure. */
function readOwn(json: unknown, { upstream, dialect }: AnswerContext, see: (reply: Reply) => void): void {
  try {
    see(upstream.decodeReply(json, plainContext(upstream, dialect)))
  } catch (error) {
    if (isFailureError(error) && error.failure.kind !== 'bad-response') throw error
  }
}

/** What is needed to read or write a stream of which nothing else is known. */
export function plainContext(protocol: Protocol, dialect: Dialect): ReplyContext {
  const chat: ChatRequest = { stream: true, system: [], messages: [], tools: [] }
  const notes = createNotes('reply', protocol.fields)
  return { chat, model: '', dialect, notes, framing: 'sse', newId: (prefix) => prefix, now: () => 0 }
}

/** A failure as the client's stream tells it; `''` where its protocol has no words for it. */
export const failureInStream = (
  client: Protocol,
  failure: Failure,
  answer: Pick<ReplyContext, 'framing' | 'model' | 'now'> & Pick<Partial<ReplyContext>, 'begun'>,
): string => {
  const newId = (prefix: string) => `${prefix}${answer.now().toString(36)}`
  return client.encodeStream({ ...plainContext(client, { name: client.name }), newId, ...answer })({ type: 'error', failure })
}

/** A failure as the client's own error. */
export function errorResponse(client: Protocol, failure: Failure): Response {
  const { status, headers, body } = client.encodeError(failure)
  return respondText(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

async function textOf(response: Response, maxBytes: number, name: string): Promise<string> {
  const source = takeSource(response)
  if (!source) return ''
  try {
    return await readText(source, maxBytes, () =>
      fail({ kind: 'bad-response', message: `endpoint "${name}": the upstream's answer is larger than ${maxBytes} bytes.` }),
    )
  } catch (error) {
    if (isFailureError(error) || (error instanceof Error && error.name === 'AbortError')) throw error
    return fail(networkFailure(error, `endpoint "${name}": the upstream broke off amid its answer`, 'amid'), error)
  }
}

/** Where a client looks for the id of its request. */
const REQUEST_ID: Record<ProtocolName, string> = {
  claude: 'request-id',
  openai: 'x-request-id',
  'openai-responses': 'x-request-id',
  gemini: 'x-request-id',
}

/** A plain object: Headers are dear, and the Response makes its own of it. */
function answerHeaders(response: Response, { client, exchange, clock, listNotices }: AnswerContext, type: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': type, ...rateLimitHeaders(response.headers, client.name, clock.now()) }
  const id = response.headers.get('request-id') ?? response.headers.get('x-request-id')
  if (id) headers[REQUEST_ID[client.name]] = id
  if (exchange?.notices.length) headers['x-cc-route-notices'] = listNotices ? listed(exchange.notices) : summary(exchange.notices)
  return headers
}

const SEVERITY: Notice['action'][] = ['invented', 'approximated', 'dropped']

/** Headers have to stay short. */
const MAX_LIST = 6000

/** The notices as JSON in ASCII, as many as a header can hold. */
function listed(notices: readonly Notice[]): string {
  const asAscii = (notice: Notice) =>
    JSON.stringify(notice).replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  let list = ''
  for (const notice of notices) {
    const next = `${list}${list ? ',' : ''}${asAscii(notice)}`
    if (next.length > MAX_LIST) break
    list = next
  }
  return `[${list}]`
}

/** `3; worst=dropped`: how much of the request was not kept, for people who look. */
const summary = (notices: readonly Notice[]): string =>
  `${notices.length}; worst=${SEVERITY[Math.max(...notices.map((notice) => SEVERITY.indexOf(notice.action)))]}`
