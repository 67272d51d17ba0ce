/**
 * Budgets of this process alone.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import {
  fits,
  LATE_MS,
  OVER_MS,
  refuseNegative,
  SEAT_MS,
  SWEEP_MS,
  type BudgetStore,
  type Claim,
  type Counter,
  type Tally,
} from './store.ts'

interface Row extends Counter {
  spent: bigint
  held: bigint
}

interface Part {
  row: Row
  unit: string
  amount: bigint
  seat: boolean
}

interface Hold {
  parts: readonly Part[]
  until: number
  lapsed: boolean
}

/** Keeps budgets in memory: what was used up is forgotten when the process ends. */
export function memoryBudgets({ clock = systemClock }: { clock?: Clock } = {}): BudgetStore {
  const rows = new Map<string, Row>()
  const holds = new Map<string, Hold>()
  const keyOf = ({ name, from }: Counter) => `${name}\n${from}`
  const tallyOf = (row: Row | undefined): Tally => ({ spent: row?.spent ?? 0n, held: row?.held ?? 0n })
  const rowOf = (claim: Counter): Row => {
    const key = keyOf(claim)
    let row = rows.get(key)
    if (!row) rows.set(key, (row = { name: claim.name, from: claim.from, until: claim.until, spent: 0n, held: 0n }))
    return row
  }
  const talliesOf = (counters: readonly Counter[]) => counters.map((counter) => tallyOf(rows.get(keyOf(counter))))

  let sweptAt = clock.now()
  const sweep = (): number => {
    const now = clock.now()
    sweptAt = now
    let lapsed = 0
    for (const [id, hold] of holds) {
      const isSeat = hold.parts.every(({ seat }) => seat)
      if (!hold.lapsed && (hold.until <= now || (isSeat && hold.until > now + SEAT_MS))) {
        hold.lapsed = true
        lapsed++
        for (const { row, amount, seat } of hold.parts) {
          row.held -= amount
          if (!seat) row.spent += amount
        }
      }
      if (hold.lapsed && (hold.until + LATE_MS <= now || isSeat)) holds.delete(id)
    }
    for (const [key, row] of rows) if (row.until + OVER_MS <= now && !row.held) rows.delete(key)
    return lapsed
  }
  const settle = (id: string, usedOf: (part: Part) => bigint) => {
    const hold = holds.get(id)
    if (!hold) return
    holds.delete(id)
    for (const part of hold.parts) {
      const { row, amount, seat } = part
      if (!hold.lapsed) row.held -= amount
      else if (!seat) row.spent -= amount
      if (!seat) row.spent += usedOf(part)
    }
  }
  const take = (id: string, claims: readonly Claim[], until: number): boolean => {
    const found = claims.map(rowOf)
    if (claims.some((claim, index) => !fits(claim, found[index]!))) return false
    const parts = claims.map(({ unit, amount, seat = false }, index): Part => ({ row: found[index]!, unit, amount, seat }))
    for (const { row, amount } of parts) row.held += amount
    holds.set(id, { parts, until, lapsed: false })
    return true
  }

  return {
    reserve(id, claims, until) {
      refuseNegative(claims)
      if (clock.now() - sweptAt >= SWEEP_MS) sweep()
      const taken = holds.has(id) || take(id, claims, until) || (sweep() > 0 && take(id, claims, until))
      return { taken, tallies: talliesOf(claims) }
    },
    settle: (id, used) => settle(id, ({ unit, amount }) => used[unit] ?? amount),
    release: (id) => settle(id, () => 0n),
    renew(ids, until) {
      for (const id of ids) {
        const hold = holds.get(id)
        if (!hold) continue
        hold.until = until
        if (!hold.lapsed) continue
        hold.lapsed = false
        for (const { row, amount, seat } of hold.parts) {
          row.held += amount
          if (!seat) row.spent -= amount
        }
      }
    },
    tallies: talliesOf,
    reset(name) {
      for (const [id, hold] of holds) if (hold.lapsed && hold.parts.some(({ row }) => row.name === name)) holds.delete(id)
      for (const row of rows.values()) if (row.name === name) row.spent = 0n
    },
    sweep,
    close() {},
  }
}
