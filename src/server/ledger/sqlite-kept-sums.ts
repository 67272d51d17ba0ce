/**
 * The sums that are kept beside the rows. A batch only leaves a note of what it adds, in its own transaction; the notes are put into the sums
 * once there are some, or someone asks: two dozen sums a request would cost more than the request's row.
 *
 * @module
 */
import type { Database } from '../sqlite/open.ts'
import { merge, packCells, unpackCells, type Cell, type Cells } from './sqlite-cells.ts'
import type { Combo, Names } from './sqlite-combos.ts'
import { MEASURES, MICRO } from './sqlite-measures.ts'
import { SESSIONS, startOf, VIEWS } from './sqlite-views.ts'

export interface KeptSums {
  /** Notes what rows add. Within the transaction that adds them. */
  note(cells: Cells): void
  /** Takes away what rows had added. Within the transaction that takes them away. */
  take(cells: Cells): void
  /** Puts all notes into the sums, within a transaction. */
  settle(): void
  /** The same, in a transaction of its own; nothing where there are no notes. To be called before the sums are read. */
  bringUpToDate(): void
}

const WHOLE = BigInt(MICRO)

/** Notes that may wait: so many, or of so many cells. Settling them takes some milliseconds. */
const MAX_NOTES = 64
const MAX_CELLS = 256

export function createKeptSums(database: Database, names: Names): KeptSums {
  const columns = MEASURES.map(({ column }) => column)
  const upsert = database.prepare(
    `INSERT INTO sums (view, at, session, combo, ${columns.join(', ')}) VALUES (${Array.from({ length: columns.length + 4 }, () => '?').join(', ')})
     ON CONFLICT (view, at, session, combo) DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  )
  const sweep = database.prepare('DELETE FROM sums WHERE view = ? AND at = ? AND session = ? AND combo = ? AND requests = 0')
  const addNote = database.prepare('INSERT INTO notes (cells) VALUES (?)')
  const anyNote = database.prepare('SELECT 1 FROM notes LIMIT 1')
  const allNotes = database.prepare('SELECT cells FROM notes')
  let notes = 0
  let noted = 0

  const write = (hours: Iterable<Cell>, conversations: Iterable<Cell>, sign: 1 | -1) => {
    const reduced = reducing(names)
    for (const [view, cells] of [...VIEWS.map((view) => [view, hours] as const), [SESSIONS, conversations] as const]) {
      const coarse = new Map<string, Cell & { number: number }>()
      for (const cell of cells) {
        const at = startOf(cell.at, view.span)
        const number = reduced(view.reduce, cell.combo)
        const key = `${at} ${number} ${cell.session}`
        const there = coarse.get(key)
        if (there) merge(there, cell)
        else coarse.set(key, { ...cell, at, number, counts: [...cell.counts] })
      }
      for (const { at, session, number, counts, cost } of coarse.values()) {
        upsert.run(
          view.number,
          at,
          session,
          number,
          ...counts.map((count) => sign * count),
          BigInt(sign) * (cost / WHOLE),
          BigInt(sign) * (cost % WHOLE),
        )
        if (sign < 0) sweep.run(view.number, at, session, number)
      }
    }
  }

  const settle = () => {
    const all = allNotes.all().map(({ cells }) => unpackCells(String(cells)))
    if (!all.length) return
    write(
      merged(all.flatMap(({ hours }) => hours)),
      all.flatMap(({ conversations }) => conversations),
      1,
    )
    database.exec('DELETE FROM notes')
    notes = noted = 0
  }

  return {
    note(cells) {
      if (!cells.hours.size) return
      addNote.run(packCells(cells))
      notes++
      noted += cells.hours.size + cells.conversations.size
      if (notes >= MAX_NOTES || noted >= MAX_CELLS) settle()
    },
    take({ hours, conversations }) {
      settle()
      write([...hours.values()], [...conversations.values()], -1)
    },
    settle,
    bringUpToDate() {
      if (!anyNote.get()) return
      try {
        database.transaction(() => {
          names.refresh()
          settle()
        })
      } catch (error) {
        names.forget()
        throw error
      }
    },
  }
}

/** Cells of several batches, those of the same hour and combination as one. */
function merged(cells: readonly Cell[]): Cell[] {
  const found = new Map<string, Cell>()
  for (const cell of cells) {
    const key = `${cell.at} ${cell.combo.join(' ')}`
    const there = found.get(key)
    if (there) merge(there, cell)
    else found.set(key, cell)
  }
  return [...found.values()]
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
