/**
 * Reads SQLite databases of other programs, without touching them.
 *
 * @module
 */
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Database {
  readonly tables: readonly string[]
  rows(table: string): Record<string, unknown>[]
  count(table: string): number
}

interface Connection {
  prepare(sql: string): { all(): unknown[] }
  close(): void
}

type Open = new (path: string) => Connection

/** How a database begins. */
export const MAGIC = 'SQLite format 3\0'

/**
 * Reads a database with `read`. A copy is what is opened: the program it belongs to may run, and have changes beside the file.
 *
 * @param load imports a module by its name
 * @throws Error for what is no database, and where this runtime has no reader: it says what to install
 */
export async function withDatabase<T>(path: string, read: (database: Database) => T, load: Load = (name) => import(name)): Promise<T> {
  const Connection = await readerOf(load)
  const folder = await mkdtemp(join(tmpdir(), 'cc-route-import-'))
  try {
    const copy = join(folder, 'copy.db')
    await copyFile(path, copy)
    await copyFile(`${path}-wal`, `${copy}-wal`).catch(() => undefined)
    const connection = new Connection(copy)
    try {
      return read(databaseOf(connection))
    } finally {
      connection.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Load = (name: string) => Promise<unknown>

/** Names of modules are data here: bundlers would look for what older runtimes do not have. */
const READERS: readonly { module: string; open(found: unknown): Open }[] = [
  { module: 'node:sqlite', open: (found) => (found as { DatabaseSync: Open }).DatabaseSync },
  { module: 'bun:sqlite', open: (found) => (found as { Database: Open }).Database },
  { module: 'libsql', open: (found) => (found as { default: Open }).default },
]

async function readerOf(load: Load): Promise<Open> {
  for (const { module, open } of READERS) {
    const found = await load(module).catch(() => undefined)
    if (found !== undefined) return open(found)
  }
  throw new Error(
    'it is a SQLite database, which Node reads by itself from version 22.13 on. Before that it takes a package beside cc-route: npm install libsql',
  )
}

/** Names of tables are the database's own: quoted, whatever they hold. */
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

function databaseOf(connection: Connection): Database {
  const all = (sql: string) => connection.prepare(sql).all() as Record<string, unknown>[]
  return {
    tables: all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").map(({ name }) => String(name)),
    rows: (table) => all(`SELECT * FROM ${quoted(table)}`).map((row) => ({ ...row })),
    count: (table) => Number(all(`SELECT count(*) AS n FROM ${quoted(table)}`)[0]!['n']),
  }
}
