/**
 * The ledger's store of a configuration.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { UsageStore } from '../../accounts/ledger/store.ts'
import { stateFolder } from '../cli/state-folder.ts'
import type { LedgerConfig } from '../config/ledger-schema.ts'

type StoreName = NonNullable<LedgerConfig['store']>

export interface OpenStoreOptions {
  ledger?: LedgerConfig
  /** The configuration file: paths are meant from its folder. Default: from where the process runs. */
  configPath?: string
  /** Told what the reader of the log should know. */
  hint?(message: string): void
}

const NAMES: Readonly<Record<Exclude<StoreName, 'memory'>, string>> = { sqlite: 'usage.db', jsonl: 'usage' }

/** Where a store is: a file for SQLite, a folder for JSON lines. */
export function storePath(
  store: keyof typeof NAMES,
  { ledger = {}, configPath = resolve('config') }: Omit<OpenStoreOptions, 'hint'>,
): string {
  return ledger.path === undefined ? resolve(stateFolder(), NAMES[store]) : resolve(dirname(configPath), ledger.path)
}

/** Whether there is such a store at a path, which may be that of a file or of a folder. */
export const isStoreAt = (path: string, store: keyof typeof NAMES): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === (store === 'jsonl')

const OPEN: Readonly<Record<StoreName, (options: OpenStoreOptions) => Promise<UsageStore>>> = {
  sqlite: async (options) => (await import('./sqlite-store.ts')).openSqliteStore(storePath('sqlite', options)),
  jsonl: async (options) => (await import('./file-store.ts')).openFileStore(storePath('jsonl', options)),
  memory: async () => (await import('../../accounts/ledger/memory-store.ts')).memoryUsage(),
}

/**
 * Opens it: as the configuration says, else SQLite where there is a reader for it, else files of JSON lines.
 *
 * @throws Error where it cannot be opened, or where SQLite is asked for by name and this runtime has none
 */
export async function openStore(options: OpenStoreOptions): Promise<UsageStore> {
  const asked = options.ledger?.store
  if (asked) return OPEN[asked](options)
  const { findReader, NO_READER } = await import('../sqlite/reader.ts')
  if (await findReader()) return OPEN.sqlite(options)
  options.hint?.(
    `The ledger is kept in files of JSON lines, which are slower to ask: ${NO_READER} To have it so without this line, set "ledger": { "store": "jsonl" }.`,
  )
  return OPEN.jsonl(options)
}
