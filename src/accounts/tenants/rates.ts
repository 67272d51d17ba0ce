/**
 * How much may be asked at a time and in a minute: of a key and of its group at once.
 *
 * All of it is seats in a {@link BudgetStore}, which hold while they are taken: one for as long as an answer lasts, and one for the minute after the
 * request came, which lapses by itself. So any minute is looked at, not those of the clock; and what a process held that has died is free again
 * when its time is over.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { wholeCount } from '../budgets/amounts.ts'
import { createLeases } from '../budgets/leases.ts'
import type { BudgetStore, Claim, Tally } from '../budgets/store.ts'
import type { Scope } from './permit.ts'

/** What is counted of requests: how many, their tokens, and those that are being answered. */
export type Resource = 'requests' | 'tokens' | 'streams'

/** How one limit stands. */
export interface Standing {
  /** Whose it is. */
  scope: string
  resource: Resource
  limit: number
  remaining: number
  /** When all of it is free again, as far as is known; for a refusal: when some of it is. Milliseconds since 1970. */
  resetAt: number
}

/** A request that was let in. */
export interface Seat {
  /** How the limits stand, with this request. */
  standings: readonly Standing[]
  /** It has ended, and has used so many tokens; `undefined`: as many as were estimated. Never throws. */
  leave(tokens?: number): void
}

export interface Rates {
  /** Takes a seat under all limits of the scopes, or tells the one that has none left. @throws what the store throws */
  take(scopes: readonly Scope[], tokens: () => number): Promise<Seat | { refused: Standing }>
}

export interface RatesOptions {
  store: BudgetStore
  clock: Clock
  /** Told what the store throws while seats are given back. */
  onError(error: unknown): void
}

const MINUTE = 60_000
/** Without a sign of life of the process for so long, its streams are none any more. */
const LEASE_MS = 60_000
/** No answer takes longer. */
const MOST_MS = 24 * 60 * MINUTE
/** Where nobody knows when a seat gets free. */
const SOON_MS = 2_000

type Reserved = Pick<Seat, 'standings'> | { refused: Standing }

const LIMITS = { requests: 'requestsPerMinute', tokens: 'tokensPerMinute', streams: 'streams' } as const

export function createRates({ store, clock, onError }: RatesOptions): Rates {
  const leases = createLeases({ store, clock, leaseMs: LEASE_MS, maxMs: MOST_MS, onError })
  const own = createOwnSeats(store, clock, onError)
  const quietly = (run: () => unknown) => {
    try {
      void Promise.resolve(run()).catch(onError)
    } catch (error) {
      onError(error)
    }
  }

  const claimOf = (scope: Scope, resource: Resource, amount: bigint): Claim[] => {
    const limit = scope.limits[LIMITS[resource]]
    if (limit === undefined) return []
    const name = `${scope.name} ${resource === 'streams' ? resource : `${resource}/minute`}`
    return [{ name, from: 0, until: Infinity, unit: resource, amount, limit: BigInt(limit), seat: true }]
  }
  const standingOf = (scopes: readonly Scope[], { name, unit, limit }: Claim, { held }: Tally, isRefused: boolean): Standing => {
    const left = limit! - held
    const now = clock.now()
    const resource = unit as Resource
    return {
      scope: scopes.find((scope) => name.startsWith(`${scope.name} `))!.name,
      resource,
      limit: Number(limit),
      remaining: isRefused ? 0 : Math.max(0, Number(left)),
      resetAt: isRefused ? (own.freeAt(name, held - limit!) ?? now + SOON_MS) : resource === 'streams' ? now : now + MINUTE,
    }
  }
  /** Takes all claims, or tells of the first that is full. */
  const reserve = async (id: string, scopes: readonly Scope[], claims: readonly Claim[], until: number): Promise<Reserved> => {
    if (!claims.length) return { standings: [] }
    const reserving = store.reserve(id, claims, until)
    const { taken, tallies } = reserving instanceof Promise ? await reserving : reserving
    if (taken) return { standings: claims.map((claim, index) => standingOf(scopes, claim, tallies[index]!, false)) }
    const full = claims.flatMap((claim, index) =>
      tallies[index]!.held >= claim.limit! ? [standingOf(scopes, claim, tallies[index]!, true)] : [],
    )
    return { refused: full.toSorted((a, b) => b.resetAt - a.resetAt)[0]! }
  }

  return {
    async take(scopes, tokens) {
      const id = crypto.randomUUID()
      const counts = scopes.some(({ limits }) => limits.tokensPerMinute !== undefined)
      const estimate = counts ? wholeCount(tokens()) : 0n
      const minute = scopes.flatMap((scope) => [...claimOf(scope, 'requests', 1n), ...claimOf(scope, 'tokens', estimate)])
      const streams = scopes.flatMap((scope) => claimOf(scope, 'streams', 1n))
      own.giveBack()
      const stream = await reserve(`${id}/stream`, scopes, streams, leases.until())
      if ('refused' in stream) return stream
      const until = clock.now() + MINUTE
      let asked: Reserved
      try {
        asked = await reserve(`${id}/minute`, scopes, minute, until)
      } catch (error) {
        if (streams.length) quietly(() => store.release(`${id}/stream`))
        throw error
      }
      if ('refused' in asked) {
        if (streams.length) quietly(() => store.release(`${id}/stream`))
        return asked
      }
      own.note(`${id}/minute`, minute, until)
      const letGo = streams.length ? leases.keep(`${id}/stream`) : undefined
      let left = false

      /** What was estimated too low counts for a minute from now on; what was too high is given back for as long as it would have counted. */
      const correct = (used: number) => {
        const now = clock.now()
        const by = wholeCount(used) - estimate
        const lapses = by > 0n ? now + MINUTE : until
        if (by === 0n || lapses <= now) return
        const claims = minute.filter(({ unit }) => unit === 'tokens').map(({ limit: _none, ...claim }) => ({ ...claim, amount: by }))
        own.note(`${id}/rest`, claims, lapses)
        quietly(() => store.reserve(`${id}/rest`, claims, lapses))
      }
      return {
        standings: [...asked.standings, ...stream.standings],
        leave(used) {
          if (left) return
          left = true
          letGo?.(() => store.release(`${id}/stream`))
          if (counts && used !== undefined) correct(used)
        },
      }
    },
  }
}

/** The seats for a minute that were taken here: when they lapse is known, and then they are given back, so that no store keeps them. */
function createOwnSeats(store: BudgetStore, clock: Clock, onError: (error: unknown) => void) {
  const seats = new Map<string, { until: number; amounts: ReadonlyMap<string, bigint> }>()
  return {
    note: (id: string, claims: readonly Pick<Claim, 'name' | 'amount'>[], until: number) => {
      if (claims.length) seats.set(id, { until, amounts: new Map(claims.map(({ name, amount }) => [name, amount])) })
    },
    giveBack() {
      const now = clock.now()
      for (const [id, { until }] of seats) {
        // Nearly in the order in which they lapse: what comes too late for this time is given back the next time.
        if (until > now) break
        seats.delete(id)
        void (async () => store.release(id))().catch(onError)
      }
    },
    /** When more than `over` is free of a counter; `undefined` where that is held by others. */
    freeAt(counter: string, over: bigint): number | undefined {
      let held = -over
      for (const { until, amounts } of [...seats.values()].toSorted((a, b) => a.until - b.until)) {
        held += amounts.get(counter) ?? 0n
        if (held > 0n) return until
      }
      return undefined
    },
  }
}
