/**
 * A request at one endpoint: its keys in turn, and the same key again where that may help.
 *
 * @module
 */
import { sleep, type Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { attemptOnce } from './attempt.ts'
import { backoffMs, spreadMs } from './backoff.ts'
import { createBudget, type RetryOptions, type Throttle } from '../budget.ts'
import type { Call, Upstream } from './call.ts'
import type { Verdict } from '../failures/classify.ts'
import type { KeyChoice, KeyRing, NamedKey } from './keys.ts'
import type { AttemptReason } from '../outcome.ts'

export interface KeyedEndpoint {
  upstream: Upstream
  ring: KeyRing
  model: string
  session: string | undefined
  /** Given: what a retry may wait for is waited for. */
  retry: RetryOptions | undefined
  throttle: Throttle | undefined
  /** US dollars that an attempt costs by estimate. */
  cost?: () => number
  /** The most tokens that the model can answer with, where that is known. */
  mostOutput?: number
  clock: Clock
  random: () => number
}

/** Resolves with an answer, or with the last refusal. */
export async function overKeys(endpoint: KeyedEndpoint, call: Call): Promise<Response> {
  const { upstream, ring, model, session, retry, throttle, clock, random } = endpoint
  const { trip, waiting } = call
  const budget = createBudget(retry ?? {}, clock, throttle, trip.budget)
  const wait = async (ms: number): Promise<boolean> => {
    if (!retry || trip.nested || !budget.wait(ms)) return false
    await sleep(clock, ms, waiting.signal())
    waitedMs += ms
    return true
  }
  const tried = new Map<string, number>()
  let refused: { response: Response; verdict: Verdict; key: NamedKey } | undefined
  let again: { choice: KeyChoice; at: number } | undefined
  let reason: AttemptReason = trip.reason ?? 'first'
  let waitedMs = trip.waitedMs ?? 0
  let withoutReasoning = false

  const givenUp = (key: NamedKey) => tried.has(key.name) || (refused?.verdict.nextKey === 'other-org' && key.org === refused.key.org)

  /** The next key to try, after a wait where that is all that is left; `undefined`: none. */
  const next = async (): Promise<KeyChoice | undefined> => {
    for (;;) {
      const now = clock.now()
      if (again && again.at <= now) return again.choice
      const choice = refused && !refused.verdict.nextKey ? undefined : await ring.choose({ model, session, avoid: givenUp })
      if (choice?.key) {
        if (refused) reason = 'next-key'
        return choice
      }
      const at = Math.min(again?.at ?? Infinity, choice?.at ?? Infinity)
      if (at < Infinity && (await wait(at - now))) continue
      if (refused || !choice) return undefined
      const seconds = (choice.at - now) / 1000
      return fail({
        kind: 'rate-limit',
        message: `endpoint "${upstream.name}": ${choice.why}.`,
        ...(Number.isFinite(seconds) && { retryAfter: Math.max(1, Math.ceil(seconds)) }),
      })
    }
  }

  for (;;) {
    const choice = await next()
    if (!choice) return refused!.response
    again = undefined
    if (!budget.take(endpoint.cost?.())) {
      await ring.release(choice)
      return (
        refused?.response ??
        fail({ kind: 'overloaded', message: `endpoint "${upstream.name}": this request has spent its ${budget.spent() ?? 'budget'}.` })
      )
    }
    const { key } = choice
    const attempted = await attemptOnce({
      upstream,
      clock,
      key,
      model,
      reason,
      waitedMs,
      mostOutput: endpoint.mostOutput,
      call: withoutReasoning ? { ...call, withoutReasoning } : call,
    }).catch(async (error: unknown) => {
      await ring.release(choice)
      throw error
    })
    waitedMs = 0
    const { response, verdict } = attempted
    if (!verdict) {
      throttle?.succeeded()
      await ring.succeeded(choice)
      return response
    }
    if (verdict.without && !withoutReasoning) {
      withoutReasoning = true
      again = { choice, at: clock.now() }
      reason = 'without-reasoning'
      refused = { response, verdict, key }
      continue
    }
    if (verdict.breaker) budget.failed()
    await ring.failed(choice, model, verdict)
    refused = { response, verdict, key }
    const times = (tried.get(key.name) ?? 0) + 1
    tried.set(key.name, times)
    const at = retryAt(verdict, times, clock.now(), random)
    if (at !== undefined && (!verdict.ambiguous || retry?.ambiguous)) {
      again = { choice: { key, probing: [] }, at }
      reason = 'same-key'
    }
  }
}

/** When the same key may be tried again after so many tries; `undefined`: not in this request. */
export function retryAt({ sameKey, resetAt }: Verdict, times: number, now: number, random: () => number): number | undefined {
  if (!sameKey || times > sameKey.tries) return undefined
  if (sameKey.after === 'at once') return now
  if (sameKey.after === 'backoff') return now + backoffMs(times, random)
  return resetAt === undefined ? undefined : resetAt + spreadMs(resetAt - now, random)
}
