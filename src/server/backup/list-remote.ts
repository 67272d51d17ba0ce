import { readArchiveName } from './archive-name.ts'
import type { RemoteBackup } from './backups.ts'
import type { Webdav } from './webdav.ts'

/** The backups at a server, the latest first. */
export async function listRemote(webdav: Webdav): Promise<RemoteBackup[]> {
  const entries = await webdav.list()
  return entries
    .flatMap(({ name, isFolder, size }): RemoteBackup[] => {
      const read = isFolder ? undefined : readArchiveName(name)
      return read ? [{ ...read, ...(size !== undefined && { size }) }] : []
    })
    .toSorted((a, b) => b.at - a.at)
}
