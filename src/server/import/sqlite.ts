/**
 * Reads SQLite databases of other programs, without touching them.
 *
 * @module
 */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findReader, NO_READER, type Connection, type Load, type Row } from '../sqlite/reader.ts'

export interface Database {
  readonly tables: readonly string[]
  rows(table: string): Row[]
  count(table: string): number
}

/** How a database begins. */
export const MAGIC = 'SQLite format 3\0'

/**
 * Reads a database with `read`. A copy is what is opened: the program it belongs to may run, and have changes beside the file.
 *
 * @param load imports a module by its name
 * @throws Error for what is no database, and where this runtime has no reader: it says what to install
 */
export async function withDatabase<T>(path: string, read: (database: Database) => T, load?: Load): Promise<T> {
  const connect = await findReader(load)
  if (!connect) throw new Error(`it is a SQLite database. ${NO_READER}`)
  const folder = await mkdtemp(join(tmpdir(), 'cc-route-import-'))
  try {
    const copy = join(folder, 'copy.db')
    await copyFile(path, copy)
    await copyFile(`${path}-wal`, `${copy}-wal`).catch(() => undefined)
    const connection = connect(copy)
    try {
      return read(databaseOf(connection))
    } finally {
      connection.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Names of tables are the database's own: quoted, whatever they hold. */
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

function databaseOf(connection: Connection): Database {
  const all = (sql: string) => connection.prepare(sql).all()
  return {
    tables: all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").map(({ name }) => String(name)),
    rows: (table) => all(`SELECT * FROM ${quoted(table)}`).map((row) => ({ ...row })),
    count: (table) => Number(all(`SELECT count(*) AS n FROM ${quoted(table)}`)[0]!['n']),
  }
}
