/**
 * What can be done with backups.
 *
 * @module
 */
import type { ArchiveName } from './archive-name.ts'

/** `keep-local`: what this machine has stays, what it has not is added. `overwrite`: it becomes what the backup says. */
export type RestoreMode = 'keep-local' | 'overwrite'

export type BackupPart = 'config' | 'ledger'

/** A backup at the server. */
export interface RemoteBackup extends ArchiveName {
  /** In bytes, where the server tells. */
  size?: number
}

/** A version of the configuration that a change has left behind, on this machine. */
export interface LocalVersion {
  file: string
  /** Milliseconds since 1970. */
  at: number
}

export interface BackupList {
  /** The latest first; absent where no server is configured. */
  remote?: RemoteBackup[]
  /** The latest first. */
  local: LocalVersion[]
}

export interface MadeBackup extends RemoteBackup {
  size: number
  /** What is in it. */
  files: { path: string; bytes: number }[]
  /** Older ones that were removed at the server. */
  removed: string[]
}

export interface RestoreOptions {
  /** A backup or a version from the list. Default: the latest backup at the server. */
  name?: string
  /** Default `keep-local`. */
  mode?: RestoreMode
  /** Default: all that the backup holds. */
  only?: BackupPart
  /** Write the configuration even if it cannot be used as it is, because variables or files are missing here. */
  force?: boolean
}

export interface RestoredBackup {
  name: string
  /** Absent where the configuration was left alone. */
  config?: RestoredConfig
  ledger?: RestoredLedger
}

export interface RestoredConfig {
  path: string
  changed: boolean
  /** What was added, as paths: `endpoints.openai`; only of `keep-local`. */
  added: string[]
  /** The file as it was before. */
  before?: string
}

export interface RestoredLedger {
  /** Records that were not there. */
  added: number
  /** Where the ledger as it was before is kept; only of `overwrite`. */
  before?: string
}

/** When one was made last, here. Moments are milliseconds since 1970. */
export interface LastBackup {
  made?: number
  tried?: number
  /** Why the last try failed; absent where it did not. */
  failure?: string
}

/** Everything rejects with a FailureError or a ConfigError that says what to do. */
export interface Backups {
  /** Makes one, at the server. */
  make(): Promise<MadeBackup>
  list(): Promise<BackupList>
  restore(options?: RestoreOptions): Promise<RestoredBackup>
  last(): Promise<LastBackup>
  /** Writes, renames, reads and removes a small file at the server: all that a backup takes. */
  test(): Promise<{ url: string; ms: number }>
}
