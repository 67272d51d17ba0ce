/**
 * Members that are asked how they are before a request has to find out.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { STATUS, failureOf, type Failure } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { factsOf } from '../facts.ts'
import { classify } from '../failures/classify.ts'
import { networkFailure } from '../failures/network-failure.ts'
import { failureOfResponse } from '../failures/refusal.ts'
import { outcomeOf } from '../outcome.ts'
import { passOn } from '../trip.ts'
import type { Breaker } from './breaker.ts'
import type { Seat } from './seats.ts'

export interface HealthOptions {
  /** Milliseconds between two checks of each member. */
  everyMs: number
  /** Milliseconds that a check may take. Default 10 000. */
  timeoutMs?: number
  /** So many checks in a row must fail before requests go elsewhere. Default 2; the first one that succeeds brings them back. */
  failures?: number
  /**
   * `models`: the provider's list of models. It costs nothing, and tells that the provider is there and not failing as a whole. `message`: a question with an answer of
   * one token, on the way of every request. It tells that the model answers, closes the member's breaker, and costs some tokens each time. Default `models`.
   */
  ask?: 'models' | 'message'
  /** The model that a message asks for. Default: the member's own. */
  model?: string
}

export interface HealthReport {
  up: boolean
  /** When it was last checked, in milliseconds since 1970. */
  at: number
  /** Why the last check failed. */
  why?: string
}

export interface Health {
  /** Checks all members now and then, until the signal aborts: then nothing is known any more. */
  watch(signal: AbortSignal): void
  /** Until when a member that is down is left alone, and why; `undefined` for one that is up, or of which nothing is known. */
  down(name: string): { until: number; why: string } | undefined
  show(name: string): HealthReport | undefined
}

/** @throws TypeError for times that cannot be */
export function createHealth(seats: readonly Seat[], options: HealthOptions, breaker: Breaker | undefined, clock: Clock): Health {
  const { everyMs, timeoutMs = 10_000, failures = 2, ask = 'models', model } = options
  for (const [name, value] of Object.entries({ everyMs, timeoutMs, failures }))
    if (!(value > 0)) throw new TypeError(`pool: health.${name} is ${value}; it must be above 0.`)
  const found = new Map<string, { at: number; failed: number; why?: string }>()

  const failureOfCheck = async (seat: Seat, signal: AbortSignal): Promise<Failure | undefined> => {
    try {
      return await (ask === 'models' ? seat.member!.check!(signal) : failureOfMessage(seat, model, clock, signal))
    } catch (error) {
      return signal.aborted ? failureOf(signal.reason) : networkFailure(error, `member "${seat.name}": no answer`)
    }
  }
  const check = async (seat: Seat, watching: AbortSignal): Promise<void> => {
    if (seat.standing === 'disabled' || (ask === 'models' && !seat.member?.check)) return
    if (ask === 'message' && breaker && !(await breaker.enter(seat.name))) return
    const begunAt = clock.now()
    const stop = new AbortController()
    const abort = () => stop.abort(watching.reason)
    watching.addEventListener('abort', abort, { once: true })
    const late = { kind: 'timeout', status: STATUS.timeout, code: 'headers', message: `no answer within ${timeoutMs} ms` } as const
    let isLate = false
    const expire = clock.after(timeoutMs, () => {
      isLate = true
      stop.abort(new DOMException(late.message, 'TimeoutError'))
    })
    const told = await failureOfCheck(seat, stop.signal)
    expire()
    watching.removeEventListener('abort', abort)
    if (watching.aborted) return void (ask === 'message' && (await breaker?.release(seat.name)))
    const failure = isLate ? late : told
    // What concerns a key, a quota or the question itself says nothing of the member.
    const result = failure && classify(failure, clock.now()).breaker
    if (ask === 'message') await breaker?.record(seat.name, result ?? 'ok', begunAt)
    const failed = result === 'full' ? (found.get(seat.name)?.failed ?? 0) + 1 : 0
    found.set(seat.name, { at: clock.now(), failed, ...(failed && { why: failure!.message }) })
  }
  return {
    watch(signal) {
      if (signal.aborted) return
      let stop = () => {}
      const round = async () => {
        await Promise.all(seats.map((seat) => check(seat, signal)))
        if (!signal.aborted) stop = clock.after(everyMs, () => void round())
      }
      signal.addEventListener(
        'abort',
        () => {
          stop()
          found.clear()
        },
        { once: true },
      )
      void round()
    },
    down(name) {
      const { at, failed, why } = found.get(name) ?? { at: 0, failed: 0 }
      return failed >= failures ? { until: at + everyMs, why: `its health check failed: ${why}` } : undefined
    },
    show(name) {
      const known = found.get(name)
      return known && { up: known.failed < failures, at: known.at, ...(known.why !== undefined && { why: known.why }) }
    },
  }
}

/** Asks for one token, as a client of Claude: every member of this library understands it. */
async function failureOfMessage(seat: Seat, model: string | undefined, clock: Clock, signal: AbortSignal): Promise<Failure | undefined> {
  const body = { max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }], ...(model !== undefined && { model }) }
  const request = new Request('http://localhost/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
  const response = await seat.fetch(seat.member ? passOn(request, await factsOf(request), { nested: true }, signal) : request)
  const text = await response.text()
  const failure = outcomeOf(response)?.failure
  if (failure || response.ok) return failure
  return failureOfResponse(protocols.claude, response, text, clock.now(), `member "${seat.name}"`)
}
