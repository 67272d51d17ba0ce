/**
 * Copies a SQLite database that others go on writing to.
 *
 * @module
 */
import { copyFile, rm, stat } from 'node:fs/promises'
import { MIGRATIONS } from '../ledger/sqlite-schema.ts'
import { openDatabase } from '../sqlite/open.ts'

/**
 * Copies the file, and then its log, while a transaction reads: as long as one does, SQLite takes nothing out of the log, so that whatever it
 * moves into the file meanwhile is in the copy of the log, too. Copying as files keeps nobody waiting; `VACUUM INTO` would stop all answers of
 * a server for seconds, of a large ledger.
 *
 * @see https://www.sqlite.org/wal.html#concurrency
 * @param copy copies a file. Default: what the system has
 */
export async function copyDatabase(from: string, to: string, copy: (from: string, to: string) => Promise<void> = copyFile): Promise<void> {
  const database = await openDatabase(from, { migrations: MIGRATIONS })
  try {
    database.exec('BEGIN')
    try {
      database.prepare('SELECT count(*) FROM sqlite_master').get()
      await copy(from, to)
      await copy(`${from}-wal`, `${to}-wal`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
    } finally {
      database.exec('COMMIT')
    }
  } finally {
    database.close()
  }
  // Opening reads the log, and closing writes all of it into the file.
  const merged = await openDatabase(to, { migrations: MIGRATIONS })
  merged.close()
  // Some readers hold on to the empty log for a while. Where it cannot be removed it does no harm.
  const log = await stat(`${to}-wal`).catch(() => undefined)
  if (log?.size === 0) await Promise.all(['-wal', '-shm'].map((end) => rm(`${to}${end}`, { force: true }).catch(() => undefined)))
}
