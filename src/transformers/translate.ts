/**
 * One exchange between a client of one protocol and an upstream of another: pure and synchronous, without I/O.
 *
 * @module
 */
import type { ChatRequest, ProtocolName } from '../core/chat.ts'
import type { Dialect } from '../core/dialect.ts'
import { ENVELOPE_PREFIX } from '../core/envelope.ts'
import { extended } from '../core/extended.ts'
import { ANSWER_TOO_DEEP, bounded, fail, QUESTION_TOO_DEEP } from '../core/failure.ts'
import { createFold } from '../core/fold.ts'
import { isObject, reject, type JsonObject } from '../core/json.ts'
import { createNameMap, fitTo } from '../core/names.ts'
import { createNotes, noteForeignExtras, type Notice } from '../core/notice.ts'
import type { ErrorAnswer, Framing, Protocol, ReplyContext } from '../core/protocol.ts'
import type { Emit, Reply } from '../core/reply.ts'
import { sinceSummary } from '../core/summary.ts'
import { estimateInput } from '../core/tokens.ts'
import { arrangeTurns } from '../core/turns.ts'
import { encodeUtf8 } from '../core/utf8.ts'
import { withCacheMarks } from './cache-marks.ts'
import { createCallIds, createIdMint } from './call-ids.ts'
import { dialectFor } from './dialects.ts'
import { createJudge, refuseLosses } from './loss.ts'
import { dropForeignOpaque } from './opaque.ts'
import { recalled } from './recall.ts'
import { protocols } from './registry.ts'
import { settleReply, type Settlement } from './settle.ts'
import { cutReply } from './stop-sequences.ts'
import { createIdentity, createStreamTranslator, pipeThrough, type StreamTranslator } from './stream.ts'

/** Changes a request in neutral form; must not change its argument. */
export type Adjust = (chat: ChatRequest) => ChatRequest

export interface TranslateOptions {
  /** The client's protocol. */
  from: ProtocolName
  /** The upstream's protocol. */
  to: ProtocolName
  /** The model to ask the upstream for. Default: the one the client asked for. */
  model?: string
  /** The model the client asked for, where its protocol keeps it in the URL (Gemini). It is echoed in the answer. */
  clientModel?: string
  /** Whether the client asked for a stream, where its protocol keeps that in the URL (Gemini). */
  stream?: boolean
  /** How the client's stream is framed. Default `sse`. */
  framing?: Framing
  /** The upstream's dialect by name (`deepseek`, `azure` …). Default: told by `baseUrl`, otherwise the protocol's plain form. */
  dialect?: string
  /** The upstream's base URL, to tell its dialect. */
  baseUrl?: string
  /** Names the upstream in envelopes of opaque reasoning: reasoning that another origin minted is not sent to it. Default: any upstream of the same protocol will do. */
  origin?: string
  /** Changes the request before it is written, whatever its protocol: other parameters, a tighter limit. */
  adjust?: Adjust
  /** The request as `from` reads it, where the caller has done so already. It is not changed. */
  chat?: ChatRequest
  /** Send no earlier reasoning at all: for a second try after the provider refused its own. Default `false`. */
  withoutReasoning?: boolean
  /** Refuse with a failure (400) what would be lost: every notice but the `minor` ones. Default `false`. */
  strict?: boolean
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: () => number
  /** A number from 0 up to 1. Default `Math.random`. */
  random?: () => number
}

