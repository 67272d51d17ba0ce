/**
 * Budgets around any fetch.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { addMeter } from '../../router/caller.ts'
import { factsOf, MAX_BODY_BYTES, routeOf, type RequestFacts } from '../../router/facts.ts'
import { requestOf, type Fetch, type Handler } from '../../router/fetch.ts'
import { attachMember, memberOf } from '../../router/member.ts'
import { askStranger } from '../../router/pool/stranger.ts'
import { askedModel } from '../../router/routing/facts.ts'
import { passOn, tripOf } from '../../router/trip.ts'
import type { Prices } from '../prices/prices.ts'
import { termsOf, type Budget, type Scope, type Terms } from './budget.ts'
import { createLeases } from './leases.ts'
import { memoryBudgets } from './memory-store.ts'
import { createRequestMeter, type MeterParts } from './request-meter.ts'
import type { BudgetStore } from './store.ts'
import { headerOf, warningOf, type Standing } from './words.ts'

export interface BudgetOptions {
  /** What everybody together may use up. */
  budgets?: readonly Budget[]
  /** Whose budgets hold besides, for a request: those of its key, of its group. A list that stays the same is read once. */
  scopesOf?: (request: Request) => readonly Scope[]
  /** Where it is kept what is used up. Default: in memory, of this process alone. */
  store?: BudgetStore
  /** Tells what answers cost, and what is done with models that have no price. */
  prices: Prices
  /** Tokens that are held back for an answer, where neither the request nor the endpoint bounds it. Default 8192. */
  usualOutput?: number
  /** Milliseconds after which what a process took lapses that gave no sign of life: it is charged. Default 60 000. */
  leaseMs?: number
  /** The longest that one request may take, in milliseconds. Default an hour. */
  maxMs?: number
  /** Told, in words, of each soft budget that is used up; once for each span of it. Default: nobody is told. */
  onWarning?: (warning: string) => void
  /** Told where the store fails: then nothing is asked. Default: nobody is told. */
  onError?: (error: unknown) => void
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  clock?: Clock
}

/**
 * Holds each request to its budgets, whatever it fails over to: before every attempt the most that it may cost is held back in all of them at once, and
 * what it has really cost is charged when it is over. A budget is gone over by no more than one request's cost.
 *
 * Answers tell in `x-cc-route-budget` how the tightest budget stands, and in `x-cc-route-budget-warning` which soft ones are used up.
 *
 * @param fetch an endpoint, a pool, a router; any other fetch is one attempt for each request
 * @throws TypeError or RangeError for budgets that cannot work
 */
export function withBudget(fetch: Fetch, options: BudgetOptions): Handler {
  const { clock = systemClock, scopesOf, maxBodyBytes = MAX_BODY_BYTES, prices } = options
  const { leaseMs = 60_000, maxMs = 3_600_000, usualOutput = 8192, onError = () => {} } = options
  const store = options.store ?? memoryBudgets({ clock })
  const everybody = termsOf({ name: 'everybody', budgets: options.budgets ?? [] })
  const read = readOnce()
  const leases = createLeases({ store, clock, leaseMs, maxMs, onError })
  const onWarning = oncePerSpan((warning) => options.onWarning?.(warning))
  const parts: MeterParts = { store, leases, clock, prices, usualOutput, onError, onWarning }
  const member = memberOf(fetch)

  const charged = async (request: Request, facts: RequestFacts, terms: readonly Terms[]): Promise<Response> => {
    const meter = createRequestMeter(crypto.randomUUID(), askedModel(facts), terms, parts)
    const passed = passOn(request, facts, {})
    addMeter(passed, meter)
    const response = await (member ? fetch(passed) : askOutside(passed, facts))
    const { tightest, warnings } = meter
    if (tightest) response.headers.set('x-cc-route-budget', headerOf(tightest))
    if (warnings.length) response.headers.set('x-cc-route-budget-warning', warnings.map(warningOf).join('; '))
    return response
  }
  /** A fetch of somebody else's asks no meter: here is who does. */
  const askOutside = (request: Request, facts: RequestFacts): Promise<Response> => {
    const { attempts } = tripOf(request)
    return askStranger({ name: 'app', fetch, request, facts, attempts, reason: 'first', clock, signal: request.signal })
  }

  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    const scopes = scopesOf?.(request) ?? []
    const terms = scopes.length ? [...everybody, ...scopes.flatMap(read)] : everybody
    if ((!terms.length && prices.unpriced !== 'deny') || routeOf(request)?.route.action !== 'generate') return fetch(request)
    // What cannot be read is refused where it always is.
    const facts = await factsOf(request, maxBodyBytes).catch(() => undefined)
    return facts ? charged(request, facts, terms) : fetch(request)
  }
  return member ? attachMember(handler, member) : handler
}

/** Reads each list of budgets once. */
function readOnce(): (scope: Scope) => readonly Terms[] {
  const known = new WeakMap<readonly Budget[], Map<string, readonly Terms[]>>()
  return (scope) => {
    let names = known.get(scope.budgets)
    if (!names) known.set(scope.budgets, (names = new Map()))
    let terms = names.get(scope.name)
    if (!terms) names.set(scope.name, (terms = termsOf(scope)))
    return terms
  }
}

/** A budget that is used up would be told of with every request. */
function oncePerSpan(tell: (warning: string) => void): (standing: Standing) => void {
  const told = new Map<string, number>()
  return (standing) => {
    const { name, limit } = standing.terms
    const key = `${name} ${limit}`
    if (told.get(key) === standing.until) return
    told.set(key, standing.until)
    tell(warningOf(standing))
  }
}
