/**
 * Brings back what a backup holds. Everything in it is checked before anything here is changed.
 *
 * @module
 */
import { createWriteStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail } from '../../core/failure.ts'
import { didYouMean } from '../config/suggest.ts'
import { versionsFolder } from '../config/write.ts'
import { unpackArchive } from './archive.ts'
import type { BackupWork } from './backup-work.ts'
import type { RemoteBackup, RestoredBackup, RestoredLedger, RestoreOptions } from './backups.ts'
import { listRemote } from './list-remote.ts'
import { restoreConfig } from './restore-config.ts'

export async function restoreBackup(options: RestoreOptions, work: BackupWork): Promise<RestoredBackup> {
  const { scratch, settings } = work
  const backup = pick(await listRemote(work.webdav), options.name)
  const archive = join(scratch, backup.file)
  await download(backup, archive, work)
  const contents = join(scratch, 'contents')
  await unpackArchive(archive, contents, settings.passphrase)
  if (options.only !== 'config') await checkLedger(join(contents, 'ledger'), options, work)
  // The configuration first: it may be refused, and then nothing is changed.
  const config = options.only === 'ledger' ? undefined : await restoreFile(join(contents, 'config'), options, work)
  const ledger = options.only === 'config' ? undefined : await restoreLedger(join(contents, 'ledger'), options, work)
  if (!ledger && !config)
    fail({
      kind: 'not-found',
      message: `There is ${options.only === undefined ? 'nothing' : `no ${options.only}`} in ${backup.file} that could be restored here.`,
    })
  return { name: backup.file, ...(config && { config }), ...(ledger && { ledger }) }
}

/** Brings back a version of the configuration that is kept on this machine. */
export async function restoreVersion(
  file: string,
  { mode = 'keep-local', only, force }: RestoreOptions,
  { path = '', clock, load = {} }: Pick<BackupWork, 'path' | 'clock' | 'load'>,
): Promise<RestoredBackup> {
  if (only === 'ledger') fail({ kind: 'invalid-request', message: `${file} is a version of the configuration: there is no ledger in it.` })
  const text = await readFile(join(versionsFolder(path), file), 'utf8')
  const config = await restoreConfig({ text, file, path, mode, ...(force && { force }), clock, options: load })
  return { name: file, config }
}

function pick(backups: readonly RemoteBackup[], name: string | undefined): RemoteBackup {
  const found = name === undefined ? backups[0] : backups.find(({ file }) => file === name)
  if (found) return found
  if (!backups.length) fail({ kind: 'not-found', message: 'There is no backup at the server yet. Make one: cc-route backup now' })
  const names = backups.map(({ file }) => file)
  return fail({ kind: 'not-found', message: `There is no backup "${name}".${didYouMean(name!, names)} The latest is ${names[0]}.` })
}

async function download({ file, size }: RemoteBackup, to: string, { webdav }: BackupWork): Promise<void> {
  await webdav.get(file, size, (body) =>
    pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(to, { flags: 'wx', mode: 0o600 })),
  )
  const got = (await stat(to)).size
  if (size !== undefined && got !== size)
    fail({ kind: 'truncated', message: `Only ${got} of the ${size} bytes of ${file} came. Nothing was restored; try again.` })
}

async function checkLedger(folder: string, { mode = 'keep-local' }: RestoreOptions, { ledger }: BackupWork): Promise<void> {
  if (ledger && (await readdir(folder).catch(() => [])).length) await ledger.check(folder, mode)
}

async function restoreLedger(folder: string, { mode, only }: RestoreOptions, { ledger }: BackupWork): Promise<RestoredLedger | undefined> {
  const files = await readdir(folder).catch(() => [])
  if (!files.length) return undefined
  if (!ledger) {
    if (only === 'ledger') fail({ kind: 'conflict', message: 'This machine keeps no ledger in files: see "ledger" in the configuration.' })
    return undefined
  }
  return mode === 'overwrite' ? ledger.replaceBy(folder) : { added: await ledger.addFrom(folder) }
}

async function restoreFile(folder: string, { mode = 'keep-local', force }: RestoreOptions, { path, clock, load = {} }: BackupWork) {
  const [file] = await readdir(folder).catch(() => [])
  if (file === undefined || path === undefined) return undefined
  const text = await readFile(join(folder, file), 'utf8')
  return restoreConfig({ text, file, path, mode, ...(force && { force }), clock, options: load })
}
