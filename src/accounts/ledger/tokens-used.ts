/**
 * What an exchange used: as the provider told it, and a guess where it told nothing.
 *
 * @module
 */
import type { Usage } from '../../core/usage.ts'
import { tokensOf, type RequestFacts } from '../../router/facts.ts'
import type { Attempt, Ending } from '../../router/outcome.ts'
import type { ExchangeRecord, TokenUsage } from './record.ts'

const COUNTS = ['input', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'output', 'reasoning', 'serverToolCalls'] as const

export interface Exchanged {
  /** Absent where the request was never read: then there is nothing to guess by. */
  facts: RequestFacts | undefined
  attempts: readonly Attempt[]
  /** Whether there was an answer, or the beginning of one. */
  answered: boolean
  ending: Ending
}

/**
 * The counts, and whether any of them is a guess. `undefined` where nothing was used: a request that reached no provider, or that every provider
 * refused, costs nothing. One that a client gave up before it was answered has used its input: the provider had begun to read it.
 */
export function tokensUsed({ facts, attempts, answered, ending }: Exchanged): Pick<ExchangeRecord, 'usage' | 'estimated' | 'serviceTier'> {
  const { how, usage: told, streamed = 0 } = ending
  const tier = told?.serviceTier === undefined ? {} : { serviceTier: told.serviceTier }
  const pending = how === 'cancelled' && attempts.some(({ failure }) => !failure)
  const generates = facts?.route.action === 'generate'
  if (!generates || !(answered || pending)) {
    if (!told) return {}
    return { usage: countsOf(told), ...(told.estimated && { estimated: true }), ...tier }
  }
  const isOver = how === 'complete' || how === 'recovered'
  const input = saysInput(told) ? undefined : guessInput(facts)
  // Counts that came before an answer broke off are those of its beginning.
  const isPartial = told?.output === undefined || !isOver
  const usage: TokenUsage = {
    ...(told && countsOf(told)),
    ...(input !== undefined && { input }),
    ...(isPartial && { output: Math.max(told?.output ?? 0, streamed) }),
  }
  return { usage, ...((told?.estimated || input !== undefined || isPartial) && { estimated: true }), ...tier }
}

const saysInput = (usage: Usage | undefined): boolean =>
  usage?.input !== undefined || usage?.cacheRead !== undefined || usage?.cacheWrite !== undefined

/** The counts of a usage, as they are kept. */
export const countsOf = (usage: Usage): TokenUsage =>
  Object.fromEntries(COUNTS.flatMap((name) => (usage[name] === undefined ? [] : [[name, usage[name]]])))

/** What cannot be read as a request of its protocol is guessed by its length. */
function guessInput(facts: RequestFacts): number {
  try {
    return tokensOf(facts)
  } catch {
    return Math.ceil(facts.bytes.length / 4)
  }
}
