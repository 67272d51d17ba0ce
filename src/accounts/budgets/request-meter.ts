/**
 * The meter of one request: takes from all budgets that concern an attempt before it is made, and settles when it is over.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { extended } from '../../core/extended.ts'
import type { Failure } from '../../core/failure.ts'
import type { Charge, Meter, Planned } from '../../router/meter.ts'
import { unpriced } from '../prices/with-prices.ts'
import type { Terms } from './budget.ts'
import type { Leases } from './leases.ts'
import type { BudgetStore, Claim, Reserved, Tally } from './store.ts'
import { refusalOf, tightest, type Standing } from './words.ts'
import { valued, type WorthOptions } from './worth.ts'

export interface MeterParts extends WorthOptions {
  store: BudgetStore
  leases: Leases
  clock: Clock
  onError(error: unknown): void
  /** Models without a price are not asked. */
  denies: boolean
  /** Told of soft budgets that are used up. */
  onWarning(standing: Standing): void
}

export interface RequestMeter extends Meter {
  /** How the budgets stood with the last attempt: the tightest hard one, and the soft ones that are used up. */
  tightest(): Standing | undefined
  warnings(): readonly Standing[]
}

/** What a request names of models. */
export interface Named {
  /** The one that the client asked for. */
  asked?: string | undefined
  /** Those that the provider may turn to by itself. */
  others?: readonly string[]
  /** Nobody knows the model, nor where the request goes: all budgets concern it. */
  unknown?: boolean
}

/** @param id names the request, never used before */
export function createRequestMeter(
  id: string,
  { asked, others = [], unknown = false }: Named,
  terms: readonly Terms[],
  parts: MeterParts,
): RequestMeter {
  const { store, leases, clock, prices, denies, onError, onWarning } = parts
  /** What counts requests counts each once. */
  const counted = new Set<string>()
  let attempts = 0
  let tight: Standing | undefined
  let warnings: readonly Standing[] = []

  const admit = async (attempt: Planned): Promise<Charge | Failure> => {
    await prices.ready().catch(() => {}) // without its data it still knows the prices of the configuration
    const now = clock.now()
    const { endpoint, model, route } = attempt
    const concerned = terms.filter((each) => (unknown || each.concerns({ endpoint, model, asked, route })) && !counted.has(each.name))
    if (!concerned.length && !denies) return FREE
    const worth = valued({ endpoint, model, at: now, others }, attempt.measure(), parts)
    if (denies && !unknown && !worth.isPriced) return unpriced(endpoint, model)
    if (!concerned.length) return FREE
    const amounts = extended(worth.atMost, { requests: 1n })
    const claims = claimsOf(concerned, now, amounts)
    const hold = `${id}.${++attempts}`
    // Before it is known, as another attempt may ask meanwhile.
    const counts = claims.flatMap(({ name, unit }) => (unit === 'requests' ? [name] : []))
    for (const name of counts) counted.add(name)
    const uncount = () => counts.forEach((name) => counted.delete(name))
    let reserved: Reserved
    try {
      reserved = await store.reserve(hold, claims, leases.until())
    } catch (error) {
      uncount()
      onError(error)
      return UNAVAILABLE
    }
    const standings = standingsOf(concerned, claims, reserved.tallies, now)
    tight = tightest(standings.filter(({ terms: { soft } }) => !soft))
    if (!reserved.taken) {
      uncount()
      return refusalOf(fullest(standings), now)
    }
    warnings = standings.filter(({ terms: { soft, limit }, tally: { spent, held } }) => soft && spent + held > limit)
    for (const warning of warnings) onWarning(warning)
    const letGo = leases.keep(hold)
    return {
      settle(used) {
        letGo(() => store.settle(hold, { ...worth.of(used) }))
      },
    }
  }
  return {
    admit,
    tightest: () => tight,
    warnings: () => warnings,
  }
}

/** No budget concerns it. */
const FREE: Charge = { settle() {} }

/** Budgets of the same name share a counter: the least of the hard ones holds. */
function claimsOf(terms: readonly Terms[], now: number, amounts: Readonly<Record<Terms['unit'], bigint>>): Claim[] {
  const claims = new Map<string, Claim>()
  for (const { name, unit, limit, soft, window } of terms) {
    const claim = claims.get(name) ?? { name, ...window(now), unit, amount: amounts[unit] }
    if (!soft && (claim.limit === undefined || limit < claim.limit)) claim.limit = limit
    claims.set(name, claim)
  }
  // While that much is held nobody else is let in; more would change nothing.
  for (const claim of claims.values()) if (claim.limit !== undefined && claim.amount > claim.limit) claim.amount = claim.limit
  return [...claims.values()]
}

function standingsOf(terms: readonly Terms[], claims: readonly Claim[], tallies: readonly Tally[], now: number): Standing[] {
  return terms.map((each) => {
    const index = claims.findIndex(({ name }) => name === each.name)
    return { terms: each, until: each.window(now).until, tally: tallies[index]! }
  })
}

/** Of those that refused, the one that is to be waited for longest. */
function fullest(standings: readonly Standing[]): Standing {
  const full = standings.filter(({ terms: { soft, limit }, tally }) => !soft && tally.spent + tally.held >= limit)
  return full.toSorted((a, b) => Number(isOver(b)) - Number(isOver(a)) || b.until - a.until)[0] ?? standings[0]!
}

const isOver = ({ terms: { limit }, tally: { spent } }: Standing): boolean => spent >= limit

const UNAVAILABLE: Failure = {
  kind: 'overloaded',
  status: 503,
  code: 'budget_unavailable',
  message:
    'cc-route: what is left of the budgets cannot be read, so that nothing is asked. The log of the gateway says why. Try again in a moment.',
  retryAfter: 5,
}
