/**
 * The ledger of a configuration, opened by a command beside the server or without one.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { UsageStore } from '../../accounts/ledger/store.ts'
import { isStoreAt, openStore, storePath } from '../ledger/open-store.ts'
import { CommandError } from './command.ts'
import type { ConfigInUse } from './config-in-use.ts'

const optionsOf = ({ config: { ledger }, path }: ConfigInUse) => ({
  ...(ledger && { ledger }),
  ...(path !== undefined && { configPath: path }),
})

/**
 * @param isServed a server with the same configuration is running: only a database can be shared with it
 * @throws CommandError where there is none
 */
export async function openLedgerStore(used: ConfigInUse, isServed: boolean): Promise<{ store: UsageStore; path: string }> {
  const { ledger } = used.config
  if (ledger === false) throw new CommandError('The configuration has "ledger": false: nothing is kept.')
  const kind = ledger?.store
  if (kind === 'memory')
    throw new CommandError(
      'The ledger is kept in memory: only a running server has it, and only "server.adminKey" opens that to this command.',
    )
  const options = optionsOf(used)
  const places = (kind === undefined ? (['sqlite', 'jsonl'] as const) : [kind]).map((each) => ({
    kind: each,
    path: storePath(each, options),
  }))
  const place = places.find((each) => (kind === undefined ? isStoreAt(each.path, each.kind) : existsSync(each.path)))
  if (!place)
    throw new CommandError(
      `There is no ledger yet (${[...new Set(places.map(({ path }) => path))].join(', ')}): it begins with the first request to a server.`,
    )
  if (isServed && place.kind === 'jsonl')
    throw new CommandError(
      'The ledger is in files of JSON lines, which the running server alone may use. Set "server.adminKey", so that this command can ask it, or stop it: cc-route stop',
    )
  return { store: await openStore(options), path: place.path }
}

/** Where months are put aside: beside the ledger. */
export const archiveFolder = (used: ConfigInUse): string => join(dirname(storePath('sqlite', optionsOf(used))), 'archives')
