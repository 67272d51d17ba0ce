/**
 * The ledger in a SQLite database.
 *
 * @module
 */
import type { UsageStore } from '../../accounts/ledger/store.ts'
import { openDatabase, type OpenOptions } from '../sqlite/open.ts'
import { createAdding } from './sqlite-add.ts'
import { packBodies } from './sqlite-bodies.ts'
import { createNames } from './sqlite-combos.ts'
import { compactFile } from './sqlite-compact.ts'
import { forgetBodies, forgetRecords } from './sqlite-forget.ts'
import { createKeptSums } from './sqlite-kept-sums.ts'
import { getRecord, listRecords } from './sqlite-list.ts'
import { MIGRATIONS } from './sqlite-schema.ts'
import { sumRecords } from './sqlite-sum.ts'

export type SqliteStoreOptions = Omit<OpenOptions, 'migrations'>

/**
 * Opens the ledger in a file, which several processes may have open. What `add` has taken is there after the end of the process, however it
 * ends. Most questions are answered within milliseconds, of a million records, too: they are answered from sums that are kept beside the
 * records, and changed with them.
 *
 * @param path of the file, made with its folder where it is missing
 * @throws Error where this runtime has no SQLite, where the file is none or cannot be opened, and where a newer version wrote it
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<UsageStore> {
  const database = await openDatabase(path, { ...options, migrations: MIGRATIONS })
  const names = createNames(database)
  const sums = createKeptSums(database, names)
  const write = createAdding(database, names, sums)
  return {
    add: (records) =>
      records.some(({ bodies }) => bodies) ? packBodies(records).then((bodies) => write(records, bodies)) : write(records, new Map()),
    list: (filter, page) => listRecords(database, sums, filter, page),
    get: (id) => getRecord(database, id),
    sum: (query) => sumRecords(database, sums, query),
    forget: (before, what = 'records') =>
      what === 'records' ? forgetRecords(database, names, sums, before) : forgetBodies(database, names, before),
    compact: () => compactFile(database, names, sums),
    close: () => database.close(),
  }
}
