/**
 * A plan in words: what a router would do with a request, and why.
 *
 * @module
 */
import type { Explanation } from '../explain.ts'
import type { Ask, Readiness } from '../member.ts'
import { passOn } from '../trip.ts'
import type { Candidate } from './candidates.ts'
import { recordOf } from './facts.ts'
import type { Plan } from './plan.ts'

/** Facts, rules in the order in which they were asked, and candidates in theirs, those that are skipped at the end. */
export async function explainPlan(name: string, plan: Plan, request: Request): Promise<Explanation> {
  const { tried, route, candidates } = plan
  const explained = await Promise.all(
    candidates.map(async (candidate) => explainCandidate(candidate, await asked(candidate, plan, request))),
  )
  const isSkipped = ({ skipped }: Explanation) => skipped !== undefined
  const first = explained.find((explanation) => !isSkipped(explanation))
  const to = first ?? explained[0]
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
    candidates: [...explained.filter((explanation) => !isSkipped(explanation)), ...explained.filter(isSkipped)],
  }
}

async function asked({ member, model }: Candidate, plan: Plan, request: Request): Promise<Explanation | undefined> {
  const below = passOn(request, plan.facts, { routed: true, ...(model !== undefined && { model }) })
  return member?.explain(askOf(plan.ask, model, below))
}

const askOf = (ask: Ask, model: string | undefined, request: Request): Ask => ({ ...ask, request, ...(model !== undefined && { model }) })

function explainCandidate(candidate: Candidate, own: Explanation | undefined): Explanation {
  const { name, asks, skipped, reserve } = candidate
  const model = asks ?? own?.model
  return {
    kind: 'fetch',
    ...own,
    name,
    ...(model !== undefined && { model }),
    ...(reserve && { skipped: 'only for requests that are too long for the others' }),
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
