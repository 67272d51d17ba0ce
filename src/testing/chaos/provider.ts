/**
 * A provider that answers in every protocol, whole and streamed, and fails as it is told to.
 *
 * @module
 */
import { sleep, systemClock, type Clock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import { errorResponse } from '../../router/endpoint/answer.ts'
import { clientProtocol, factsOf } from '../../router/facts.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { protocols } from '../../transformers/registry.ts'
import { pacedBody } from '../paced-body.ts'
import { untilAborted } from '../until-aborted.ts'
import { answerTo, type Answer } from './answer.ts'
import { noAnswer } from './connection.ts'
import { specOf, type FaultSpec } from './fault.ts'
import type { ChaosReply } from './reply.ts'
import { recordOf, type ChaosRequest, type RequestRecord } from './request.ts'
import { readScript, type Script } from './script.ts'

export interface ChaosOptions {
  /** What goes wrong. A request asks the script of its key first, then that of its model, then this; the first fault counts. Default: nothing. */
  faults?: Script
  /** Scripts for single keys. */
  keys?: Readonly<Record<string, Script>>
  /** Scripts for single models. */
  models?: Readonly<Record<string, Script>>
  /** What is answered, or a function that decides. Default: two sentences. */
  reply?: ChaosReply | ((request: ChaosRequest) => ChaosReply)
  /** Milliseconds until an answer begins. Default 0. */
  latencyMs?: number
  /** Milliseconds between the events of a stream. Default 0. */
  eventMs?: number
  /** Default: the system's. */
  clock?: Clock
  /** From 0 up to 1, for ids. Default `Math.random`. */
  random?: () => number
}

export interface ChaosProvider extends Fetch {
  /** All requests that could be read, in order. What becomes of each is kept up to date. */
  readonly requests: readonly ChaosRequest[]
  /** Answers that are being waited for or read: 0 once everybody has cleaned up. An answer counts until its body is read, cancelled or aborted. */
  readonly open: number
  /** Changes what goes wrong from now on; the scripts of keys and models stay. */
  setFaults(script: Script | undefined): void
}

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Makes the provider as a fetch: the `fetch` of an endpoint of any protocol, or an app of its own. The protocol is told by the path.
 *
 * @throws TypeError for a fault that is not in the list
 */
export function chaosProvider(options: ChaosOptions = {}): ChaosProvider {
  const { clock = systemClock, random = Math.random, latencyMs = 0, eventMs = 0, reply = {} } = options
  const keys = scriptsOf(options.keys)
  const models = scriptsOf(options.models)
  let faults = readScript(options.faults)
  const requests: RequestRecord[] = []
  let open = 0

  const faultFor = (request: ChaosRequest): FaultSpec | undefined => {
    const fault = keys.get(request.key)?.(request) ?? models.get(request.model)?.(request) ?? faults(request)
    return fault && specOf(fault)
  }

  const provider = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = requestOf(input, init)
    const signal = init?.signal ?? request.signal
    signal.throwIfAborted()
    let record: RequestRecord
    let facts
    try {
      facts = await factsOf(request)
      record = recordOf(request, facts, requests.length, clock.now())
    } catch (error) {
      return errorResponse(protocols[clientProtocol(request)], failureOf(error))
    }
    requests.push(record)
    open++
    const ended = (state: 'complete' | 'broken' | 'aborted') => {
      if (record.state !== 'running') return
      record.state = state
      record.endedAt = clock.now()
      open--
    }
    try {
      const fault = faultFor(record)
      if (fault) record.fault = fault
      await answerable(fault, request.url, signal)
      const said = typeof reply === 'function' ? reply(record) : reply
      return respond(answerTo(facts, { request: record, fault, reply: said, now: clock.now(), random, eventMs }), signal, ended)
    } catch (error) {
      ended(signal.aborted ? 'aborted' : 'broken')
      throw error
    }
  }

  /** Waits as long as an answer takes; throws where none comes. */
  const answerable = async (fault: FaultSpec | undefined, url: string, signal: AbortSignal): Promise<void> => {
    const usual = fault?.type === 'slow-headers' ? (fault.ms ?? 30_000) : fault?.type === 'connect-timeout' ? CONNECT_TIMEOUT_MS : latencyMs
    const ms = fault?.afterMs ?? usual
    if (ms > 0) await sleep(clock, ms, signal)
    switch (fault?.type) {
      case 'hang':
        return untilAborted(signal)
      case 'reset':
        throw noAnswer(fault.when === 'sending' ? 'reset-sending' : 'reset-waiting', url)
      case 'refuse':
      case 'dns':
      case 'tls':
      case 'connect-timeout':
      case 'hang-up':
        throw noAnswer(fault.type, url)
    }
  }

  const respond = (
    { status, headers, steps }: Answer,
    signal: AbortSignal,
    ended: (how: 'complete' | 'broken' | 'aborted') => void,
  ): Response => {
    const body = pacedBody(steps, { clock, signal, ended })
    return new Response(body, { status, headers: { date: new Date(clock.now()).toUTCString(), ...headers } })
  }

  return Object.defineProperties(provider as ChaosProvider, {
    requests: { value: requests, enumerable: true },
    open: { get: () => open, enumerable: true },
    setFaults: { value: (script: Script | undefined) => void (faults = readScript(script)), enumerable: true },
  })
}

const scriptsOf = (scripts: Readonly<Record<string, Script>> = {}) =>
  new Map(Object.entries(scripts).map(([name, script]) => [name, readScript(script)]))
