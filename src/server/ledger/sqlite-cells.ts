/**
 * The sums of a batch of requests, and how they get into the database: added when rows are, taken away when rows go.
 *
 * @module
 */
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { parseMoney, type Money } from '../../accounts/money.ts'
import type { Database } from '../sqlite/open.ts'
import type { Combo, Names } from './sqlite-combos.ts'
import { MEASURES, NUMBERS } from './sqlite-measures.ts'
import { DAY, HOUR, SESSIONS, startOf, VIEWS } from './sqlite-views.ts'

export interface Cells {
  /** @param combo its names, and `number` that of the combination; `session` 0 for none */
  add(record: ExchangeRecord, combo: Combo, number: number, session: number): void
  /** Writes them: as they are, or with `sign` -1 to take them away. Within a transaction. */
  write(sign: 1 | -1): void
}

/** Sums of one combination in one span of time. */
interface Cell {
  at: number
  session: number
  combo: Combo
  counts: number[]
  cost: Money
}

export function createCells(database: Database, names: Names): () => Cells {
  const columns = MEASURES.map(({ column }) => column)
  const upsert = database.prepare(
    `INSERT INTO sums (view, at, session, combo, ${columns.join(', ')}) VALUES (${Array.from({ length: columns.length + 4 }, () => '?').join(', ')})
     ON CONFLICT (view, at, session, combo) DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  )
  const sweep = database.prepare('DELETE FROM sums WHERE view = ? AND at = ? AND session = ? AND combo = ? AND requests = 0')

  return () => {
    const finest = new Map<string, Cell>()
    const conversations = new Map<string, Cell>()
    return {
      add(record, combo, number, session) {
        const hour = startOf(record.at, HOUR)
        const day = startOf(hour, DAY)
        const one = cellOf(finest, `${hour} ${number}`, hour, 0, combo)
        const other = cellOf(conversations, `${day} ${number} ${session}`, day, session, combo)
        for (let index = 0; index < NUMBERS.length; index++) {
          const count = NUMBERS[index]!.of(record)
          one.counts[index]! += count
          other.counts[index]! += count
        }
        if (!record.cost) return
        const cost = parseMoney(record.cost.amount)
        one.cost += cost
        other.cost += cost
      },
      write(sign) {
        const reduced = reducing(names)
        for (const [view, cells] of [...VIEWS.map((view) => [view, finest] as const), [SESSIONS, conversations] as const]) {
          const coarse = new Map<string, Cell & { number: number }>()
          for (const cell of cells.values()) {
            const at = startOf(cell.at, view.span)
            const number = reduced(view.reduce, cell.combo)
            const key = `${at} ${number} ${cell.session}`
            const there = coarse.get(key)
            if (there) merge(there, cell)
            else coarse.set(key, { ...cell, at, number, counts: [...cell.counts] })
          }
          for (const { at, session, number, counts, cost } of coarse.values()) {
            upsert.run(view.number, at, session, number, ...(sign > 0 ? counts : counts.map((count) => -count)), sign > 0 ? cost : -cost)
            if (sign < 0) sweep.run(view.number, at, session, number)
          }
        }
      },
    }
  }
}

function cellOf(cells: Map<string, Cell>, key: string, at: number, session: number, combo: Combo): Cell {
  let cell = cells.get(key)
  if (!cell) cells.set(key, (cell = { at, session, combo, counts: NUMBERS.map(() => 0), cost: 0n }))
  return cell
}

function merge(into: Cell, { counts, cost }: Cell): void {
  for (let index = 0; index < counts.length; index++) into.counts[index]! += counts[index]!
  into.cost += cost
}

type Reduce = (combo: Combo) => Combo

/** Numbers of reduced combinations: of a batch there are few, each asked for by many cells. */
function reducing(names: Names): (reduce: Reduce, combo: Combo) => number {
  const known = new Map<Reduce, Map<Combo, number>>()
  return (reduce, combo) => {
    let numbers = known.get(reduce)
    if (!numbers) known.set(reduce, (numbers = new Map()))
    let number = numbers.get(combo)
    if (number === undefined) numbers.set(combo, (number = names.combo(reduce(combo))))
    return number
  }
}
