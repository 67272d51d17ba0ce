/**
 * One provider behind the signature of fetch: takes a client's request in any protocol, answers in the same.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { ENVELOPE_PREFIX } from '../core/envelope.ts'
import { fail, failureOf, isFailureError } from '../core/failure.ts'
import { stringOf } from '../core/json.ts'
import { estimateInput } from '../core/tokens.ts'
import { dialectFor } from '../transformers/dialects.ts'
import { protocols } from '../transformers/registry.ts'
import { translate } from '../transformers/translate.ts'
import { answerFrom, errorResponse } from './answer.ts'
import { clientProtocol, factsOf, MAX_BODY_BYTES, type RequestFacts } from './facts.ts'
import { requestOf, type Fetch, type Handler } from './fetch.ts'
import { attachOutcome, outcomeOf } from './outcome.ts'
import { refusesReasoning } from './recovery.ts'
import { networkFailure } from './relay.ts'
import { upstreamCall } from './upstream.ts'

export interface EndpointOptions {
  /** Names the endpoint in errors, logs and outcomes. Default: the base URL's host. */
  name?: string
  /** What the upstream speaks. */
  protocol: ProtocolName
  /** As people write it: with or without a version segment, with a trailing slash, or a full endpoint URL. */
  baseUrl: string
  /** Sent to the base URL's origin and nowhere else. A client's own key is never passed on. */
  apiKey?: string
  /** The model to ask for, whatever the client asked for. Default: the client's. */
  model?: string
  /** The dialect of the provider by name. Default: told by `baseUrl`. */
  dialect?: string
  /** Sent with each request, over everything else. */
  headers?: Record<string, string>
  /** Default: the global fetch. */
  fetch?: Fetch
  /** Refuse requests (400) of which something would be lost. Default `false`. */
  strict?: boolean
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  /** Milliseconds of silence after which the client's stream gets a sign of life. Default 10 000. */
  heartbeatMs?: number
  /** Milliseconds to wait for the first meaningful event of a stream before the client gets its headers. Default 10 000. Until then an error still has a status of its own. */
  patienceMs?: number
  clock?: Clock
  /** From 0 up to 1, for ids. Default `Math.random`. */
  random?: () => number
}

/**
 * Makes a fetch that answers with one provider.
 *
 * The client's protocol is told by the request's path; the answer comes in the same, errors too. Where both sides speak
 * the same protocol the bytes pass untouched, except that the model is replaced. Resolves when the upstream really
 * answers: a stream whose first event is an error becomes an error with a status.
 *
 * @throws TypeError for options that cannot work
 */
export function endpoint(options: EndpointOptions): Handler {
  const upstream = protocols[options.protocol]
  if (!upstream) throw new TypeError(`endpoint: unknown protocol "${options.protocol}". Known: ${Object.keys(protocols).join(', ')}.`)
  if (!URL.canParse(options.baseUrl))
    throw new TypeError(`endpoint: baseUrl "${options.baseUrl}" is no URL. Write it with its scheme: https://api.example.com/v1.`)
  const dialect = dialectFor({ protocol: options.protocol, dialect: options.dialect, baseUrl: options.baseUrl })
  const { host, origin } = new URL(options.baseUrl)
  const { name = host, clock = systemClock, heartbeatMs = 10_000, patienceMs = 10_000, maxBodyBytes = MAX_BODY_BYTES } = options
  const call = options.fetch ?? ((input, init) => globalThis.fetch(input, init))

  const answer = async (request: Request): Promise<Response> => {
    const facts = await factsOf(request, maxBodyBytes)
    const { route, body } = facts
    const client = protocols[facts.protocol]
    if (route.action === 'count-tokens') return Response.json(client.encodeTokenCount(estimateInput(client.decodeRequest(body, route))))
    const response = await ask(request, facts)
    const failure = outcomeOf(response)?.failure
    if (!failure || !refusesReasoning(failure)) return response
    await response.body?.cancel()
    return ask(request, facts, { withoutReasoning: true })
  }

  const ask = async (request: Request, facts: RequestFacts, { withoutReasoning = false } = {}): Promise<Response> => {
    const { route, body } = facts
    const client = protocols[facts.protocol]
    const untouched = client === upstream && !withoutReasoning && !facts.text.includes(`"${ENVELOPE_PREFIX}`)
    const framing = route.framing ?? 'sse'
    const exchange = untouched
      ? undefined
      : translate(body, {
          from: facts.protocol,
          to: options.protocol,
          model: options.model,
          clientModel: route.model,
          stream: route.stream,
          framing,
          dialect: options.dialect,
          baseUrl: options.baseUrl,
          origin: host,
          withoutReasoning,
          strict: options.strict,
          now: clock.now,
          random: options.random,
        })
    const streaming = exchange?.streaming ?? route.stream ?? body.stream === true
    const model = options.model ?? route.model ?? stringOf(body.model) ?? ''
    const { url, headers } = upstreamCall({
      ...options,
      protocol: upstream,
      dialect,
      model,
      stream: streaming,
      client: client === upstream ? request : undefined,
    })
    const sent = exchange ? JSON.stringify(exchange.body) : ownBody(facts, options.model)
    const response = await send(url, { method: 'POST', headers, body: sent, signal: request.signal, redirect: 'manual' })
    return answerFrom(response, {
      name,
      client,
      upstream,
      dialect,
      exchange,
      streaming,
      framing,
      clock,
      heartbeatMs,
      patienceMs,
      listNotices: request.headers.get('x-cc-route-notices') === 'list',
      outcome: (ended, failure) => ({
        endpoint: name,
        protocol: options.protocol,
        model,
        notices: exchange?.notices ?? [],
        attempts: [],
        ended,
        ...(failure && { failure }),
      }),
    })
  }

  const send = async (url: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> => {
    try {
      return await call(url, init)
    } catch (error) {
      if (init.signal.aborted || isFailureError(error)) throw error
      return fail(networkFailure(error, `endpoint "${name}": no answer from ${origin}`), error)
    }
  }

  return async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    try {
      return await answer(request)
    } catch (error) {
      if (request.signal.aborted) throw error
      const failure = failureOf(error)
      return attachOutcome(errorResponse(protocols[clientProtocol(request)], failure), {
        endpoint: name,
        protocol: options.protocol,
        notices: [],
        attempts: [],
        failure,
        ended: Promise.resolve({ how: 'error', failure }),
      })
    }
  }
}

/** The request's own bytes, with the model replaced where the body names another. */
function ownBody(facts: RequestFacts, model: string | undefined): Uint8Array<ArrayBuffer> | string {
  return model !== undefined && 'model' in facts.body && facts.body.model !== model
    ? JSON.stringify({ ...facts.body, model })
    : (facts.bytes as Uint8Array<ArrayBuffer>)
}
