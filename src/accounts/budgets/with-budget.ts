/**
 * Budgets around any fetch.
 *
 * @module
 */
import { systemClock } from '../../core/clock.ts'
import { addMeter } from '../../router/caller.ts'
import { factsOf, MAX_BODY_BYTES, routeOf } from '../../router/facts.ts'
import { askedModel, type RequestFacts } from '../../router/request-facts.ts'
import { requestOf, type Fetch, type Handler } from '../../router/fetch.ts'
import { attachMember, memberOf } from '../../router/member.ts'
import { askStranger } from '../../router/pool/stranger.ts'
import { passOn, tripOf } from '../../router/trip.ts'
import { ambiguity, refusal } from '../tenants/hold.ts'
import { otherModels } from '../tenants/named-models.ts'
import { refusalShownTo } from '../tenants/refusals.ts'
import { createBudgets, telling, type BudgetOptions, type Budgets } from './budgets.ts'

/**
 * Holds each request to its budgets, whatever it fails over to: before every attempt the most that it may cost is held back in all of them at once, and
 * what it has really cost is charged when it is over. A budget is gone over by no more than one request's cost.
 *
 * Answers tell in `x-cc-route-budget` how the tightest budget stands, and in `x-cc-route-budget-warning` which soft ones are used up.
 *
 * @param fetch an endpoint, a pool, a router; any other fetch is one attempt for each request
 * @throws TypeError or RangeError for budgets that cannot work
 */
export const withBudget = (fetch: Fetch, options: BudgetOptions): Handler => heldTo(createBudgets(options), fetch, options)

/** The same for budgets that are at work already. */
export function heldTo(budgets: Budgets, fetch: Fetch, options: Pick<BudgetOptions, 'clock' | 'maxBodyBytes'>): Handler {
  const { clock = systemClock, maxBodyBytes = MAX_BODY_BYTES } = options
  const member = memberOf(fetch)
  /** A fetch of somebody else's asks no meter: here is who does. */
  const askOutside = (request: Request, facts: RequestFacts): Promise<Response> => {
    const { attempts } = tripOf(request)
    return askStranger({ name: 'app', fetch, request, facts, attempts, reason: 'first', clock, signal: request.signal })
  }
  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    if (!budgets.hold(request) || routeOf(request)?.route.action !== 'generate') return fetch(request)
    // What cannot be read is refused where it always is.
    const facts = await factsOf(request, maxBodyBytes).catch(() => undefined)
    const meter = facts && budgets.meterFor(request, { asked: askedModel(facts), others: otherModels(facts.body) })
    if (!meter) return fetch(request)
    const unclear = ambiguity(facts.text, 'budgets count by the model')
    if (unclear) return refusal(request, unclear)
    const passed = passOn(request, facts, {})
    addMeter(passed, meter)
    return refusalShownTo(request, telling(await (member ? fetch(passed) : askOutside(passed, facts)), meter))
  }
  return member ? attachMember(handler, member) : handler
}
