/**
 * What the pieces of a pool share: what it is made of, and a request on its way through it.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { RetryOptions, Throttle } from '../budget.ts'
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import type { RequestFacts } from '../request-facts.ts'
import type { Trip } from '../trip.ts'
import type { Affinity } from './affinity.ts'
import type { Balancer } from './balance.ts'
import type { Breaker } from './breaker.ts'
import type { Health } from './health.ts'
import type { HedgeOptions } from './options.ts'
import type { Seat } from './seats.ts'
import type { Tried } from './survey.ts'

/** What a pool is made of. */
export interface PoolParts {
  name: string
  seats: readonly Seat[]
  retry: RetryOptions
  commit: 'first' | 'complete'
  midStream: 'end' | 'continue'
  heartbeatMs: number
  hedge: HedgeOptions | undefined
  clock: Clock
  random: () => number
  balancer: Balancer
  breaker: Breaker | undefined
  health: Health | undefined
  cooldowns: Cooldowns
  affinity: Affinity | undefined
  valueOfTime: number | undefined
  /** Conversations stay only as long as their cache is warm, and then go back to the first member. */
  warmOnly: boolean
  throttle: Throttle | undefined
  /** Members whose last attempt failed. */
  failing: Set<Seat>
  hedged: { asked: number; twice: number }
}

export interface PoolCall {
  request: Request
  facts: RequestFacts
  trip: Trip
  signal: AbortSignal
  /** What this request has seen of members before. */
  tried?: ReadonlyMap<Seat, Tried>
}
