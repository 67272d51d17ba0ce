/**
 * Opens databases of our own: for one writer at a time and many readers, safe against the end of the process, for the user alone.
 *
 * @module
 */
import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { findReader, NO_READER, type Connection, type Load, type Statement } from './reader.ts'

export interface Database {
  /** Prepares a statement; the same text gives the same one. */
  prepare(sql: string): Statement
  /** Runs statements, parted by semicolons. */
  exec(sql: string): void
  /** Does what `work` does all or not at all, and nothing of other processes in between. `work` must not wait for anything. @throws what `work` throws */
  transaction<T>(work: () => T): T
  /** A second time does nothing. */
  close(): void
}

export interface OpenOptions {
  /** How the tables came to be, step by step: SQL for each. Steps are only ever added, as files remember how many they have seen. */
  migrations: readonly string[]
  /** How long to wait for another process that writes. Milliseconds. Default 5000. */
  busyMs?: number
  /** Imports a module by its name. */
  load?: Load
}

/**
 * Opens a database, and makes it where there is none: readable by this user only, with a write-ahead log, synced where the log is merged
 * (what was written survives the end of the process; of what a power failure takes, only the last moments).
 *
 * @param path of the file, its folder made where it is missing; `:memory:` for none
 * @throws Error where this runtime has no SQLite, where the file is none or cannot be opened, and where a newer version wrote it
 */
export async function openDatabase(path: string, { migrations, busyMs = 5000, load }: OpenOptions): Promise<Database> {
  const connect = await findReader(load)
  if (!connect) throw new Error(`Cannot open the database ${path}: ${NO_READER}`)
  if (path !== ':memory:') await makePrivate(path)
  let connection: Connection | undefined
  try {
    connection = connect(path)
    const database = databaseOf(connection)
    connection.prepare(`PRAGMA busy_timeout = ${Math.round(busyMs)}`).get()
    // Only before there are tables: room that is given back in steps rather than all at once.
    connection.exec('PRAGMA auto_vacuum = INCREMENTAL')
    connection.prepare('PRAGMA journal_mode = WAL').get()
    connection.exec('PRAGMA synchronous = NORMAL')
    database.transaction(() => migrate(database, migrations))
    return database
  } catch (error) {
    connection?.close()
    throw new Error(`Cannot open the database ${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** SQLite gives the files beside it the same mode. */
async function makePrivate(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await (await open(path, 'a', 0o600)).close()
  await chmod(path, 0o600)
}

function migrate(database: Database, migrations: readonly string[]): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > migrations.length)
    throw new Error(
      `a newer cc-route wrote it (its tables are of version ${version}, this one knows up to ${migrations.length}). ` +
        'Update cc-route, or name another file.',
    )
  if (version === migrations.length) return
  for (const step of migrations.slice(version)) database.exec(step)
  database.exec(`PRAGMA user_version = ${migrations.length}`)
}

/** Questions come in many shapes. Those that are asked often are soon there again. */
const MAX_STATEMENTS = 500

function databaseOf(connection: Connection): Database {
  const statements = new Map<string, Statement>()
  let isOpen = true
  return {
    prepare(sql) {
      let statement = statements.get(sql)
      if (!statement) {
        if (statements.size >= MAX_STATEMENTS) statements.clear()
        statements.set(sql, (statement = connection.prepare(sql)))
      }
      return statement
    },
    exec: (sql) => connection.exec(sql),
    transaction(work) {
      connection.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        connection.exec('COMMIT')
        return result
      } catch (error) {
        // Where SQLite has rolled back by itself, as on a full disk, there is nothing left to.
        try {
          connection.exec('ROLLBACK')
        } catch {}
        throw error
      }
    },
    close() {
      if (!isOpen) return
      isOpen = false
      statements.clear()
      // SQLite does this itself where the connection is the last; libsql only lets go of it when memory is cleared up.
      connection.prepare('PRAGMA busy_timeout = 0').get()
      connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
      connection.close()
    },
  }
}
