/**
 * Where it is kept how much of each limit is used up, and what is held back for requests under way.
 *
 * @module
 */
import type { Awaitable } from '../../router/state.ts'

/** One span of one limit: `key alice usd/day`, from midnight to midnight. */
export interface Counter {
  name: string
  /** Moments: it counts from here, and begins anew there (`Infinity`: never). */
  from: number
  until: number
}

/** What a request takes of a counter. */
export interface Claim extends Counter {
  /** What is counted. {@link BudgetStore.settle} tells what was used by it: `usd` (in picodollars), `tokens`, `requests` … */
  unit: string
  /** Taken until it is settled: the most that the request may use. */
  amount: bigint
  /** What may be used up. Absent: it is only counted. */
  limit?: bigint
  /** A seat: it counts while it is held, and leaves nothing behind. */
  seat?: true
}

export interface Tally {
  /** Used up for good. */
  spent: bigint
  /** Taken by what is under way. */
  held: bigint
}

export interface Reserved {
  /** Whether all claims were taken; otherwise none was. */
  taken: boolean
  /** How the counters stand, in the order of the claims: with what was taken. */
  tallies: readonly Tally[]
}

/**
 * Counters and holds. Each operation happens all at once, whoever else is at it: in this process, and with a store that several share in all
 * of them. Methods may answer at once or later.
 */
export interface BudgetStore {
  /**
   * Takes all claims, or none: a claim is refused only where nothing of its limit is left. The last one that is taken may go over it, and until it is
   * settled nothing more is: so what is used up goes over a limit by no more than one request's. A second time with the same id changes nothing.
   *
   * @param id names what is taken, never used before
   * @param until when it lapses unless it is renewed: whoever took it has died. Milliseconds since 1970.
   * @throws RangeError for an amount below nothing, which would give back what others have taken; mere seats without a limit may
   */
  reserve(id: string, claims: readonly Claim[], until: number): Awaitable<Reserved>
  /** What was used instead of what was taken, by unit; of units that are not told, what was taken. Of what has lapsed, too. A second time changes nothing. */
  settle(id: string, used: Readonly<Record<string, bigint>>): Awaitable<void>
  /** Gives back what was taken: nothing was used. */
  release(id: string): Awaitable<void>
  /** These are still under way: they lapse later. */
  renew(ids: readonly string[], until: number): Awaitable<void>
  /** How counters stand. */
  tallies(counters: readonly Counter[]): Awaitable<Tally[]>
  /** Forgets what was used up of a limit, in all its spans. What is under way is settled as before. */
  reset(name: string): Awaitable<void>
  /**
   * Charges what has lapsed with what was taken, as nobody can say what the provider billed; frees seats that have; forgets spans that are over.
   * Stores do so by themselves whenever they would refuse. Tells how many lapsed.
   */
  sweep(): Awaitable<number>
  close(): Awaitable<void>
}

/** Whether a claim finds something left. */
export const fits = ({ limit }: Claim, { spent, held }: Tally): boolean => limit === undefined || spent + held < limit

/** @throws RangeError see {@link BudgetStore.reserve} */
export function refuseNegative(claims: readonly Claim[]): void {
  const wrong = claims.find(({ amount, seat, limit }) => amount < 0n && !(seat && limit === undefined))
  if (wrong) throw new RangeError(`${wrong.amount} cannot be taken of ${wrong.name}: it is less than nothing.`)
}

/** How long what has lapsed may still be settled: its process may only have slept. Nothing is left of mere seats, which are forgotten at once. */
export const LATE_MS = 24 * 60 * 60_000

/** How long spans are kept that are over: a clock that ran ahead for a moment must not make anybody forget what was used up. */
export const OVER_MS = 40 * 24 * 60 * 60_000

/** Mere seats are taken for a minute at most, and renewed. One that ends later was taken before the clock was set back: it counts as lapsed. */
export const SEAT_MS = 90_000

/** How often stores look for what has lapsed, where nothing makes them look. */
export const SWEEP_MS = 60_000
