/**
 * The members of a pool as it knows them, and whether they are in use.
 *
 * @module
 */
import type { Strategy } from './balance.ts'
import type { Capability } from '../capability.ts'
import type { Fetch } from '../fetch.ts'
import { memberOf, type Ask, type Member, type Price } from '../member.ts'
import type { PoolMember } from './options.ts'

export interface Seat {
  name: string
  fetch: Fetch
  /** What it tells of itself; a stranger's fetch tells nothing. */
  member: Member | undefined
  weight: number
  priority: number
  provider: string
  cacheDomain: string
  price: Price | undefined
  can(ask: Ask): Capability
  /** `draining`: it finishes what it has and gets nothing new. */
  standing: 'enabled' | 'draining' | 'disabled'
  inFlight: number
  /** Called when it has nothing left to do. */
  onIdle: (() => void)[]
}

/** @throws TypeError for no members, or two of one name */
export function seatsOf(members: readonly (Fetch | PoolMember)[], strategy: Strategy): Seat[] {
  if (!members.length) throw new TypeError('pool: no members. Give it at least one endpoint.')
  const seats = members.map((given, index): Seat => {
    const { fetch, name, weight = 1, priority, enabled = true, ...told } = typeof given === 'function' ? { fetch: given } : given
    const member = memberOf(fetch)
    const seat = name ?? member?.name ?? `member-${index + 1}`
    return {
      name: seat,
      fetch,
      member,
      weight,
      priority: priority ?? (strategy === 'priority' ? index : 0),
      provider: told.provider ?? member?.provider ?? seat,
      cacheDomain: told.cacheDomain ?? member?.cacheDomain ?? seat,
      price: told.price ?? member?.price,
      can: (ask) => ({ ...member?.can(ask), ...told.capabilities }),
      standing: enabled ? 'enabled' : 'disabled',
      inFlight: 0,
      onIdle: [],
    }
  })
  const twice = seats.find(({ name }, index) => seats.findIndex((other) => other.name === name) !== index)
  if (twice) throw new TypeError(`pool: two members are named "${twice.name}". Give one of them another name.`)
  return seats
}

/** Counts an attempt in; call what it returns when it is over. */
export function occupy(seat: Seat): () => void {
  seat.inFlight++
  let over = false
  return () => {
    if (over) return
    over = true
    if (--seat.inFlight > 0) return
    for (const tell of seat.onIdle.splice(0)) tell()
  }
}
