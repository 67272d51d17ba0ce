/**
 * A chaos provider's answer to one request: status, headers, and what its body plays.
 *
 * @module
 */
import type { ChatRequest, Part } from '../../core/chat.ts'
import { failureOf, type Failure } from '../../core/failure.ts'
import { createNotes } from '../../core/notice.ts'
import type { Heartbeat, Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { estimateInput } from '../../core/tokens.ts'
import type { RequestFacts } from '../../router/request-facts.ts'
import { createIdMint } from '../../transformers/call-ids.ts'
import { dialectFor } from '../../transformers/dialects.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Step } from '../paced-body.ts'
import { brokenStream, brokenWhole, bytesBefore, streamBody, wholeBody, type Body } from './body.ts'
import { errorWords, type ErrorWords } from './errors.ts'
import { STATUS_FAULTS, type FaultSpec, type StatusFaultName } from './fault.ts'
import { LOGIN_PAGE } from './pages.ts'
import { withReset } from './rate-limit.ts'
import { refusalOf, replyOf, type ChaosReply, type ReplyAbout } from './reply.ts'
import type { ChaosRequest } from './request.ts'
import { DAMAGE, scoreOf } from './score.ts'

export interface Answer {
  status: number
  headers: Record<string, string>
  steps: Iterable<Step>
}

export interface AnswerAbout {
  request: ChaosRequest
  fault: FaultSpec | undefined
  reply: ChaosReply
  /** Milliseconds since 1970. */
  now: number
  random: () => number
  eventMs: number
}

export function answerTo(facts: RequestFacts, about: AnswerAbout): Answer {
  const { request, fault, now, random } = about
  const client = protocols[request.protocol]
  const newId = createIdMint(random)
  const requestId = newId('req_')
  const named = { [request.protocol === 'claude' ? 'request-id' : 'x-request-id']: requestId }
  if (fault && isStatusFault(fault)) return refused(statusWords(fault, { request, requestId, now }), named)
  if (fault?.type === 'html') return refused({ status: 200, body: LOGIN_PAGE }, named)
  let chat: ChatRequest
  try {
    chat = client.decodeRequest(facts.body, facts.route)
  } catch (error) {
    const { status, headers, body } = client.encodeError(failureOf(error))
    return refused({ status, headers, body }, named)
  }
  const streamed = request.action === 'generate' && (fault?.type === 'wrong-form' ? !chat.stream : chat.stream)
  const context = contextOf(client, chat, { ...about, facts, newId })
  const body = bodyFor(client, context, { ...about, streamed, requestId })
  if (fault?.type === 'empty') body.events = []
  const heartbeat = heartbeatOf(client, context, streamed)
  return {
    status: 200,
    headers: { 'content-type': body.type, ...(streamed && { 'cache-control': 'no-cache' }), ...named },
    steps: scoreOf(fault, { body, eventMs: streamed ? about.eventMs : 0, heartbeat }),
  }
}

type StatusFault = Extract<FaultSpec, { type: StatusFaultName }>
const isStatusFault = (fault: FaultSpec): fault is StatusFault => (STATUS_FAULTS as readonly string[]).includes(fault.type)

function statusWords(
  fault: StatusFault,
  { request, requestId, now }: { request: ChaosRequest; requestId: string; now: number },
): ErrorWords {
  const { protocol, model } = request
  const plain = errorWords(protocol, fault.type, { model, requestId })
  const words =
    fault.type === 'rate-limit' ? withReset(plain, fault.signal ?? 'native', { protocol, seconds: fault.seconds ?? 20, now }) : plain
  return {
    status: fault.status ?? words.status,
    headers: { ...words.headers, ...fault.headers },
    body: fault.body === undefined ? words.body : (fault.body as ErrorWords['body']),
  }
}

function refused({ status, headers, body }: ErrorWords, named: Record<string, string>): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body !== 'string' ? 'application/json' : text.trimStart().startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain'
  const bytes = new TextEncoder().encode(text)
  const end: Step = { at: 0, end: true }
  return { status, headers: { 'content-type': type, ...named, ...headers }, steps: bytes.length ? [{ at: 0, bytes }, end] : [end] }
}

function contextOf(
  client: Protocol,
  chat: ChatRequest,
  { facts, request, now, newId }: AnswerAbout & { facts: RequestFacts; newId: (prefix: string) => string },
): ReplyContext {
  return {
    chat,
    model: request.model,
    dialect: dialectFor({ protocol: client.name }),
    notes: createNotes('reply', client.fields),
    // A stream that nobody asked for comes as events.
    framing: facts.route.stream === false ? 'sse' : (facts.route.framing ?? 'sse'),
    newId,
    now: () => now,
  }
}

function bodyFor(client: Protocol, context: ReplyContext, about: AnswerAbout & { streamed: boolean; requestId: string }): Body {
  const { request, fault, streamed, requestId } = about
  const { chat, newId } = context
  if (request.action === 'count-tokens') return wholeBody(client.encodeTokenCount(estimateInput(chat)))
  const told: ReplyAbout = {
    chat,
    protocol: client.name,
    model: request.model,
    now: about.now,
    newCallId: () => newId(client.callIdPrefix || 'call_'),
  }
  const said = fault?.type === 'refusal' ? refusalOf(fault.text, told) : replyOf(about.reply, told)
  const reply = fault?.type === 'invalid-utf8' ? marked(said) : said
  if (fault?.type === 'error-event') {
    const failure = inBand(errorWords(client.name, fault.error ?? 'overloaded', { model: request.model, requestId }), client)
    if (!streamed) return brokenWhole(client, reply, context, failure)
    return brokenStream(client, reply, context, bytesBefore(streamBody(client, reply, context), fault.at ?? 'headers'), failure)
  }
  return streamed ? streamBody(client, reply, context) : wholeBody(client.encodeReply(reply, context))
}

/** An error as a writer of streams takes it: it writes the vendor's own body. */
const inBand = ({ status, headers, body }: ErrorWords, client: Protocol): Failure =>
  client.decodeError({ status, headers: new Headers(headers), body })

/** A mark in the first text, where it is to be damaged. */
function marked(reply: Reply): Reply {
  const at = ['text', 'refusal', 'reasoning'].map((type) => reply.parts.findIndex((part) => part.type === type)).find((index) => index >= 0)
  const mark = (part: Part): Part => ('text' in part ? { ...part, text: `${DAMAGE}${part.text}` } : part)
  return { ...reply, parts: reply.parts.map((part, index) => (index === at ? mark(part) : part)) }
}

function heartbeatOf({ heartbeat }: Protocol, { framing }: ReplyContext, streamed: boolean): Heartbeat {
  if (!streamed) return { before: '\n', within: '' }
  return framing === 'sse' ? heartbeat : { before: '\n', within: '\n' }
}
