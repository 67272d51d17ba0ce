/**
 * How a pool is set up.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { AffinityOptions } from './affinity.ts'
import type { Strategy } from './balance.ts'
import type { BreakerOptions, BreakerPreset } from './breaker-options.ts'
import type { RetryOptions } from '../budget.ts'
import type { Capability } from '../capability.ts'
import type { Fetch } from '../fetch.ts'
import type { Price } from '../member.ts'
import type { HealthOptions } from './health.ts'
import type { State } from '../state.ts'

/** A member of a pool, with what only this pool knows of it. What is absent is as the member itself tells, where it is a fetch of this library. */
export interface PoolMember {
  /** An endpoint, another pool or router, or any fetch: a fetch of your own is judged by its status. */
  fetch: Fetch
  /** Default: the member's own name, otherwise `member-1`, `member-2` … by position. */
  name?: string
  /** Its share with the weighted strategies. 0: only when nothing else is left. Default 1. */
  weight?: number
  /** Lower comes first, whatever the strategy. Default 0; with the strategy `priority` the position. */
  priority?: number
  provider?: string
  cacheDomain?: string
  capabilities?: Capability
  price?: Price
  /** `false`: it gets no requests until it is enabled. Default `true`. */
  enabled?: boolean
}

export interface HedgeOptions {
  /** Milliseconds without an answer after which a second member is asked as well. */
  afterMs: number
  /** The share of requests, 0 to 1, that may be asked twice. Default 0.05. */
  share?: number
}

export interface PoolOptions {
  /** Names the pool in outcomes and explanations. Default `pool`. */
  name?: string
  /** Who is asked first. Default `priority`: the members in their order. */
  strategy?: Strategy
  /** Conversations keep their member, for its prompt cache is warm. `false`: they do not. */
  affinity?:
    | (AffinityOptions & { /** US dollars that a second of waiting for a warm member is worth. Default 0.01. */ valueOfTime?: number })
    | false
  /** When a member that fails is left alone, and for how long. `false`: never. Default `default`. */
  breaker?: BreakerOptions | BreakerPreset | false
  /** What a request may use up on all its attempts. */
  retry?: RetryOptions
  /** Ask a second member when the first one is slow to begin. Both are billed. Default: never. */
  hedge?: HedgeOptions
  /**
   * When an answer is the client's. `first`: with its first meaningful event. `complete`: when all of it has come, so that every fault is survived;
   * the client's stream is kept alive meanwhile. Default `first`.
   */
  commit?: 'first' | 'complete'
  /**
   * When a stream breaks that has begun to reach the client. `end`: it ends in the client's own error. `continue`: another member goes on with it once, what it repeats
   * taken out; only while the answer is plain text: never after a tool call or reasoning has begun, or where a form of the answer was asked for. Default `end`.
   */
  midStream?: 'end' | 'continue'
  /** Ask the members how they are, so that no request has to find out. Nothing is asked before {@link Pool.watch}. Default: never. */
  health?: HealthOptions
  /** Milliseconds of silence after which the client's stream gets a sign of life. Default 10 000. */
  heartbeatMs?: number
  /** Milliseconds to wait for an answer before a streaming client gets its headers. Default 10 000. */
  patienceMs?: number
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  /** Where cooldowns, breakers and affinity are kept. Default: in memory, of this pool alone. */
  state?: State
  clock?: Clock
  /** From 0 up to 1. Default `Math.random`. */
  random?: () => number
}
