/**
 * Budgets in words: for errors, headers and logs.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import { formatMoney } from '../money.ts'
import type { Terms } from './budget.ts'
import type { Tally } from './store.ts'

/** A budget and how it stands. */
export interface Standing {
  terms: Terms
  /** When it begins anew. Milliseconds since 1970; `Infinity`: never. */
  until: number
  tally: Tally
}

/** Cents are enough for people, unless there is less. */
const money = (amount: bigint): string => {
  const text = formatMoney(amount)
  return /^-?\d+\.\d{3,}$/.test(text) ? (text.startsWith('0.00') ? text.slice(0, 8) : text.replace(/(\.\d\d).*/, '$1')) : text
}

const amountOf = ({ unit }: Terms, amount: bigint): string => (unit === 'usd' ? `$${money(amount)}` : `${amount} ${unit}`)

/** `$5 per day of key alice for models=claude-opus-*` */
const called = (terms: Terms): string => {
  const { scope, per, name, unit, limit } = terms
  const only = name.slice(`${scope} ${unit}/${per}`.length).replace(/^@\S+/, '')
  return `${amountOf(terms, limit)} ${per === 'total' ? 'in total' : `per ${per}`} of ${scope}${only && ` for${only}`}`
}

const leftOf = ({ terms: { limit }, tally: { spent } }: Standing): bigint => (spent < limit ? limit - spent : 0n)

/** Of several, the one of which the least share is left. */
export const tightest = (standings: readonly Standing[]): Standing | undefined =>
  standings.toSorted((a, b) => shareLeft(a) - shareLeft(b))[0]

const shareLeft = (standing: Standing): number => (standing.terms.limit > 0n ? Number(leftOf(standing)) / Number(standing.terms.limit) : 0)

/** `left=3.21; limit=5; unit=usd; per=day; reset=2026-11-22T00:00:00.000Z; of=key alice` */
export function headerOf(standing: Standing): string {
  const { terms, until } = standing
  const { unit, per, scope, limit } = terms
  const plain = (amount: bigint) => (unit === 'usd' ? formatMoney(amount) : `${amount}`)
  const reset = until === Infinity ? '' : `; reset=${new Date(until).toISOString()}`
  return asciiOf(`left=${plain(leftOf(standing))}; limit=${plain(limit)}; unit=${unit}; per=${per}${reset}; of=${scope}`)
}

/** That a soft budget is used up, for people. */
export const warningOf = (standing: Standing): string =>
  asciiOf(
    `the soft budget of ${called(standing.terms)} is used up: ${amountOf(standing.terms, standing.tally.spent)} ${resetWords(standing.until)}`,
  )

/** Headers carry no more than this. */
const asciiOf = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

const resetWords = (until: number): string =>
  until === Infinity
    ? '(it never begins anew)'
    : `(it begins anew at ${new Date(until)
        .toISOString()
        .replace(/:\d\d\.\d+Z$/, ' UTC')
        .replace('T', ' ')})`

/** Up to so many seconds clients wait for by themselves: Claude Code does, and gives up at once where it is told to wait for minutes. */
const WAITED_SECONDS = 60
/** Where requests under way hold the rest: some will have ended by then. */
const BUSY_SECONDS = 5

/**
 * Why an attempt may not be made. Where waiting helps soon it is a 429 that says how long. Where it does not, a 403, which no client tries again by
 * itself: a 429 would have some try for hours, and a 402 means nothing to most. Claude Code alone takes a 403 for its own login's: it is told a 429
 * that is not to be tried again (`shownTo`), at which it gives up at once and shows the words.
 */
export function refusalOf(standing: Standing, now: number): Failure {
  const { terms, until, tally } = standing
  // The budget of one model is no reason not to ask another one.
  const code = terms.partial ? 'partial_budget_exceeded' : 'budget_exceeded'
  if (tally.spent < terms.limit)
    return {
      kind: 'rate-limit',
      status: 429,
      code,
      message: `cc-route: requests under way hold all that is left of the budget of ${called(terms)}: ${amountOf(terms, leftOf(standing))}. Try again in a moment.`,
      retryAfter: BUSY_SECONDS,
    }
  const seconds = Math.max(1, Math.ceil((until - now) / 1000))
  const message = `cc-route: the budget of ${called(terms)} is used up ${resetWords(until)}.`
  if (seconds <= WAITED_SECONDS) return { kind: 'rate-limit', status: 429, code, message, retryAfter: seconds }
  return {
    kind: 'permission',
    status: 403,
    code,
    message: `${message} Whoever runs this gateway can raise it.`,
    ...(until < Infinity && { retryAfter: seconds }),
    retryable: false,
  }
}
