/**
 * Whom a failure leads to.
 *
 * @module
 */
import type { RetryOptions } from '../budget.ts'
import type { Decision } from '../failures/decisions.ts'
import type { Candidate } from './candidates.ts'
import type { Plan } from './plan.ts'

/** All but those that are there for long requests alone, where the request is none that is too long for another. */
export function calledAtOnce({ candidates }: Plan): Candidate[] {
  const tooLong = candidates.some((candidate) => candidate.tooLong)
  return candidates.filter(({ reserve }) => !reserve || tooLong)
}

/** What a class of failures says of other endpoints. */
type Elsewhere = Pick<Decision, 'nextEndpoint' | 'optIn'>

interface Others {
  others: readonly Candidate[]
  spare: readonly Candidate[]
  retry: RetryOptions
}

/** Who may be asked after a failure: nobody after a mistake of the caller's; after one of length, whoever may be large enough. */
export function nextAfter(
  failed: Candidate,
  { nextEndpoint, optIn, limit = failed.contextWindow }: Elsewhere & { limit?: number | undefined },
  { others, spare, retry }: Others,
): Candidate[] {
  if (nextEndpoint === true || (optIn && retry.contentPolicy)) return [...others]
  if (nextEndpoint !== 'larger-window') return []
  return [...others, ...spare.filter((candidate) => !others.includes(candidate))]
    .filter((candidate) => candidate.fetch !== failed.fetch || candidate.model !== failed.model)
    .filter((candidate) => isLarger(candidate, limit))
}

/** Who would be asked after a failure of the first candidate, and of what class. */
export function nextBy(plan: Plan, retry: RetryOptions = {}): (decision: Elsewhere) => Candidate[] {
  const usable = plan.candidates.filter(({ skipped }) => skipped === undefined)
  const called = calledAtOnce(plan)
  const [first, ...others] = usable.filter((candidate) => called.includes(candidate))
  const spare = usable.filter((candidate) => !called.includes(candidate))
  return (decision) => (first ? nextAfter(first, decision, { others, spare, retry }) : [])
}

/** Whether a request that was too long for one may fit into another. What is not known is tried. */
const isLarger = (candidate: Candidate, limit: number | undefined): boolean =>
  candidate.contextWindow === undefined || limit === undefined || candidate.contextWindow > limit
