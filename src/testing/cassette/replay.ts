/**
 * Answers as was recorded: the same chunks at the same times, the same errors.
 *
 * @module
 */
import { sleep, systemClock, type Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { pacedBody, type Step } from '../paced-body.ts'
import { untilAborted } from '../until-aborted.ts'
import { bodyOf } from './body-of.ts'
import { packBytes, unpackBytes } from './bytes.ts'
import { checkCassette, type Cassette, type RecordedExchange, type RecordedRequest, type RecordedResponse } from './cassette.ts'
import { differencesOf } from './differences.ts'
import { unpackError } from './errors.ts'
import { createRedactor } from './redact.ts'

export interface ReplayOptions {
  /** Default: the system's. */
  clock?: Clock
  /**
   * Whether a recorded exchange answers a request; both without secrets. Default: method and address are the same, and so is the
   * body, however its JSON is spelt.
   */
  match?: (recorded: RecordedRequest, asked: RecordedRequest) => boolean
  /** How many times faster than it was recorded; `Infinity` does not wait at all. Default 1. */
  speed?: number
}

export interface Replayer extends Fetch {
  /** What was recorded and has not been asked for yet. */
  readonly remaining: readonly RecordedRequest[]
  /** Answers that are being waited for or read: 0 once everybody has cleaned up. */
  readonly open: number
}

/** These have no body, not even an empty one. */
const BODILESS = new Set([204, 205, 304])

/** Differences that an error names. */
const MAX_NAMED = 3

/**
 * Makes a fetch that answers from a cassette. Each exchange answers once, in the order in which they were recorded where several
 * are alike. What was aborted while it was recorded stays silent where it was aborted, until it is aborted again.
 *
 * Rejects with a failure of kind `internal` that names the closest recorded request where none is meant.
 *
 * @throws TypeError for what is no cassette, or a speed that is not above 0
 */
export function replay(cassette: Cassette, options: ReplayOptions = {}): Replayer {
  const { clock = systemClock, match = (recorded, asked) => differencesOf(recorded, asked).weight === 0, speed = 1 } = options
  if (!(speed > 0)) throw new TypeError(`replay: speed must be above 0, got ${speed}.`)
  const { exchanges } = checkCassette(cassette)
  const used = new Set<RecordedExchange>()
  let open = 0

  const replayer = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = requestOf(input, init)
    const signal = init?.signal ?? request.signal
    signal.throwIfAborted()
    const asked = await describe(request)
    const exchange = exchanges.find((one) => !used.has(one) && match(one.request, asked)) ?? unmatched(asked)
    used.add(exchange)
    open++
    let over = false
    const ended = () => {
      if (!over) open--
      over = true
    }
    try {
      const response = await answer(exchange, signal)
      if (!BODILESS.has(response.status)) return playBody(exchange, response, { signal, ended })
      ended()
      return new Response(null, response)
    } catch (error) {
      ended()
      throw error
    }
  }

  const scaled = (ms: number) => ms / speed

  const answer = async ({ response, end }: RecordedExchange, signal: AbortSignal): Promise<RecordedResponse> => {
    const ms = scaled(response?.afterMs ?? end.afterMs)
    if (!response && end.how !== 'broken') return untilAborted(signal)
    if (ms > 0) await sleep(clock, ms, signal)
    if (response) return response
    throw unpackError(end.error ?? { name: 'Error', message: 'The recorded fetch failed.' })
  }

  const playBody = ({ end }: RecordedExchange, response: RecordedResponse, how: { signal: AbortSignal; ended: () => void }): Response => {
    const time = (afterMs: number) => scaled(afterMs - response.afterMs)
    const steps: Step[] = response.chunks.map((chunk) => ({ at: time(chunk.afterMs), bytes: unpackBytes(chunk) }))
    if (end.how === 'complete') steps.push({ at: time(end.afterMs), end: true })
    if (end.how === 'broken') steps.push({ at: time(end.afterMs), error: end.error && unpackError(end.error) })
    return new Response(pacedBody(steps, { clock, ...how }), response)
  }

  const unmatched = (asked: RecordedRequest): never => {
    const what = `replay: ${asked.method} ${asked.url}`
    const twins = exchanges.filter((one) => match(one.request, asked)).length
    if (twins)
      return fail({
        kind: 'internal',
        message: `${what} was recorded ${twins === 1 ? 'once' : `${twins} times`}, and has been answered as often.`,
      })
    const [closest] = exchanges
      .map(({ request }, index) => ({ index, ...differencesOf(request, asked) }))
      .sort((a, b) => a.weight - b.weight)
    if (!closest) return fail({ kind: 'internal', message: `${what} was not recorded: the cassette is empty.` })
    const named = closest.words.slice(0, MAX_NAMED).join('; ')
    const more = closest.words.length > MAX_NAMED ? `; and ${closest.words.length - MAX_NAMED} more` : ''
    const why = named ? `differs in ${named}${more}` : 'is the same, but match() says no'
    return fail({ kind: 'internal', message: `${what} was not recorded. The closest, exchange ${closest.index}, ${why}.` })
  }

  return Object.defineProperties(replayer as Replayer, {
    remaining: { get: () => exchanges.filter((exchange) => !used.has(exchange)).map(({ request }) => request), enumerable: true },
    open: { get: () => open, enumerable: true },
  })
}

/** A request as a recorder would have recorded it. */
async function describe(request: Request): Promise<RecordedRequest> {
  const redactor = createRedactor({})
  redactor.learn(request.url, request.headers)
  const bytes = await bodyOf(request)
  const body = bytes && redactor.chunks([bytes])[0]
  return {
    method: request.method,
    url: redactor.url(request.url),
    headers: Object.fromEntries([...request.headers].map(([name, value]) => [name, redactor.header(name, value)])),
    ...(body && { body: packBytes(body) }),
  }
}
