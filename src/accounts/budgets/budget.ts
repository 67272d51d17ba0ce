/**
 * What may be used up, as it is configured and as it is asked.
 *
 * @module
 */
import { globOf } from '../../router/routing/glob.ts'
import { parseMoney } from '../money.ts'
import { windowsOf, type Per, type Window } from './windows.ts'

/** What may be used up: of exactly one of `usd`, `tokens` and `requests`. */
export interface Budget {
  /** US dollars. */
  usd?: number | string
  /** Of questions and answers together. */
  tokens?: number
  /** However often one is tried. */
  requests?: number
  /** When it begins anew: days, weeks (on Mondays) and months of the calendar; `total`: never. */
  per: Per
  /** The time zone in which days begin, by its IANA name. Default UTC. */
  zone?: string
  /** Only what goes to these models, by the client's name or the provider's; `*` stands for anything. Default: all. */
  models?: readonly string[]
  /** Only what these rules of routers chose. Default: all. */
  routes?: readonly string[]
  /** Only what goes to these endpoints. Default: all. */
  endpoints?: readonly string[]
  /** Warn only, and refuse nothing. */
  soft?: boolean
}

/** Whose budgets these are: each that concerns a request holds. */
export interface Scope {
  /** Names it in counters and errors: `everybody`, `key alice`. */
  name: string
  budgets: readonly Budget[]
}

export type Unit = 'usd' | 'tokens' | 'requests'

/** What an attempt goes to. */
export interface Concerned {
  endpoint: string
  /** The model that the provider is asked for, and the one that the client asked for. */
  model: string
  asked?: string
  route?: string
}

/** A budget, ready to be asked. */
export interface Terms {
  /** Whose it is. */
  scope: string
  /** Names what it counts. Budgets that count the same (a soft one below a hard one) have the same name. */
  name: string
  unit: Unit
  /** In picodollars, or as a count. */
  limit: bigint
  per: Per
  soft: boolean
  /** It is of some models, routes or endpoints alone: others may be left. */
  partial: boolean
  window(now: number): Window
  concerns(what: Concerned): boolean
}

const UNITS: readonly Unit[] = ['usd', 'tokens', 'requests']

/** @throws TypeError or RangeError for budgets that cannot work */
export const termsOf = ({ name, budgets }: Scope): Terms[] => budgets.map((budget) => readBudget(name, budget))

function readBudget(scope: string, budget: Budget): Terms {
  const given = UNITS.filter((unit) => budget[unit] !== undefined)
  const [unit] = given
  if (!unit || given.length > 1) throw new TypeError(`The budget of ${scope} needs exactly one of usd, tokens and requests.`)
  const { per, zone = 'UTC', models, routes, endpoints, soft = false } = budget
  const limit = unit === 'usd' ? parseMoney(budget.usd!) : BigInt(budget[unit]!)
  if (limit < 0n) throw new RangeError(`The budget of ${scope} is ${budget[unit]} ${unit}: less than nothing.`)
  const only = Object.entries({ models, routes, endpoints }).flatMap(([what, names]) =>
    names ? [` ${what}=${names.toSorted().join(',')}`] : [],
  )
  const isModel = anyOf(models)
  const isRoute = anyOf(routes)
  const isEndpoint = anyOf(endpoints)
  return {
    scope,
    name: `${scope} ${unit}/${per}${zone === 'UTC' || per === 'total' ? '' : `@${zone}`}${only.join('')}`,
    unit,
    limit,
    per,
    soft,
    partial: only.length > 0,
    window: windowsOf(per, zone),
    concerns: ({ endpoint, model, asked, route = '' }) =>
      (isModel(model) || (asked !== undefined && isModel(asked))) &&
      isEndpoint(endpoint) &&
      (isRoute(route) || route.split(' > ').some(isRoute)),
  }
}

/** Whether one of the patterns fits; without patterns anything does. */
function anyOf(patterns: readonly string[] | undefined): (name: string) => boolean {
  if (!patterns) return () => true
  const globs = patterns.map(globOf)
  return (name) => globs.some((glob) => glob.test(name))
}
