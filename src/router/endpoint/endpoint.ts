/**
 * One provider behind the signature of fetch: takes a client's request in any protocol, answers in the same.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import type { Presence } from '../../core/presence.ts'
import { estimateInput } from '../../core/tokens.ts'
import { dialectFor } from '../../transformers/dialects.ts'
import { protocols } from '../../transformers/registry.ts'
import { conversationOf } from '../pool/conversation-key.ts'
import { errorResponse } from './answer.ts'
import { createThrottle, type RetryOptions } from '../budget.ts'
import type { Upstream } from './call.ts'
import { permitOf, tenantOf } from '../caller.ts'
import { checkUpstream } from './check.ts'
import { fitOutput, type Capability } from '../capability.ts'
import { costOf } from '../cost.ts'
import { DECISIONS } from '../failures/decisions.ts'
import { clientProtocol, factsOf, MAX_BODY_BYTES } from '../facts.ts'
import { chatOf, type RequestFacts } from '../request-facts.ts'
import { requestOf, type Fetch, type Handler } from '../fetch.ts'
import { createKeyRing, type ApiKey, type KeyRing, type KeyStrategy } from './keys.ts'
import { attachMember, type Price } from '../member.ts'
import { notAllowed } from '../not-allowed.ts'
import { attachOutcome } from '../outcome.ts'
import { checkModelName, modelFor } from './model-name.ts'
import { overKeys } from './over-keys.ts'
import { patiently } from './patience.ts'
import { presenceOf } from '../presence.ts'
import { memoryState, type State } from '../state.ts'
import { DEFAULT_TIMEOUTS, type Timeouts } from './timeouts.ts'
import { tripOf, type Trip } from '../trip.ts'

export interface EndpointOptions {
  /** Names the endpoint in errors, logs and outcomes. Default: the base URL's host. */
  name?: string
  /** What the upstream speaks. */
  protocol: ProtocolName
  /** As people write it: with or without a version segment, with a trailing slash, or a full endpoint URL. */
  baseUrl: string
  /** Sent to the base URL's origin and nowhere else. A client's own key is never passed on. */
  apiKey?: string
  /** Several keys instead of one: a key that is refused, out of quota or out of credit rests, and another one is used. */
  apiKeys?: readonly (string | ApiKey)[]
  /** How requests are shared among several keys. Default `sticky`. */
  keyStrategy?: KeyStrategy
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
  /** How long the upstream may take for what. */
  timeouts?: Timeouts
  /**
   * Retries against this endpoint alone. Default: a connection that could not be made is tried once more and other keys are used, both at once; with
   * this given, 429, 5xx and the like are also waited for. In a pool the pool's own options count.
   */
  retry?: RetryOptions
  /** What it can do; pools and routers do not send it what it cannot. What is absent is unknown, and tried. */
  capabilities?: Capability
  /** US dollars per million tokens, for the strategy `cheapest` and budgets of money. */
  price?: Price
  /** Endpoints of one cache domain share their prompt caches: those of one organisation at one provider. Default: the endpoint's name. */
  cacheDomain?: string
  /** Endpoints of one provider rest together when the provider is overloaded. Default: the base URL's host. */
  provider?: string
  /** Milliseconds of silence after which the client's stream gets a sign of life. Default 10 000. */
  heartbeatMs?: number
  /** Milliseconds to wait for the first meaningful event of a stream before the client gets its headers. Default 10 000. Until then an error still has a status of its own. */
  patienceMs?: number
  /** Where rests of keys are kept. Default: in memory, of this endpoint alone. */
  state?: State
  clock?: Clock
  /** From 0 up to 1. Default `Math.random`. */
  random?: () => number
}

