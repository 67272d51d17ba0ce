/**
 * What each protocol's folder offers, and what it is given. Hub and spokes: a protocol only knows how to read itself
 * into the neutral model (decode) and how to write itself from it (encode).
 *
 * @module
 */
import type { Differing } from './alike-form.ts'
import type { ChatRequest, ProtocolName } from './chat.ts'
import type { Dialect, NameRule } from './dialect.ts'
import type { Failure } from './failure.ts'
import type { JsonObject } from './json.ts'
import type { NameMap } from './names.ts'
import type { Notes } from './notice.ts'
import type { Emit, Reply, StreamEvent } from './reply.ts'

export interface Protocol {
  name: ProtocolName
  /** The wire's names of neutral fields, for the paths of notices: `{ maxTokens: 'max_tokens' }`. */
  fields: Record<string, string>
  /** What its requests may carry that no answer hangs on. */
  incidental: Incidental
  /** What tool names and call ids may look like here, unless the dialect says otherwise. */
  toolName: NameRule
  callId: NameRule
  /** The fields in which an event of a stream differs from the one before as a rule. The decoder keeps no object that holds one. */
  differing: Differing
  /** How this protocol's provider begins a call id that it mints: `toolu_`, `call_`. */
  callIdPrefix: string

  /** Reads a client's request. `url` holds what the protocol keeps in its URL. Throws a `FailureError` (400) that names the field. */
  decodeRequest(body: unknown, url: UrlFacts): ChatRequest
  /** Writes the upstream's request. Turns and pairs are already arranged, foreign opaque data is already removed. */
  encodeRequest(chat: ChatRequest, context: AskContext): JsonObject
  /** Reads an upstream's whole answer. Throws a `FailureError` where it is none. */
  decodeReply(body: unknown, context: ReplyContext): Reply
  /** Writes a client's whole answer. */
  encodeReply(reply: Reply, context: ReplyContext): JsonObject
  /** Reads an upstream's stream. */
  decodeStream(emit: Emit, context: ReplyContext): StreamDecoder
  /**
   * Writes a client's stream: the text of the events, ready for the wire; `''` where an event has no counterpart. `''` for an
   * error means that the client's connection has to break.
   */
  encodeStream(context: ReplyContext): (event: StreamEvent) => string
  /** Reads an upstream's error answer. */
  decodeError(answer: UpstreamError): Failure
  /** Writes a client's error answer, with the status and headers that the client's retry logic needs. */
  encodeError(failure: Failure): ErrorAnswer
  /** Writes the answer to a request to count tokens. */
  encodeTokenCount(tokens: number): JsonObject

  /** What a request for a client's path means; `undefined` where the path is not this protocol's. */
  route(method: string, url: URL): ClientRoute | undefined
  /** The upstream's URL of a generation. `baseUrl` as people write it: with or without version, trailing slash, or a full endpoint. */
  address(baseUrl: string, ask: { model: string; stream: boolean; dialect: Dialect }): string
  /** The headers that an upstream request needs besides `content-type`. */
  credentials(apiKey: string | undefined, dialect: Dialect): Record<string, string>
  /** What keeps a client's connection alive while the upstream is silent: before the answer has begun, and within it; `''` where the protocol allows nothing. */
  heartbeat: Heartbeat
  /** What stands at the end of a stream whose answer is complete; `''` where the stream just ends. */
  terminator: string
  /** What its answers need of a question that has been sent. Default: its settings, and the names of its tools. */
  recall?(chat: ChatRequest): ChatRequest
  /** Its streams begin with the length of the question, which hardly any other provider has told by then. */
  tellsInput?: boolean
  /** How an upstream's answer comes that has to be asked for piece by piece. Absent: it never does. */
  pieces?: Pieces
  /** The content type of a client's stream. */
  streamType(context: Pick<ReplyContext, 'framing'>): string
}

