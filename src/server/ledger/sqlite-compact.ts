/**
 * Gives back the room of what was forgotten, in steps that leave room for others.
 *
 * @module
 */
import type { Database } from '../sqlite/open.ts'
import { COMBO, KIND, type Names } from './sqlite-combos.ts'
import { turn } from './sqlite-forget.ts'
import type { KeptSums } from './sqlite-kept-sums.ts'

/** Pages of one step, of the index of words and of the file. */
const MERGED = 250
const FREED = 2000

/** To find out which of these nothing has takes a look at all rows: not for a few. */
const MANY = 10_000
const ROW_WORDS = [
  { kind: KIND.subagent, used: 'SELECT subagent FROM requests WHERE subagent IS NOT NULL' },
  { kind: KIND.request, used: 'SELECT detail FROM requests' },
  { kind: KIND.attempt, used: 'SELECT detail FROM attempts' },
]

const COMBO_WORDS = Object.entries(COMBO).flatMap(([column, { kind }]) => (kind ? [{ column, kind: KIND[kind] }] : []))

export async function compactFile(database: Database, names: Names, sums: KeptSums): Promise<void> {
  await dropNames(database, names, sums)
  await mergeWords(database)
  const free = database.prepare('PRAGMA freelist_count')
  const pages = () => Number(free.get()?.['freelist_count'])
  for (let left = pages(); left > 0;) {
    database.exec(`PRAGMA incremental_vacuum(${FREED})`)
    await turn()
    const now = pages()
    if (now >= left) break
    left = now
  }
  // Whoever reads may do so in this thread: to wait for that would keep it, and all else, from going on. The log is emptied another time then.
  const wait = Number(database.prepare('PRAGMA busy_timeout').get()?.['timeout'])
  database.prepare('PRAGMA busy_timeout = 0').get()
  try {
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  } finally {
    database.prepare(`PRAGMA busy_timeout = ${wait}`).get()
  }
}

/** Takes away names that nothing has any more. */
async function dropNames(database: Database, names: Names, sums: KeptSums): Promise<void> {
  const steps = [
    () => {
      names.refresh()
      sums.settle()
      database.exec('DELETE FROM combos WHERE id NOT IN (SELECT combo FROM sums)')
      const kinds = [...new Set(COMBO_WORDS.map(({ kind }) => kind))].join(', ')
      const used = COMBO_WORDS.map(({ column }) => `SELECT "${column}" FROM combos`).join(' UNION ALL ')
      database.exec(`DELETE FROM words WHERE kind IN (${kinds}) AND id NOT IN (${used})`)
    },
    () => {
      database.exec(
        `DELETE FROM words WHERE kind = ${KIND.session} AND NOT EXISTS (SELECT 1 FROM requests WHERE session IS NOT NULL AND session = words.id)`,
      )
    },
    ...ROW_WORDS.map(({ kind, used }) => () => {
      const { n } = database.prepare('SELECT count(*) AS n FROM words WHERE kind = ?').get(kind) ?? {}
      if (Number(n) > MANY) database.exec(`DELETE FROM words WHERE kind = ${kind} AND id NOT IN (${used})`)
    }),
  ]
  for (const step of steps) {
    try {
      database.transaction(step)
    } finally {
      names.forget()
    }
    await turn()
  }
}

/** @see https://www.sqlite.org/fts5.html#the_merge_command */
async function mergeWords(database: Database): Promise<void> {
  const changes = database.prepare('SELECT total_changes() AS n')
  const merge = (pages: number): number => {
    const before = Number(changes.get()?.['n'])
    database.exec(`INSERT INTO texts (texts, rank) VALUES ('merge', ${pages})`)
    return Number(changes.get()?.['n']) - before
  }
  // The first takes all that is there for one job; each that did something changed two rows or more.
  for (let changed = merge(-MERGED); changed >= 2; changed = merge(MERGED)) await turn()
}
