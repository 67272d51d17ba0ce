/**
 * What a tenant may use, and what of that is left.
 *
 * @module
 */
import { termsOf, type Budget, type Scope, type Terms } from '../../accounts/budgets/budget.ts'
import type { BudgetStore, Tally } from '../../accounts/budgets/store.ts'
import { formatMoney } from '../../accounts/money.ts'
import type { TenantLimits } from '../../accounts/tenants/tenant.ts'

/** A budget, and how it stands. US dollars are exact decimals, tokens and requests numbers. */
export interface ToldBudget {
  /** Whose it is: `everybody`, `group team`, `key ann`. */
  of: string
  unit: Terms['unit']
  per: Terms['per']
  /** It warns only. */
  soft: boolean
  /** It is of some models, routes or endpoints alone. */
  partial: boolean
  limit: string | number
  spent: string | number
  /** Taken by requests under way. */
  held: string | number
  left: string | number
  from: number
  /** When it begins anew; absent: never. */
  resetsAt?: number
}

export interface Allowance {
  group?: string
  limits: TenantLimits
  groupLimits?: TenantLimits
  budgets: readonly ToldBudget[]
}

/** How budgets stand, those of a scope after those of the one before. */
export async function standingsOf(scopes: readonly Scope[], store: BudgetStore, now: number): Promise<ToldBudget[]> {
  const terms = scopes.flatMap(termsOf)
  const tallies = await store.tallies(terms.map(({ name, window }) => ({ name, ...window(now) })))
  return terms.map((each, index) => toldBudget(each, tallies[index]!, now))
}

function toldBudget({ scope, unit, per, soft, partial, limit, window }: Terms, { spent, held }: Tally, now: number): ToldBudget {
  const { from, until } = window(now)
  const amount = (value: bigint): string | number => (unit === 'usd' ? formatMoney(value) : Number(value))
  const left = limit - spent - held
  return {
    of: scope,
    unit,
    per,
    soft,
    partial,
    limit: amount(limit),
    spent: amount(spent),
    held: amount(held),
    left: amount(left > 0n ? left : 0n),
    from,
    ...(until !== Infinity && { resetsAt: until }),
  }
}

type Budgeted = TenantLimits & { budgets?: readonly Budget[] | undefined }

/** What a configuration allows. */
export interface Allowing {
  /** What everybody together may use up. */
  budgets?: readonly Budget[] | undefined
  keys: readonly (Budgeted & { name: string; group?: string | undefined })[]
  groups?: Readonly<Record<string, Budgeted>> | undefined
}

/** @param open opens where it is kept what is used up; not called where there are no budgets */
export async function allowanceOf(
  tenant: string,
  { budgets = [], keys, groups = {} }: Allowing,
  open: () => Promise<BudgetStore>,
  now: number,
): Promise<Allowance> {
  const key = keys.find(({ name }) => name === tenant)
  const group = key?.group === undefined ? undefined : groups[key.group]
  const scopes = [
    { name: 'everybody', budgets },
    { name: `group ${key?.group}`, budgets: group?.budgets ?? [] },
    { name: `key ${tenant}`, budgets: key?.budgets ?? [] },
  ].filter((scope) => scope.budgets.length)
  return {
    ...(key?.group !== undefined && { group: key.group }),
    limits: limitsIn(key ?? {}),
    ...(group && { groupLimits: limitsIn(group) }),
    budgets: scopes.length ? await standingsOf(scopes, await open(), now) : [],
  }
}

const LIMITS = [
  'models',
  'routes',
  'endpoints',
  'requestsPerMinute',
  'tokensPerMinute',
  'streams',
] as const satisfies readonly (keyof TenantLimits)[]

/** Of what is configured of a key or a group, the limits. */
const limitsIn = (configured: TenantLimits): TenantLimits =>
  Object.fromEntries(LIMITS.flatMap((name) => (configured[name] === undefined ? [] : [[name, configured[name]]])))

/** The tightest budget of a day in US dollars that is of all models: what CCGate calls the limit. */
export const dailyOf = ({ budgets }: Allowance): ToldBudget | undefined =>
  budgets
    .filter(({ unit, per, soft, partial }) => unit === 'usd' && per === 'day' && !soft && !partial)
    .toSorted((a, b) => Number(a.left) - Number(b.left))[0]