export interface Exchange {
  /** The upstream's request body; empty once the question is forgotten. */
  readonly body: JsonObject
  /** What could not be kept, of the question and, as it is read, of the answer. */
  readonly notices: readonly Notice[]
  /** Whether the client wants a stream. */
  readonly streaming: boolean
  /** The question in neutral form; absent where both sides speak the same protocol and nothing was read, and once it is forgotten. */
  readonly chat?: ChatRequest | undefined
  /**
   * Lets go of what was sent, and of the question where a stream is to come: it may take minutes, and needs little of it. Answers are translated
   * as before. What is let go of in the same turn of the event loop is never moved by the garbage collector.
   */
  forgetQuestion(): void
  /** The upstream's whole answer, as the client's; `observe` sees it in neutral form. Throws a `FailureError` where it is no answer. */
  response(json: unknown, observe?: (reply: Reply) => void): JsonObject
  /** The upstream's server-sent events as the client's. An upstream that breaks off ends in the client's own error event. */
  stream(readable: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>
  /** The push machine below {@link Exchange.stream}: bytes in, text out. `observe` sees each neutral event. */
  translator(observe?: Emit): StreamTranslator
  /** The upstream's stream as the client's whole answer, for upstreams that stream unasked. Throws a `FailureError` where it broke off. */
  responseFromStream(text: string, observe?: (reply: Reply) => void): JsonObject
  /** The upstream's error as the client's. `body` is parsed JSON, or text. */
  error(status: number, body: unknown, headers?: HeadersInit): ErrorAnswer
}

/**
 * Translates a request, and what comes back.
 *
 * @param body the client's request body, parsed; never changed
 * @throws FailureError 400 that names the field, where the body is not a request of `from`
 */
export function translate(body: unknown, options: TranslateOptions): Exchange {
  const client = protocols[options.from]
  const upstream = protocols[options.to]
  if (!client || !upstream)
    throw new TypeError(`translate: unknown protocol "${client ? options.to : options.from}". Known: ${Object.keys(protocols).join(', ')}.`)
  return bounded(() => exchangeOf(body, client, upstream, options), QUESTION_TOO_DEEP)
}

function exchangeOf(body: unknown, client: Protocol, upstream: Protocol, options: TranslateOptions): Exchange {
  if (!isObject(body)) reject('', 'an object', body)
  if (client === upstream && !options.withoutReasoning && !options.adjust && !carriesEnvelope(body)) return passThrough(body, options)

  const notices: Notice[] = []
  const dialect: Dialect = dialectFor({ protocol: options.to, dialect: options.dialect, baseUrl: options.baseUrl })
  const read = options.chat ?? client.decodeRequest(body, { model: options.clientModel, stream: options.stream })
  const asked = options.adjust?.(read) ?? read
  const notes = createNotes('request', client.fields, notices, createJudge(client.incidental, asked))
  const model = options.model ?? asked.model
  if (!model)
    fail({
      kind: 'invalid-request',
      message: 'model: no model was asked for. Name one in the request, or configure one for the upstream.',
      param: 'model',
    })

  const offered: string[] = []
  for (const tool of asked.tools) if (tool.type !== 'hosted') offered.push(tool.name)
  const toolNames = createNameMap(dialect.toolName ?? upstream.toolName, offered)
  const idRule = dialect.callId ?? upstream.callId
  const messages = client === upstream ? asked.messages : sinceSummary(asked.messages)
  const own = dropForeignOpaque({ messages }, { protocol: options.to, origin: options.origin, none: options.withoutReasoning }, notes)
  const arranged = withCacheMarks(extended(asked, { messages: arrangeTurns(own, notes) }), options, notes)
  const stops: string[] = []
  const upstreamBody = upstream.encodeRequest(arranged, {
    model,
    dialect,
    notes,
    toolNames,
    callIds: { fit: (id) => fitTo(idRule, id) },
    enforceStops: (sequences) => void stops.push(...sequences),
  })
  noteForeignExtras(asked, options.to, notes)
  if (options.strict) refuseLosses(notices)

  const mint = createIdMint(options.random ?? Math.random)
  const context: ReplyContext = {
    chat: asked,
    model: options.clientModel ?? asked.model ?? model,
    dialect,
    notes: createNotes('reply', upstream.fields, notices),
    framing: options.framing ?? 'sse',
    newId: mint,
    now: options.now ?? Date.now,
  }
  const ids = createCallIds({ rule: client.callId, prefix: client.callIdPrefix, taken: () => context.chat.messages, newId: mint })
  const settlement: Settlement = { restoreName: toolNames.restore, acceptId: ids.accept, origin: options.origin }
  const reply = (json: unknown): Reply => cutReply(settleReply(upstream.decodeReply(json, context), settlement), stops)
  const written = (read: Reply, observe: ((reply: Reply) => void) | undefined): JsonObject => {
    observe?.(read)
    return client.encodeReply(read, context)
  }

  const translator = (observe?: Emit) =>
    createStreamTranslator({
      decode: upstream.decodeStream,
      differing: upstream.differing,
      decodeWhole: upstream.decodeReply,
      encode: client.encodeStream,
      context,
      settlement,
      stops,
      terminator: upstream.terminator,
      observe,
    })
  const exchange: Mutable<Exchange> = {
    body: upstreamBody,
    notices,
    streaming: asked.stream,
    chat: asked,
    forgetQuestion() {
      exchange.body = SENT
      if (!exchange.streaming || !exchange.chat) return
      if (client.tellsInput) context.inputTokens = estimateInput(context.chat)
      ids.look()
      context.chat = recalled(client, context.chat)
      exchange.chat = undefined
    },
    response: (json, observe) => bounded(() => written(reply(json), observe), ANSWER_TOO_DEEP),
    translator,
    stream: (readable) => pipeThrough(readable, translator()),
    responseFromStream(text, observe) {
      const fold = createFold()
      const events = translator(fold.emit)
      events.push(encodeUtf8(text))
      events.end()
      return bounded(() => written(fold.reply(), observe), ANSWER_TOO_DEEP)
    },
    error: (status, errorBody, headers) =>
      client.encodeError(upstream.decodeError({ status, headers: new Headers(headers), body: errorBody, now: context.now() })),
  }
  return exchange
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const SENT: JsonObject = {}

/** Both sides speak the same protocol: nothing is read, nothing but the model is changed. */
function passThrough(body: JsonObject, options: TranslateOptions): Exchange {
  const replaced = options.model !== undefined && 'model' in body && body.model !== options.model ? { ...body, model: options.model } : body
  const translator = () => createIdentity()
  const exchange: Mutable<Exchange> = {
    body: replaced,
    notices: [],
    streaming: options.stream ?? body.stream === true,
    response: (json) => (isObject(json) ? json : reject('', 'an object', json)),
    translator,
    stream: (readable) => readable,
    responseFromStream: () => fail({ kind: 'bad-response', message: 'The upstream answered with a stream though none was asked for.' }),
    error: (status, errorBody, headers) => ({
      status,
      headers: Object.fromEntries(new Headers(headers)),
      body: isObject(errorBody) ? errorBody : { error: { message: String(errorBody) } },
    }),
    forgetQuestion: () => void (exchange.body = SENT),
  }
  return exchange
}

/** Reasoning of another provider that came back to the wrong one: then even the same protocol is read and written anew. */
function carriesEnvelope(value: unknown): boolean {
  if (typeof value === 'string') return value.startsWith(ENVELOPE_PREFIX) || value.includes(`"${ENVELOPE_PREFIX}`)
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some(carriesEnvelope)
  for (const key in value) if (carriesEnvelope((value as JsonObject)[key])) return true
  return false
}
