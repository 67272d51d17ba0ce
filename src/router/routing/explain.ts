/**
 * A plan in words: what a router would do with a request, and why.
 *
 * @module
 */
import type { RetryOptions } from '../budget.ts'
import type { Explanation } from '../explain.ts'
import { DECISIONS, type Decision, type FailureClass } from '../failures/decisions.ts'
import type { Readiness } from '../member.ts'
import { passOn } from '../trip.ts'
import type { Candidate } from './candidates.ts'
import { recordOf } from './facts.ts'
import type { Plan } from './plan.ts'
import { calledAtOnce, nextBy } from './next.ts'

/** What the members below would do with the request, too, and what each class of failure would lead to. Sends nothing. */
export async function explainPlan(name: string, plan: Plan, request: Request, retry?: RetryOptions): Promise<Explanation> {
  const below = await Promise.all(plan.candidates.map((candidate) => askBelow(candidate, plan, request)))
  const next = nextBy(plan, retry)
  const classes = Object.entries<Decision>(DECISIONS).map(([failure, decision]) => [
    failure,
    { ...decision, next: next(decision).map(titleOf) },
  ])
  return {
    ...describePlan(name, plan, (candidate) => below[plan.candidates.indexOf(candidate)]),
    onFailure: Object.fromEntries(classes) as Record<FailureClass, Decision & { next: string[] }>,
  }
}

/** Facts, rules in the order in which they were asked, and candidates in theirs, those that are skipped at the end. */
export function describePlan(name: string, plan: Plan, below: (candidate: Candidate) => Explanation | undefined): Explanation {
  const { tried, route, candidates } = plan
  const called = calledAtOnce(plan)
  const described = candidates.map((candidate) => describe(candidate, called.includes(candidate), below(candidate)))
  const isSkipped = ({ skipped }: Explanation) => skipped !== undefined
  const first = described.find((candidate) => !isSkipped(candidate))
  const to = first ?? described[0]
  return {
    kind: 'router',
    name,
    ...(to?.model !== undefined && { model: to.model }),
    ...(!first && { skipped: 'no target can take this request' }),
    facts: { ...recordOf(route) },
    rules: tried.map((step) => ({
      ...step,
      ...(step.matched && to && { to: to.model === undefined ? to.name : `${to.name}/${to.model}` }),
    })),
    candidates: [...described.filter((candidate) => !isSkipped(candidate)), ...described.filter(isSkipped)],
  }
}

const titleOf = ({ name, asks }: Candidate): string => (asks === undefined ? name : `${name}/${asks}`)

async function askBelow({ member, model }: Candidate, { facts, ask }: Plan, request: Request): Promise<Explanation | undefined> {
  const chosen = model !== undefined && { model }
  return member?.explain({ ...ask, ...chosen, request: passOn(request, facts, { routed: true, ...chosen }) })
}

function describe(candidate: Candidate, isCalled: boolean, below: Explanation | undefined): Explanation {
  const { name, member, asks, skipped } = candidate
  const model = asks ?? below?.model
  return {
    kind: member?.kind ?? 'fetch',
    ...below,
    name,
    ...(model !== undefined && { model }),
    ...(!isCalled && { skipped: 'only for requests that are too long for the others' }),
    ...(skipped !== undefined && { skipped }),
  }
}

/** When the first of the candidates could take the request. */
export async function readinessOf({ candidates, ask }: Plan): Promise<Readiness> {
  const usable = candidates.filter(({ skipped }) => skipped === undefined)
  if (!usable.length) return { at: 0 }
  const all = await Promise.all(
    usable.map(async ({ member, model }) => member?.ready({ ...ask, ...(model !== undefined && { model }) }) ?? { at: 0 }),
  )
  return all.toSorted((a, b) => a.at - b.at)[0]!
}