/** What strict mode does not count as a loss, besides what is so in every protocol (cache marks, ids of users …). */
export interface Incidental {
  /** Fields that only this protocol knows, as JSON Pointers with `*` for an index; each covers what is below it. */
  fields: readonly string[]
  /** What the vendor takes where a setting is absent: to say it, or not to say it, is the same. */
  defaults: Readonly<Partial<Record<'temperature' | 'topP' | 'topK' | 'frequencyPenalty' | 'presencePenalty' | 'candidates', number>>>
}

/** Answers that a provider hands out in pieces. Clients of other protocols know nothing of that: the rest is asked for on their behalf. */
export interface Pieces {
  /** Whether the answer to this request of an upstream may be one. */
  expected(request: JsonObject, model: string): boolean
  join(request: JsonObject): PieceJoiner
}

/** Makes one answer of its pieces, on the wire. Pieces are read one after the other, until there is no {@link PieceJoiner.next}. */
export interface PieceJoiner {
  /** An event of a piece, as the one answer has it; `undefined` for one that it does not have, or that is held back. */
  event(event: JsonObject): JsonObject | undefined
  /** A whole piece; gives the answer so far. */
  whole(piece: JsonObject): JsonObject
  /** The request for the piece that follows; `undefined` where the last one was the end. */
  next(): JsonObject | undefined
  /** The events that were held back: the end of the answer, where no further piece can be had. */
  held(): JsonObject[]
}

export interface Heartbeat {
  before: string
  within: string
}

/** What stands in the URL rather than in the body (Gemini). */
export interface UrlFacts {
  model?: string
  stream?: boolean
}

export interface UpstreamError {
  status: number
  headers: Headers
  /** Parsed JSON, or the text where it was none. */
  body: unknown
  /** Milliseconds since 1970, for answers that name a time. Default `Date.now()`. */
  now?: number
}

export interface ErrorAnswer {
  status: number
  headers: Record<string, string>
  body: JsonObject
}

export interface ClientRoute extends UrlFacts {
  action: 'generate' | 'count-tokens'
  /** How a stream is framed: server-sent events, or Gemini's JSON array. */
  framing?: Framing
}

export type Framing = 'sse' | 'json-array'

/** What an encoder of a request may need to know besides the question. */
export interface AskContext {
  /** The model that the upstream is asked for. */
  model: string
  /** The upstream's dialect. */
  dialect: Dialect
  notes: Notes
  /** Tool names and call ids as the upstream takes them; every name and id that goes to it goes through these. */
  toolNames: NameMap
  callIds: Pick<NameMap, 'fit'>
  /** Has stop sequences that the upstream cannot be told enforced on its answer. Absent: nobody does. */
  enforceStops?(sequences: readonly string[]): void
}

/** What is known of an answer that the client has had a part of. */
export interface Begun {
  id?: string | undefined
  /** Seconds since 1970. */
  created?: number | undefined
  /** The number of its last event, where its protocol numbers them. */
  number?: number | undefined
}

/** What an answer needs to know of its question. */
export interface ReplyContext {
  /** The question, as the client's protocol was read; once it is sent, what {@link Protocol.recall} keeps of it. */
  chat: ChatRequest
  /** How long the question is by estimate, in tokens, once that was found out: before it is let go of. */
  inputTokens?: number
  /** The model name to echo to the client. */
  model: string
  /** The upstream's dialect. */
  dialect: Dialect
  notes: Notes
  /** How the client's stream is framed. */
  framing: Framing
  /** The client has had a part of the answer already, which was written by somebody else. */
  begun?: Begun
  /** A new unique id: `newId('msg_')`. */
  newId(prefix: string): string
  /** Milliseconds since 1970. */
  now(): number
}

/** A synchronous push machine: wire events in, neutral events out through `emit`. */
export interface StreamDecoder {
  /** One parsed event. `name` is the SSE event's name, where it has one. */
  event(data: unknown, name: string | undefined): void
  /**
   * The stream is over; `done` tells whether the wire said so itself (`[DONE]`). Emits `finish` where the answer is complete,
   * after closing what is open; emits nothing where it was cut: the translator then reports a `truncated` failure.
   */
  end(done: boolean): void
}
