/**
 * The budgets of a server: opened with the first request that one of them holds.
 *
 * @module
 */
import { dirname, join } from 'node:path'
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { LedgerConfig } from '../config/ledger-schema.ts'
import { loadOnce } from '../load-once.ts'
import type { Log } from '../log/log.ts'

export interface ServerBudgetsOptions {
  ledger?: LedgerConfig | undefined
  /** The configuration file, if there is one. */
  configPath?: string | undefined
  log: Log
}

const NAME = 'budgets.db'

/**
 * A file beside the ledger's, which all servers of this user share. Where there is no SQLite, what was used up is forgotten when the server ends; the
 * log says so, once.
 */
export function serverBudgets({ ledger, configPath, log }: ServerBudgetsOptions): BudgetStore {
  const opened = loadOnce(async (): Promise<BudgetStore> => {
    const { findReader, NO_READER } = await import('../sqlite/reader.ts')
    if (!(await findReader())) {
      log.warn(`Budgets and limits are kept in memory, and forgotten when this server ends. ${NO_READER}`)
      return (await import('../../accounts/budgets/memory-store.ts')).memoryBudgets()
    }
    const [{ storePath }, { openSqliteBudgets }] = await Promise.all([import('../ledger/open-store.ts'), import('./sqlite-store.ts')])
    const options = { ...(ledger && { ledger }), ...(configPath !== undefined && { configPath }) }
    return openSqliteBudgets(join(dirname(storePath('sqlite', options)), NAME))
  })
  return {
    reserve: async (...about) => (await opened()).reserve(...about),
    settle: async (...about) => (await opened()).settle(...about),
    release: async (...about) => (await opened()).release(...about),
    renew: async (...about) => (await opened()).renew(...about),
    tallies: async (...about) => (await opened()).tallies(...about),
    reset: async (...about) => (await opened()).reset(...about),
    sweep: async () => (await opened()).sweep(),
    close: async () => (await opened.begun()?.catch(() => undefined))?.close(),
  }
}
