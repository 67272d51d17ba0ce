/**
 * What is asked before each attempt at an upstream, and told what it used: how money and tokens are kept within bounds, whatever fails over.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'
import type { Usage } from '../core/usage.ts'
import type { AttemptReason } from './outcome.ts'
import type { Awaitable } from './state.ts'

/** Rides on a request, as its caller does (`caller.ts`), and so reaches every endpoint that the request comes to. */
export interface Meter {
  /** Gives what the attempt is charged to, or why it may not be made. A failure of the code `budget_exceeded` ends all tries. */
  admit(attempt: Planned): Awaitable<Charge | Failure>
}

/** An attempt that is about to be made. */
export interface Planned {
  endpoint: string
  /** The model that the provider is asked for. */
  model: string
  /** The rules of the routers that chose, from the first to the last: `default > models gpt-*`. */
  route?: string
  reason: AttemptReason
  /** How long the question is and the answer may be. Reads the request where nobody has yet. */
  measure(): Measure
}

/** In tokens, by estimate. */
export interface Measure {
  input: number
  /** The most that all answers to it may have together; `undefined`: the request sets no bound. */
  output?: number
  /** Parts of the question are to be cached for an hour, which costs more. */
  cachesLong: boolean
  /** What it asks to be served as, where that has its own price: `priority`, `flex` … */
  serviceTier?: string
}

/** An attempt that was admitted. */
export interface Charge {
  /** Called once, when all that will be known is known. Never throws. */
  settle(used: Used): void
}

/** What became of an attempt. */
export interface Used {
  /** What the provider may bill: nothing of a request that it refused, the question of one whose fate is not known, the answer as far as it came. */
  billed: 'nothing' | 'question' | 'answer'
  /** As the provider told. */
  usage?: Usage
  /** Tokens of the answer that came, by estimate, where the provider told of none. */
  streamed?: number
  /** The model that answered, as the provider named it: not always the one that was asked for. */
  answeredBy?: string
  /** The endpoint that answered, where that was not known before. */
  endpoint?: string
}

/** Two meters as one: both have to admit. */
export const bothMeters = (outer: Meter, inner: Meter): Meter => ({
  async admit(attempt) {
    const first = await outer.admit(attempt)
    if ('kind' in first) return first
    const second = await inner.admit(attempt)
    if ('kind' in second) {
      first.settle({ billed: 'nothing' })
      return second
    }
    return {
      settle(used) {
        first.settle(used)
        second.settle(used)
      },
    }
  },
})
