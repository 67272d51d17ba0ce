/**
 * Forgets what is old, in steps that leave room for others.
 *
 * @module
 */
import type { Database } from '../sqlite/open.ts'
import { createCells } from './sqlite-cells.ts'
import { COMBO_COLUMNS, type Names } from './sqlite-combos.ts'
import type { KeptSums } from './sqlite-kept-sums.ts'
import { bound, firstAt } from './sqlite-values.ts'
import { RECORD_SQL, recordOf } from './sqlite-record.ts'

/** Rows of one transaction: some milliseconds. */
const STEP = 250

/** Lets what waits have its turn. */
export const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Forgets records of before a moment, and tells how many. */
export async function forgetRecords(database: Database, names: Names, sums: KeptSums, before: number): Promise<number> {
  const oldest = database.prepare(
    `SELECT ${RECORD_SQL}, r.attempts AS tries, r.combo, ifnull(r.session, 0) AS s, ${COMBO_COLUMNS.map((column) => `c."${column}" AS "c_${column}"`).join(', ')}
     FROM requests r JOIN combos c ON c.id = r.combo WHERE r.n < ? ORDER BY r.n LIMIT ${STEP}`,
  )
  const step = (): number =>
    database.transaction(() => {
      names.refresh()
      const rows = oldest.all(firstAt(bound(before)))
      const last = rows.at(-1)?.['n']
      if (last === undefined) return 0
      const cells = createCells()
      for (const row of rows) {
        const combo = COMBO_COLUMNS.map((column) => Number(row[`c_${column}`]))
        const record = recordOf(row, [])
        cells.add({ ...record, attempts: { length: Number(row['tries']) } as never }, combo, Number(row['combo']), Number(row['s']))
      }
      sums.take(cells)
      const until = BigInt(String(last))
      for (const statement of [
        'texts WHERE rowid IN (SELECT n FROM bodies WHERE n <= ?)',
        'bodies WHERE n <= ?',
        'attempts WHERE n <= ?',
        'requests WHERE n <= ?',
      ])
        database.prepare(`DELETE FROM ${statement}`).run(until)
      return rows.length
    })
  return stepByStep(step, names)
}

/** Forgets what was captured before a moment, and tells of how many requests. */
export async function forgetBodies(database: Database, names: Names, before: number): Promise<number> {
  const oldest = database.prepare(`SELECT CAST(max(n) AS TEXT) AS n FROM (SELECT n FROM bodies WHERE n < ? ORDER BY n LIMIT ${STEP})`)
  const step = (): number =>
    database.transaction(() => {
      const last = oldest.get(firstAt(bound(before)))?.['n']
      if (typeof last !== 'string') return 0
      const until = BigInt(last)
      database.prepare('DELETE FROM texts WHERE rowid IN (SELECT n FROM bodies WHERE n <= ?)').run(until)
      return database.prepare('DELETE FROM bodies WHERE n <= ?').run(until).changes
    })
  return stepByStep(step, names)
}

async function stepByStep(step: () => number, names: Names): Promise<number> {
  let forgotten = 0
  try {
    for (let some = step(); some > 0; some = step()) {
      forgotten += some
      await turn()
    }
  } catch (error) {
    names.forget()
    throw error
  }
  return forgotten
}
