/**
 * Token estimates that learn: each provider and model counts in its own way, and says in each answer how much it counted.
 *
 * @module
 */
import { systemClock, type Clock } from '../core/clock.ts'
import { totalInput, type Usage } from '../core/usage.ts'
import { tokensKnown, tokensOf, type RequestFacts } from './request-facts.ts'
import { memoryState, update, type Awaitable, type State } from './state.ts'

export interface EstimatorOptions {
  /** Where it keeps what it learnt. Default: in memory. A shared one is read in the background: at first the estimate is as it was without. */
  state?: State
  clock?: Clock
}

/** Who counts: an endpoint and one of its models. */
export interface Counter {
  endpoint: string
  model?: string
}

export interface TokenEstimate {
  tokens: number
  /** The truth is hardly below this. */
  atLeast: number
  /** The truth is hardly above this. */
  atMost: number
  /** From 0 (nothing is known of who counts) up to 1. */
  confidence: number
}

export interface Estimator {
  /** Input tokens as `counter` would count them; without a counter, as all together do. */
  estimate(facts: RequestFacts, counter?: Counter): TokenEstimate
  /** The estimate for a request that goes on from an earlier one: never fewer than that one's answer counted. `conversation` names both. */
  estimateIn(conversation: string, facts: RequestFacts): number
  /** An answer has told what it counted. Takes only counts that can be meant, and nothing where the request was never estimated. */
  learn(facts: RequestFacts, usage: Usage | undefined, counter: Counter, conversation?: string): Promise<void>
}

/** How a counter counts, against the plain estimate: the mean of the ratios, their spread, and how many there were. */
interface Ratio {
  mean: number
  variance: number
  count: number
}

/** What the last answer of a conversation counted, and what was estimated for it. */
interface Counted {
  counted: number
  estimated: number
}

/** Ratios beyond these are mistakes: a provider that counts bytes, or tells only what was not cached. */
const BOUNDS = [0.25, 4] as const
/** Below this a request's fixed parts outweigh what is learnt. */
const LEAST_TOKENS = 64
/** How many answers weigh as much as the prior: a ratio of 1, give or take a quarter. */
const PRIOR = { weight: 2, variance: 0.25 ** 2 }
/** Each answer moves the mean by at least this: counters change their ways. */
const LEAST_STEP = 0.05
/** 95 of 100 of a normal distribution lie within so many deviations. */
const SURE = 1.96
const RATIO_TTL = 30 * 24 * 60 * 60_000
const CONVERSATION_TTL = 60 * 60_000
/** How long a copy of shared state is good for. */
const FRESH_MS = 60_000
const MAX_COPIES = 10_000

const EVERYBODY: Counter = { endpoint: '' }

export function createEstimator({ clock = systemClock, state = memoryState({ clock }) }: EstimatorOptions = {}): Estimator {
  const copies = createCopies(state, clock)

  const ratioOf = (counter: Counter): Ratio | undefined => copies.get(ratioName(counter)) as Ratio | undefined

  const estimate = (facts: RequestFacts, counter: Counter = EVERYBODY): TokenEstimate => {
    const base = tokensOf(facts)
    const { ratio, deviation, confidence } = shrunk(ratioOf(counter) ?? ratioOf(EVERYBODY))
    const times = (factor: number) => Math.ceil(base * factor)
    return {
      tokens: times(ratio),
      atLeast: times(Math.max(BOUNDS[0], ratio - SURE * deviation)),
      atMost: times(ratio + SURE * deviation),
      confidence,
    }
  }

  return {
    estimate,
    estimateIn(conversation, facts) {
      const { tokens } = estimate(facts)
      const last = copies.get(conversationName(conversation)) as Counted | undefined
      // A request that is shorter than the last is no continuation: the conversation was compacted, or this is a question besides it.
      if (!last || tokensOf(facts) < last.estimated) return tokens
      return Math.max(tokens, Math.ceil(last.counted + (tokens * (tokensOf(facts) - last.estimated)) / tokensOf(facts)))
    },
    async learn(facts, usage, counter, conversation) {
      const estimated = tokensKnown(facts)
      const counted = usage && !usage.estimated ? totalInput(usage) : 0
      if (estimated === undefined || !(counted > 0)) return
      const ratio = counted / estimated
      if (estimated >= LEAST_TOKENS && ratio >= BOUNDS[0] && ratio <= BOUNDS[1])
        for (const who of [counter, EVERYBODY])
          await copies.change(ratioName(who), (known) => learnt(known as Ratio | undefined, ratio), RATIO_TTL)
      if (conversation !== undefined && ratio <= BOUNDS[1])
        await copies.change(conversationName(conversation), (): Counted => ({ counted, estimated }), CONVERSATION_TTL)
    },
  }
}

const ratioName = ({ endpoint, model = '' }: Counter): string => `ratio/${endpoint}/${model}`
const conversationName = (conversation: string): string => `counted/${conversation}`

/** A running mean and variance that forget. */
function learnt(known: Ratio | undefined, ratio: number): Ratio {
  if (!known) return { mean: ratio, variance: 0, count: 1 }
  const count = known.count + 1
  const step = Math.max(1 / count, LEAST_STEP)
  const off = ratio - known.mean
  return { mean: known.mean + step * off, variance: (1 - step) * (known.variance + step * off * off), count }
}

/** Few answers count for little: the mean moves from 1 to what was seen, and the spread from the prior's to what was seen. */
function shrunk(known: Ratio | undefined): { ratio: number; deviation: number; confidence: number } {
  const confidence = known ? known.count / (known.count + PRIOR.weight) : 0
  const variance = (1 - confidence) * PRIOR.variance + confidence * (known?.variance ?? 0)
  return { ratio: 1 + confidence * ((known?.mean ?? 1) - 1), deviation: Math.sqrt(variance), confidence }
}

/**
 * Copies of what is kept, since estimates cannot wait. State that answers at once is always read; of state that does not, a copy is
 * given, and read anew in the background when it is a minute old.
 */
function createCopies(state: State, clock: Clock) {
  const copies = new Map<string, { value: unknown; at: number }>()
  const put = (name: string, value: unknown) => {
    copies.delete(name)
    copies.set(name, { value, at: clock.now() })
    if (copies.size > MAX_COPIES) copies.delete(copies.keys().next().value!)
  }
  return {
    get(name: string): unknown {
      const copy = copies.get(name)
      if (copy && clock.now() - copy.at < FRESH_MS) return copy.value
      const found: Awaitable<readonly ({ value: unknown } | undefined)[]> = state.read([name])
      if (!(found instanceof Promise)) return found[0]?.value
      put(name, copy?.value)
      found.then(
        ([fresh]) => put(name, fresh?.value),
        () => {}, // the copy will do, and the next reader tries again
      )
      return copy?.value
    },
    async change(name: string, change: (value: unknown) => unknown, ttlMs: number): Promise<void> {
      try {
        put(name, await update(state, name, change, ttlMs))
      } catch {
        // a store that is away costs what was learnt, never an answer
      }
    },
  }
}
