/**
 * Makes a backup and carries it to the server, whole or not at all.
 *
 * @module
 */
import { openAsBlob } from 'node:fs'
import { copyFile, mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../../core/failure.ts'
import { archiveName, outdated } from './archive-name.ts'
import { packArchive } from './archive.ts'
import type { BackupWork } from './backup-work.ts'
import type { MadeBackup } from './backups.ts'
import { listRemote } from './list-remote.ts'
import type { Webdav } from './webdav.ts'

const USUAL_KEEP = 10
/** The end of names of what is being carried. */
const PART = '.part'
/** What was being carried this long ago is not any more. */
const STALE_MS = 24 * 3_600_000

export async function makeBackup(work: BackupWork): Promise<MadeBackup> {
  const { clock, webdav, owner, scratch, settings } = work
  const at = clock.now()
  const { passphrase, keep = USUAL_KEEP } = settings
  const file = archiveName(owner, at, passphrase !== undefined)
  const archive = join(scratch, file)
  const contents = join(scratch, 'contents')
  await collect(contents, work)
  const manifest = await packArchive(contents, archive, { name: owner, at, ...(passphrase !== undefined && { passphrase }) })
  const { size } = await stat(archive)

  await webdav.prepare()
  const part = `${file}${PART}`
  try {
    await webdav.put(part, await openAsBlob(archive))
    // Some servers take what they can store of it.
    const stored = (await webdav.list()).find(({ name }) => name === part)
    if (!stored || (stored.size ?? size) !== size)
      fail({
        kind: 'bad-response',
        message: `The WebDAV server stored ${stored ? `${stored.size} bytes` : 'nothing'} of the ${size} bytes of ${file}. Is there room left?`,
      })
    await webdav.rename(part, file)
  } catch (error) {
    // As good as it can be done: the server may be gone.
    await webdav.remove(part).catch(() => undefined)
    throw error
  }
  const names = await listRemote(webdav)
  const removed = outdated(names, { file, owner }, keep).map((old) => old.file)
  for (const old of removed) await webdav.remove(old)
  await removeStale(webdav, owner, at)
  const sealed = passphrase !== undefined
  return { file, owner, at, sealed, size, files: manifest.files.map(({ path, bytes }) => ({ path, bytes })), removed }
}

async function collect(contents: string, { path, ledger, settings }: BackupWork): Promise<void> {
  const folderFor = async (part: string) => {
    const folder = join(contents, part)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return folder
  }
  if (path !== undefined) await copyFile(path, join(await folderFor('config'), `config${endOf(path)}`))
  if (ledger && settings.ledger !== false) {
    const folder = await folderFor('ledger')
    if (!(await ledger.copyTo(folder))) await rm(folder, { recursive: true })
  } else if (path === undefined)
    fail({
      kind: 'invalid-request',
      message: 'There is nothing to back up: neither a configuration file nor a ledger. Write one: cc-route init',
    })
}

/** What tells the format of a file. Its name is this machine's own, and may have signs in it that names in backups do not have. */
const endOf = (path: string): string => /\.\w+$/.exec(path)?.[0] ?? ''

/** What processes that died left at the server. */
async function removeStale(webdav: Webdav, owner: string, now: number): Promise<void> {
  for (const { name, modified = now, isFolder } of await webdav.list())
    if (!isFolder && name.startsWith(`${owner}-`) && name.endsWith(PART) && now - modified > STALE_MS) await webdav.remove(name)
}
