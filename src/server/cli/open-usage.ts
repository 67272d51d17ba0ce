/**
 * Who answers questions about usage: the server that runs with the configuration, else its ledger itself, in the same words.
 *
 * @module
 */
import { systemClock } from '../../core/clock.ts'
import { isFailureError } from '../../core/failure.ts'
import { objectOf, stringOf, tryParse } from '../../core/json.ts'
import { listArchives } from '../ledger/archives.ts'
import { serverFor } from './choose-server.ts'
import { CommandError, type Call } from './command.ts'
import { readConfigInUse, type ConfigInUse } from './config-in-use.ts'
import { zoneAt } from './local-time.ts'
import { archiveFolder, openLedgerStore } from './open-ledger-store.ts'
import type { ServerRecord } from './servers.ts'

export interface UsageView {
  /** Where days begin: minutes east of UTC, as this machine has it. */
  zone: number
  /** Whether it can tell of requests as they end. */
  isLive: boolean
  /** Asks what stands behind `/admin/usage`. @throws CommandError with what the answer says is wrong */
  ask<T>(path: string, query?: URLSearchParams): Promise<T>
  /** The same, for answers that are long, or never end. */
  open(path: string, query?: URLSearchParams): Promise<Response>
  close(): Promise<void>
}

interface Source {
  isLive: boolean
  answer(path: string): Promise<Response>
  close(): Promise<void>
}

/** @throws CommandError where nobody can answer */
export async function openUsage(call: Call, given?: ConfigInUse): Promise<UsageView> {
  const used = given ?? (await readConfigInUse(call))
  const server = await serverFor(call)
  const asked = (server && (await fromServer(server, used))) ?? (await fromStore(used, server !== undefined))
  const open = async (path: string, query = new URLSearchParams()): Promise<Response> => {
    const response = await asked.answer(`/admin/usage${path}${query.size ? `?${query}` : ''}`)
    if (response.ok) return response
    const error = objectOf(objectOf(tryParse(await response.text()))?.error)
    throw new CommandError(stringOf(error?.message) ?? `The server answered ${response.status}.`)
  }
  return {
    zone: zoneAt(Date.now()),
    isLive: asked.isLive,
    open,
    ask: async <T>(path: string, query?: URLSearchParams) => (await (await open(path, query)).json()) as T,
    close: asked.close,
  }
}

/** `undefined` for a server that does not let this command in. */
async function fromServer({ url }: ServerRecord, { config }: ConfigInUse): Promise<Source | undefined> {
  const { adminKey } = config.server
  const headers: Record<string, string> =
    adminKey === undefined || adminKey.startsWith('sha256:') ? {} : { authorization: `Bearer ${adminKey}` }
  const answer = (path: string) => fetch(`${url}${path}`, { headers, redirect: 'error' })
  const response = await answer('/admin/usage/requests?limit=1').catch(() => undefined)
  await response?.body?.cancel()
  return response?.ok ? { isLive: true, answer, close: async () => {} } : undefined
}

/** The ledger's own file, which several processes may have open. @throws CommandError where there is none */
async function fromStore(used: ConfigInUse, isServed: boolean): Promise<Source> {
  const { store } = await openLedgerStore(used, isServed)
  const { createUsage } = await import('../usage/usage.ts')
  const ledger = { store, async flush() {}, listen: () => () => {} }
  const usage = createUsage({
    ledger,
    clock: systemClock,
    redact: (text) => text,
    isOpen: () => true,
    archives: () => listArchives(archiveFolder(used)),
  })
  const answer = (target: string): Promise<Response> => {
    const url = new URL(target, 'http://localhost')
    return usage.admin(new Request(url), url).catch((error: unknown) => {
      throw isFailureError(error) ? new CommandError(error.message) : error
    })
  }
  return { isLive: false, answer, close: async () => store.close() }
}
