/**
 * The backups of the configuration that a command works with.
 *
 * @module
 */
import { join } from 'node:path'
import type { Backups } from '../backup/backups.ts'
import { createBackups } from '../backup/create-backups.ts'
import { ledgerFiles } from '../backup/ledger-files.ts'
import { systemClock } from '../../core/clock.ts'
import type { LoadOptions } from '../config/load.ts'
import type { Config } from '../config/settle.ts'
import { createFetchFor } from './fetch-for.ts'
import { runningServers } from './servers.ts'
import { stateFolder } from './state-folder.ts'

export interface OpenBackupsOptions {
  /** What is in use at the moment. */
  config(): Config
  path: string | undefined
  load: LoadOptions
}

export const openBackups = ({ config, path, load }: OpenBackupsOptions): Backups =>
  createBackups({
    config,
    ...(path !== undefined && { path }),
    load,
    ledger() {
      const { ledger = {} } = config()
      if (ledger === false || ledger.store === 'memory') return undefined
      const { store, ...rest } = ledger
      return ledgerFiles({
        ledger: { ...rest, ...(store && { store }) },
        ...(path !== undefined && { configPath: path }),
        clock: systemClock,
        // Where the configuration names no place, all servers have the same.
        isServed: async () => (await runningServers()).some((server) => ledger.path === undefined || server.config === path),
      })
    },
    folder: join(stateFolder(), 'backup'),
    fetchFor: createFetchFor(process.env),
  })
