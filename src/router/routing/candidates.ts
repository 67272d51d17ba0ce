/**
 * Which of a rule's targets can take a request, in order, and why the others cannot.
 *
 * @module
 */
import { extended } from '../../core/extended.ts'
import { fail } from '../../core/failure.ts'
import { missing, needsOf, type Capability } from '../capability.ts'
import type { Cooldowns } from '../endpoint/cooldowns.ts'
import type { Estimator } from '../estimate.ts'
import { barredFrom, memberOf, type Ask, type Member } from '../member.ts'
import { notAllowed } from '../not-allowed.ts'
import { restsOf } from './rests.ts'
import type { Leg } from './target.ts'

export interface Candidate extends Leg {
  member?: Member
  /** The model that it would ask for, as far as is known. */
  asks?: string
  contextWindow?: number
  /** Why it is not asked. */
  skipped?: string
  /** It is skipped for nothing but the request's length. */
  tooLong?: true
  /** It is skipped since whoever asks may not use it. */
  barred?: true
  /** Asked only after others could not take the request for its length. */
  reserve?: true
  /** Rests that are over: asking it is their probe. */
  probing?: readonly string[]
}

export interface CandidateContext {
  ask: Ask
  estimator: Estimator
  /** Estimated input tokens of the request, whoever counts. */
  tokens(): number
}

/**
 * Looks at each target. `reserve` are targets for long requests: they are there for what the others are too small for.
 * Where the estimate alone rules out everybody, and it may be wrong by so much, the largest is asked all the same.
 */
export function candidatesOf(legs: readonly Leg[], reserve: readonly Leg[], context: CandidateContext): Candidate[] {
  const regular = legs.map((leg) => candidateOf(leg, context))
  const spare = reserve
    .filter((leg) => !legs.some(({ fetch, model }) => fetch === leg.fetch && model === leg.model))
    .map((leg): Candidate => ({ ...candidateOf(leg, context), reserve: true }))
  const all = [...regular, ...spare]
  if (all.every(({ skipped }) => skipped !== undefined)) giveChance(all, context)
  return all
}

function candidateOf(leg: Leg, context: CandidateContext): Candidate {
  if (!leg.fetch) return { ...leg, skipped: 'is switched off' }
  const member = memberOf(leg.fetch)
  if (!member) return leg
  const ask: Ask = { ...context.ask, ...(leg.model !== undefined && { model: leg.model }) }
  const capability = member.can(ask)
  const asks = leg.model ?? member.model(ask)
  const candidate: Candidate = extended(leg, { member })
  if (asks !== undefined) candidate.asks = asks
  if (capability.contextWindow !== undefined) candidate.contextWindow = capability.contextWindow
  const skipped = lackOf(candidate, capability, context)
  return skipped === undefined ? candidate : extended(candidate, skipped)
}

/** Costs nothing where nothing is known of a target: then needs and tokens are not found out. */
function lackOf(candidate: Candidate, { contextWindow, ...capability }: Capability, context: CandidateContext) {
  const { facts } = context.ask
  const lacks = capability.lacks?.length ? missing(needsOf(facts), capability) : undefined
  if (lacks !== undefined) return { skipped: lacks }
  if (contextWindow === undefined || facts.route.action === 'count-tokens') return undefined
  const tokens = Math.max(context.tokens(), estimateFor(candidate, context).tokens)
  const long = missing([], { contextWindow }, tokens)
  return long === undefined ? undefined : { skipped: long, tooLong: true as const }
}

const estimateFor = ({ name, asks }: Candidate, { estimator, ask }: CandidateContext) =>
  estimator.estimate(ask.facts, { endpoint: name, ...(asks !== undefined && { model: asks }) })

function giveChance(all: Candidate[], context: CandidateContext): void {
  const large = all
    .filter((candidate) => candidate.tooLong && estimateFor(candidate, context).atLeast < candidate.contextWindow!)
    .toSorted((a, b) => b.contextWindow! - a.contextWindow!)[0]
  if (!large) return
  delete large.skipped
  delete large.tooLong
  delete large.reserve
}

/** Passes over those that whoever asks may not use. */
export async function passOverBarred(candidates: readonly Candidate[], ask: Ask): Promise<void> {
  for (const candidate of candidates) {
    const { fetch, name, model } = candidate
    if (!fetch) continue
    const barred = await barredFrom(fetch, name, { ...ask, ...(model !== undefined && { model }) })
    if (barred !== undefined) Object.assign(candidate, { skipped: barred, barred: true })
  }
}

/** Refuses a request that nobody can take, and says what is missing where. A request that is only too long is refused so that the client compacts it. */
export function refuseAll(candidates: readonly Candidate[], rule: string, tokens: () => number): never {
  const barred = candidates.filter((candidate) => candidate.barred)
  if (barred.length && candidates.every(({ fetch, barred: is }) => is || !fetch)) return notAllowed(barred[0]!.skipped!)
  const why = candidates.map(({ name, asks, skipped }) => `${name}${asks === undefined ? '' : ` (${asks})`} ${skipped}`).join('; ')
  const long = candidates.filter(({ tooLong }) => tooLong)
  // the others are away or cannot do it in any case: shorter is the only thing that the client can make of it
  if (long.length) {
    const limit = Math.max(...long.map(({ contextWindow }) => contextWindow!))
    return fail({
      kind: 'context-overflow',
      message: `The request is too long for every target of the route "${rule}": ${why}.`,
      tokens: { used: Math.max(tokens(), limit + 1), limit },
    })
  }
  return fail({ kind: 'unsupported', message: `No target of the route "${rule}" can take this request: ${why}.` })
}

/** Those that could take it at once come first; the others, whose keys rest or that have failed lately, keep their order. One alone is not asked: there is no choice. */
export async function readyFirst(candidates: readonly Candidate[], ask: Ask, now: number, cooldowns: Cooldowns): Promise<Candidate[]> {
  const usable = candidates.filter(({ skipped }) => skipped === undefined)
  if (usable.length < 2) return usable
  const at = await Promise.all(
    usable.map(async (candidate) => {
      const { member, model } = candidate
      if (!member) return 0
      const { until, over } = await restsOf(candidate, cooldowns, now)
      if (over.length) candidate.probing = over
      return Math.max(until, (await member.ready({ ...ask, ...(model !== undefined && { model }) })).at)
    }),
  )
  const rank = (index: number) => (usable[index]!.reserve ? 2 : 0) + (at[index]! > now ? 1 : 0)
  return usable
    .map((candidate, index) => ({ candidate, index }))
    .toSorted((a, b) => rank(a.index) - rank(b.index))
    .map(({ candidate }) => candidate)
}
