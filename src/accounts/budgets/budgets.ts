/**
 * Budgets at work: who is held to which, and what answers tell of them.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import type { Prices } from '../prices/prices.ts'
import { termsOf, type Budget, type Scope, type Terms } from './budget.ts'
import { createLeases } from './leases.ts'
import { memoryBudgets } from './memory-store.ts'
import { createRequestMeter, type MeterParts, type Named, type RequestMeter } from './request-meter.ts'
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

export interface Budgets {
  /** The meter of a request; `undefined`: no budget holds it. */
  meterFor(request: Request, named: Named): RequestMeter | undefined
  /** Whether any budget holds a request: it need not be read where none does. */
  hold(request: Request): boolean
  /** Whether something of money or tokens is refused to it once it is used up: then they have to be counted. */
  counts(request: Request): boolean
}

/** @throws TypeError or RangeError for budgets that cannot work */
export function createBudgets(options: BudgetOptions): Budgets {
  const { clock = systemClock, scopesOf, prices } = options
  const { leaseMs = 60_000, maxMs = 3_600_000, usualOutput = 8192, onError = () => {} } = options
  const store = options.store ?? memoryBudgets({ clock })
  const everybody = termsOf({ name: 'everybody', budgets: options.budgets ?? [] })
  const read = readOnce()
  const leases = createLeases({ store, clock, leaseMs, maxMs, onError })
  const onWarning = oncePerSpan((warning) => options.onWarning?.(warning))
  const denies = prices.unpriced === 'deny'
  const parts: MeterParts = { store, leases, clock, prices, denies, usualOutput, onError, onWarning }
  const termsFor = (request: Request): readonly Terms[] => {
    const scopes = scopesOf?.(request) ?? []
    return scopes.length ? [...everybody, ...scopes.flatMap(read)] : everybody
  }
  const hold = (request: Request) => denies || termsFor(request).length > 0
  return {
    hold,
    counts: (request) => termsFor(request).some(({ unit, soft }) => unit !== 'requests' && !soft),
    meterFor: (request, named) => (hold(request) ? createRequestMeter(crypto.randomUUID(), named, termsFor(request), parts) : undefined),
  }
}

/** The same answer, whose headers tell how the budgets stand. */
export function telling(response: Response, meter: RequestMeter): Response {
  const tightest = meter.tightest()
  const warnings = meter.warnings()
  if (tightest) response.headers.set('x-cc-route-budget', headerOf(tightest))
  if (warnings.length) response.headers.set('x-cc-route-budget-warning', warnings.map(warningOf).join('; '))
  return response
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
