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
import { DAY, FINEST, HOUR, SESSIONS, startOf, VIEWS, type View } from './sqlite-views.ts'

interface Cell {
  view: View
  at: number
  session: number
  combo: Combo
  counts: number[]
  cost: Money
}

export interface Cells {
  add(record: ExchangeRecord, combo: Combo, session: number): void
  /** Writes them: as they are, or with `sign` -1 to take them away. Within a transaction. */
  write(sign: 1 | -1): void
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
    const sessions = new Map<string, Cell>()
    return {
      add(record, combo, session) {
        const counts = NUMBERS.map(({ of }) => of(record))
        const cost = record.cost ? parseMoney(record.cost.amount) : 0n
        const at = startOf(record.at, HOUR)
        put(finest, { view: FINEST, at, session: 0, combo, counts, cost })
        put(sessions, { view: SESSIONS, at: startOf(at, DAY), session, combo: SESSIONS.reduce(combo), counts, cost })
      },
      write(sign) {
        for (const { view, at, session, combo, counts, cost } of [...finest.values(), ...coarser(finest.values()), ...sessions.values()]) {
          const key = [view.number, at, session, names.combo(combo)] as const
          upsert.run(...key, ...counts.map((count) => sign * count), BigInt(sign) * cost)
          if (sign < 0) sweep.run(...key)
        }
      },
    }
  }
}

function coarser(finest: Iterable<Cell>): Iterable<Cell> {
  const cells = new Map<string, Cell>()
  for (const cell of finest)
    for (const view of VIEWS)
      if (view !== FINEST) put(cells, { ...cell, view, at: startOf(cell.at, view.span), combo: view.reduce(cell.combo) })
  return cells.values()
}

function put(cells: Map<string, Cell>, cell: Cell): void {
  const { view, at, session, combo } = cell
  const name = `${view.number} ${at} ${session} ${combo.join(' ')}`
  const there = cells.get(name)
  if (!there) return void cells.set(name, { ...cell, counts: [...cell.counts] })
  for (const [index, count] of cell.counts.entries()) there.counts[index]! += count
  there.cost += cell.cost
}
