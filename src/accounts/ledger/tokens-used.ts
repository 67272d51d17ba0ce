/**
 * What an exchange used: as the provider told it, and a guess where it told nothing.
 *
 * @module
 */
import { stringOf } from '../../core/json.ts'
import type { Notice } from '../../core/notice.ts'
import type { Usage } from '../../core/usage.ts'
import { forgetAsked, tokensOf, type RequestFacts } from '../../router/request-facts.ts'
import { lengthAsked } from '../../router/rename.ts'
import type { Attempt, Ending } from '../../router/outcome.ts'
import type { ExchangeRecord, TokenUsage } from './record.ts'
import { wholeCount } from './whole-count.ts'
import { shortened } from './who.ts'

const COUNTS = ['input', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'output', 'reasoning', 'serverToolCalls'] as const

export interface Exchanged {
  /** Absent where the request was never read: then there is nothing to guess by. */
  facts: RequestFacts | undefined
  attempts: readonly Attempt[]
  /** Whether there was an answer, or the beginning of one. */
  answered: boolean
  /** What the translation could not keep of it. */
  notices: readonly Notice[]
  ending: Ending
}

/**
 * The counts, and whether any of them is a guess. `undefined` where nothing was used: a request that reached no provider, or that every provider
 * refused, costs nothing. One that a client gave up before it was answered has used its input: the provider had begun to read it.
 */
export function tokensUsed({
  facts,
  attempts,
  answered,
  notices,
  ending,
}: Exchanged): Pick<ExchangeRecord, 'usage' | 'estimated' | 'serviceTier'> {
  const { how, usage: told, streamed = 0 } = ending
  const pending = how === 'cancelled' && attempts.some(({ failure }) => !failure)
  const generates = facts?.route.action === 'generate'
  if (!generates || !(answered || pending)) {
    if (!told) return {}
    return { usage: countsOf(told), estimated: told.estimated, serviceTier: tierIn(told.serviceTier) }
  }
  const isOver = how === 'complete' || how === 'recovered'
  const input = saysInput(told) ? undefined : guessInput(facts)
  // Counts that came before an answer broke off are those of its beginning.
  const isPartial = told?.output === undefined || !isOver
  const usage = told ? countsOf(told) : {}
  if (input !== undefined) usage.input = input
  if (isPartial) usage.output = wholeCount(Math.max(told?.output ?? 0, streamed))
  return {
    usage,
    estimated: told?.estimated || input !== undefined || isPartial,
    serviceTier: tierIn(told?.serviceTier ?? tierAsked(facts, notices)),
  }
}

const saysInput = (usage: Usage | undefined): boolean =>
  usage?.input !== undefined || usage?.cacheRead !== undefined || usage?.cacheWrite !== undefined

const tierIn = (serviceTier: string | undefined) => serviceTier && shortened(serviceTier)

/** Where each protocol has its tier. Claude's speed is a tier of its own elsewhere, and says more where both are given. */
const TIER = /^\/(service_tier|serviceTier|speed)$/

/** The tier that was asked for; `undefined` where none was, or the provider was not asked for it in that word. */
function tierAsked({ settings }: RequestFacts, notices: readonly Notice[]): string | undefined {
  if (notices.some((notice) => notice.in === 'request' && TIER.test(notice.path))) return undefined
  return settings.speed === 'fast' ? 'fast' : (stringOf(settings.service_tier) ?? stringOf(settings.serviceTier))
}

/** The counts of a usage, as they are kept, whatever a provider says. */
export function countsOf(usage: Usage): TokenUsage {
  const counts: TokenUsage = {}
  for (const name of COUNTS) if (usage[name] !== undefined) counts[name] = wholeCount(usage[name])
  return counts
}

/** What cannot be read as a request of its protocol is guessed by its length. */
function guessInput(facts: RequestFacts): number {
  try {
    return tokensOf(facts)
  } catch {
    return Math.ceil(lengthAsked(facts) / 4)
  } finally {
    // What was made for this alone is needed no more.
    forgetAsked(facts)
  }
}
