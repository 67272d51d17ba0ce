/**
 * The one retry budget of a request, over the whole tree of routers and pools that it passes: attempts, time, waiting and money.
 * A layer with limits of its own draws from its own and from those above it.
 *
 * @module
 */
import type { Clock } from '../core/clock.ts'

export interface RetryOptions {
  /** The most attempts for one request, the first included. Default 8. */
  attempts?: number
  /** The most attempts for each member of a pool, instead of `attempts`. */
  attemptsPerMember?: number
  /** Milliseconds after the request came in from which no further attempt is begun. Default 120 000. */
  deadlineMs?: number
  /** Milliseconds that one request may spend waiting between attempts, all waits together. Default 15 000. */
  waitMs?: number
  /** Whether the same key is tried again where the upstream may have answered and billed already. Default `false`. */
  ambiguous?: boolean
  /** Whether another endpoint is tried after a refusal by a content policy: providers differ in what they refuse. Default `false`. */
  contentPolicy?: boolean
  /** US dollars that all attempts together may cost by estimate; needs the members' prices. Default: no limit. */
  cost?: number
  /** Bounds the retries of all requests together, so that an outage is not made worse. `false`: no such bound. */
  throttle?: ThrottleOptions | false
}

export interface ThrottleOptions {
  /** Retries stop when half as many attempts as this have failed, one after the other; they go on once some answers have come. Default 20. */
  tokens?: number
  /** What an answer gives back of what a failure took. Default 0.5. */
  ratio?: number
  /** Milliseconds without a failure after which all is forgotten. Default an hour: who asks rarely must not make an outage worse either. */
  forgetMs?: number
}

export interface Budget {
  /** Takes one attempt of an estimated cost in US dollars. `false`: nothing is left, and nothing was taken. */
  take(cost?: number): boolean
  /** An attempt has failed that others like it would fail at, too: counts for the bounds on the retries of all requests, here and above. */
  failed(): void
  /** Takes a wait. `false`: it would be longer than what is left. */
  wait(ms: number): boolean
  /** Milliseconds that may still be waited. */
  waitLeft(): number
  /** What is used up, in words; `undefined` while something is left, and enough for an attempt that costs `next` US dollars. */
  spent(next?: number): string | undefined
}

export const DEFAULT_RETRY = { attempts: 8, deadlineMs: 120_000, waitMs: 15_000, cost: Infinity } as const

/** A request's own budget. `parent` is the budget of the layers above. */
export function createBudget(options: RetryOptions, clock: Clock, throttle?: Throttle, parent?: Budget): Budget {
  const { attempts, deadlineMs, waitMs, cost } = { ...DEFAULT_RETRY, ...options }
  const deadline = clock.now() + deadlineMs
  let taken = 0
  let paid = 0
  let waited = 0
  const waitLeft = () => Math.min(waitMs - waited, deadline - clock.now(), parent?.waitLeft() ?? Infinity)
  const spent = (next = 0): string | undefined => {
    if (taken >= attempts) return `${attempts} attempts`
    if (taken && clock.now() >= deadline) return `${deadlineMs} ms`
    if (taken && paid + next > cost) return `$${cost}`
    if (taken && throttle && !throttle.allows()) return 'the bound on retries of all requests together'
    return parent?.spent(next)
  }
  return {
    take(next = 0) {
      if (spent(next) !== undefined || (parent && !parent.take(next))) return false
      taken++
      paid += next
      return true
    },
    failed() {
      throttle?.failed()
      parent?.failed()
    },
    wait(ms) {
      if (ms > waitLeft() || (parent && !parent.wait(ms))) return false
      waited += ms
      return true
    },
    waitLeft: () => Math.max(0, waitLeft()),
    spent,
  }
}

export interface Throttle {
  allows(): boolean
  succeeded(): void
  failed(): void
}

/** What is missing at most when retries have stopped, as a share of all tokens: a few answers are enough to go on. */
const SHORT = 0.05

/**
 * A token bucket over the retries of all requests: each attempt that fails takes one, an answer gives a part of one back, and retries stop
 * while the bucket is no more than half full. https://github.com/grpc/proposal/blob/master/A6-client-retries.md#throttling-retry-attempts-and-hedged-rpcs
 *
 * Time alone gives nothing back while failures go on: then even rare requests would each try everything, for as long as an outage lasts.
 */
export function createThrottle({ tokens = 20, ratio = 0.5, forgetMs = 3_600_000 }: ThrottleOptions, clock: Clock): Throttle {
  const least = tokens * (0.5 - SHORT)
  let left = tokens
  let failedAt = clock.now()
  return {
    allows() {
      if (clock.now() - failedAt >= forgetMs) left = tokens
      return left > tokens / 2
    },
    succeeded: () => void (left = Math.min(tokens, left + ratio)),
    failed() {
      if (clock.now() - failedAt >= forgetMs) left = tokens
      failedAt = clock.now()
      left = Math.max(least, left - 1)
    },
  }
}
