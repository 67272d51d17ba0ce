/**
 * Writes records: each batch in one transaction, rows and sums together.
 *
 * @module
 */
import { mapped } from '../../core/mapped.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Database } from '../sqlite/open.ts'
import type { PackedBodies } from './sqlite-bodies.ts'
import { createCells } from './sqlite-cells.ts'
import type { Names } from './sqlite-combos.ts'
import type { KeptSums } from './sqlite-kept-sums.ts'
import { momentOf } from './sqlite-values.ts'
import { ATTEMPT_COLUMNS, attemptRowOf, comboOf, REQUEST_COLUMNS, rowOf } from './sqlite-record.ts'

const marks = (columns: readonly string[]) => columns.map(() => '?').join(', ')

export function createAdding(database: Database, names: Names, sums: KeptSums) {
  const known = database.prepare('SELECT id FROM requests WHERE id IN (SELECT value FROM json_each(?))')
  // Thrice the same moment: Node before 24.7 takes `?1` for a name, and binds the rest of the values one too far.
  const addRequest = database.prepare(
    `INSERT INTO requests (n, ${REQUEST_COLUMNS.join(', ')}) VALUES (
      (SELECT ifnull(max(n) + 1, ? << 20) FROM requests WHERE n >= ? << 20 AND n < ? + 1 << 20),
      ${marks(REQUEST_COLUMNS)})`,
  )
  // The row of the request is the last that was added to a table which numbers its rows.
  const addAttempt = database.prepare(
    `INSERT INTO attempts (n, i, ${ATTEMPT_COLUMNS.join(', ')}) VALUES (last_insert_rowid(), ?, ${marks(ATTEMPT_COLUMNS)})`,
  )
  const addBodies = database.prepare('INSERT INTO bodies (n, request, response, cut) VALUES (last_insert_rowid(), ?, ?, ?)')
  const addTexts = database.prepare('INSERT INTO texts (rowid, words) VALUES (last_insert_rowid(), ?)')

  /** @param bodies of the records that have some, ready to be kept */
  return (records: readonly ExchangeRecord[], bodies: ReadonlyMap<ExchangeRecord, PackedBodies>): void => {
    try {
      database.transaction(() => {
        names.refresh()
        const seen = new Set(known.all(JSON.stringify(records.map(({ id }) => id))).map(({ id }) => String(id)))
        const cells = createCells()
        for (const record of records) {
          if (seen.has(record.id)) continue
          seen.add(record.id)
          const combo = comboOf(record, names)
          const session = names.word('session', record.session)
          const number = names.combo(combo)
          const row = rowOf(record, number, session, names)
          const attempts = mapped(record.attempts, (attempt, i) => [i, ...attemptRowOf(attempt, record.at, names)])
          const moment = momentOf(record.at)
          addRequest.run(moment, moment, moment, ...row)
          for (const attempt of attempts) addAttempt.run(...attempt)
          const packed = bodies.get(record)
          if (packed) {
            addBodies.run(packed.request, packed.response, packed.cut)
            addTexts.run(packed.words)
          }
          cells.add(record, combo, number, session)
        }
        sums.note(cells)
      })
    } catch (error) {
      names.forget()
      throw error
    }
  }
}
