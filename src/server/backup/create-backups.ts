/**
 * Backups of one configuration file and its ledger, at the WebDAV server that the configuration names.
 *
 * @module
 */
import { mkdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import type { Fetch } from '../../router/fetch.ts'
import type { LoadOptions } from '../config/load.ts'
import type { Config } from '../config/settle.ts'
import { versionsOf } from '../config/write.ts'
import type { BackupWork, LedgerFiles } from './backup-work.ts'
import type { Backups } from './backups.ts'
import { readLast, writeLast } from './last-backup.ts'
import { withLock } from './lock.ts'
import { listRemote } from './list-remote.ts'
import { makeBackup } from './make-backup.ts'
import { restoreBackup, restoreVersion } from './restore-backup.ts'
import { testPlace } from './test-place.ts'
import { createWebdav } from './webdav.ts'

export interface BackupsOptions {
  /** What is in use at the moment. */
  config(): Config
  /** The file to back up, and to restore to. */
  path?: string
  /** How that file is read. */
  load?: LoadOptions
  /** Where records are kept, at the moment; nothing where there are none. */
  ledger?(): LedgerFiles | undefined
  /** Where what is being made, and what was made when, is kept. */
  folder: string
  /** Calls the server; what is given is the proxy to go through. */
  fetchFor(proxy: string | undefined): Fetch
  clock?: Clock
}

export function createBackups({ clock = systemClock, fetchFor, config, ledger = () => undefined, ...rest }: BackupsOptions): Backups {
  const scratch = join(rest.folder, 'work')
  const placeOf = () => {
    const { backup: settings = {}, server } = config()
    const { url, username, password, name, proxy = server.proxy } = settings
    if (url === undefined)
      return fail({
        kind: 'invalid-request',
        message: 'No server for backups is configured. Set "backup": { "url", "username", "password" }.',
      })
    const webdav = createWebdav({
      url,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      fetch: fetchFor(proxy),
      clock,
    })
    const owner = name ?? nameOfMachine()
    return { settings, webdav, url, owner, place: `${owner} ${url}` }
  }
  /** Alone, and with nothing left behind. */
  const alone = async <T>(run: (work: BackupWork) => Promise<T>): Promise<T> => {
    const place = placeOf()
    return withLock(join(rest.folder, 'lock'), clock, async () => {
      const clear = () => rm(scratch, { recursive: true, force: true })
      await clear()
      await mkdir(scratch, { recursive: true, mode: 0o700 })
      try {
        const records = ledger()
        return await run({ ...rest, ...place, ...(records && { ledger: records }), clock, scratch })
      } finally {
        await clear()
      }
    })
  }
  const versions = async () => (rest.path === undefined ? [] : versionsOf(rest.path))

  return {
    make: () =>
      alone(async (work) => {
        const { folder, place } = work
        const tried = clock.now()
        try {
          const made = await makeBackup(work)
          await writeLast(folder, place, { made: made.at, tried })
          return made
        } catch (error) {
          await writeLast(folder, place, { ...(await readLast(folder, place)), tried, failure: (error as Error).message })
          throw error
        }
      }),
    last: async () => readLast(rest.folder, placeOf().place),
    async list() {
      const local = await versions()
      return config().backup?.url === undefined ? { local } : { remote: await listRemote(placeOf().webdav), local }
    },
    async restore(options = {}) {
      const { name } = options
      const version = (await versions()).find(({ file }) => file === name)
      if (version) return restoreVersion(version.file, options, { ...rest, clock })
      return alone((work) => restoreBackup(options, work))
    },
    async test() {
      const { webdav, owner, url } = placeOf()
      const begun = clock.now()
      await testPlace(webdav, owner)
      return { url, ms: clock.now() - begun }
    },
  }
}

const nameOfMachine = (): string =>
  hostname()
    .split('.')[0]!
    .replaceAll(/[^\w-]/g, '-')
    .slice(0, 64) || 'cc-route'
