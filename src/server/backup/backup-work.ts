/**
 * What making and restoring backups work with.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { LoadOptions } from '../config/load.ts'
import type { Config } from '../config/settle.ts'
import type { RestoreMode } from './backups.ts'
import type { Webdav } from './webdav.ts'

/** The ledger, as far as backups know of it. */
export interface LedgerFiles {
  /** Writes it as it is at one moment into an empty folder. Tells whether there is anything. */
  copyTo(folder: string): Promise<boolean>
  /** Rejects where such a folder could not be given back, before anything is changed. */
  check(folder: string, mode: RestoreMode): Promise<void>
  /** Adds the records of such a folder that are not there. Tells how many. */
  addFrom(folder: string): Promise<number>
  /** Has the records of such a folder take the place of all that are there. Tells how many, and where those before are kept. */
  replaceBy(folder: string): Promise<{ added: number; before?: string }>
}

export interface BackupWork {
  /** What is being made is kept here, besides when it was. */
  folder: string
  clock: Clock
  settings: NonNullable<Config['backup']>
  /** The file to back up, and to restore to. */
  path?: string
  /** How that file is read. */
  load?: LoadOptions
  ledger?: LedgerFiles
  /** Whose backups are made here. */
  owner: string
  /** Tells these backups from all others. */
  place: string
  webdav: Webdav
  /** An empty folder that only the user may read. */
  scratch: string
}