/** An endpoint: a {@link Handler} whose keys can be looked at. */
export interface Endpoint extends Handler {
  readonly keys: Pick<KeyRing, 'show' | 'clear'>
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
export function endpoint(options: EndpointOptions): Endpoint {
  const { protocol, baseUrl } = options
  if (!protocols[protocol]) throw new TypeError(`endpoint: unknown protocol "${protocol}". Known: ${Object.keys(protocols).join(', ')}.`)
  if (!URL.canParse(baseUrl))
    throw new TypeError(`endpoint: baseUrl "${baseUrl}" is no URL. Write it with its scheme: https://api.example.com/v1.`)
  const { host } = new URL(baseUrl)
  const { name = host, clock = systemClock, random = Math.random, maxBodyBytes = MAX_BODY_BYTES } = options
  const { heartbeatMs = 10_000, patienceMs = 10_000, retry, keyStrategy = 'sticky' } = options
  const state = options.state ?? memoryState({ clock })
  const upstream: Upstream = {
    name,
    protocol,
    baseUrl,
    host,
    dialect: dialectFor({ protocol, dialect: options.dialect, baseUrl }),
    dialectName: options.dialect,
    headers: options.headers,
    model: options.model,
    strict: options.strict,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    clock,
    random: options.random,
    heartbeatMs,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
  }
  const keys = options.apiKeys ?? (options.apiKey === undefined ? [] : [options.apiKey])
  const ring = createKeyRing({ endpoint: name, keys, strategy: keyStrategy, state, clock, random })
  const throttle = retry && retry.throttle !== false ? createThrottle(retry.throttle ?? {}, clock) : undefined

  const answer = async (request: Request, facts: RequestFacts, trip: Trip, waiting: Presence): Promise<Response> => {
    const client = protocols[facts.protocol]
    if (facts.route.action === 'count-tokens') return Response.json(client.encodeTokenCount(estimateInput(chatOf(facts))))
    const model = modelFor(upstream, facts, trip)
    checkModelName(model, upstream, { facts, trip, isHeld: tenantOf(request) !== undefined })
    const barred = permitOf(request)?.endpoint(name, model)
    if (barred !== undefined) return notAllowed(barred)
    const session = keys.length > 1 ? conversationOf(request, facts) : undefined
    const { price, capabilities } = options
    const adjust = capabilities && fitOutput(capabilities, facts, trip.adjust)
    const cost = price && (() => costOf(price, facts))
    return overKeys(
      { upstream, ring, model, session, retry, throttle, clock, random, mostOutput: capabilities?.maxOutput, cost },
      { request, facts, trip: adjust ? { ...trip, adjust } : trip, waiting },
    )
  }
  const refuse = (request: Request, trip: Trip, error: unknown): Response => {
    const failure = failureOf(error)
    return attachOutcome(errorResponse(protocols[clientProtocol(request)], failure), {
      endpoint: name,
      protocol,
      notices: [],
      attempts: trip.attempts,
      failure,
      ended: Promise.resolve({ how: 'error', failure }),
    })
  }

  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    const trip = tripOf(request)
    const waiting = presenceOf(request)
    try {
      const facts = await factsOf(request, maxBodyBytes)
      if (trip.nested) return await answer(request, facts, trip, waiting)
      return await patiently(waiting, facts, { clock, patienceMs, heartbeatMs }, (heeded) => answer(request, facts, trip, heeded))
    } catch (error) {
      if (waiting.gone()) throw error
      return refuse(request, trip, error)
    }
  }
  const asked = (facts: RequestFacts, model?: string) => modelFor(upstream, facts, { model })
  return attachMember(Object.assign(handler, { keys: { show: ring.show, clear: ring.clear } }), {
    name,
    kind: 'endpoint',
    provider: options.provider ?? host,
    cacheDomain: options.cacheDomain ?? name,
    price: options.price,
    model: ({ facts, model }) => asked(facts, model),
    ready: ({ facts, model }) => ring.ready(asked(facts, model)),
    can: () => options.capabilities ?? {},
    barred: ({ facts, model, permit }) => permit?.endpoint(name, asked(facts, model)),
    check: (signal) => checkUpstream(upstream, typeof keys[0] === 'string' ? keys[0] : keys[0]?.key, signal),
    async explain({ facts, model }) {
      const { at, why } = await ring.ready(asked(facts, model))
      return {
        kind: 'endpoint',
        name,
        model: asked(facts, model),
        ...(at > clock.now() && why !== undefined && { skipped: why }),
        candidates: (await ring.show()).map((key) => ({
          kind: 'key',
          name: key.name,
          ...(key.rests.length > 0 && {
            skipped: key.rests.map(({ why: reason, until }) => `${reason} until ${new Date(until).toISOString()}`).join(', '),
          }),
        })),
        onFailure: DECISIONS,
      }
    },
  })
}
