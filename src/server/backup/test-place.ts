/**
 * Tries all that backups take of a server, with a small file.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { Webdav } from './webdav.ts'

const TEXT = 'cc-route can write and read here.\n'

/** @throws FailureError for the first thing that does not work */
export async function testPlace(webdav: Webdav, owner: string): Promise<void> {
  const name = `${owner}-test-${crypto.randomUUID()}.txt`
  const first = `${name}.part`
  await webdav.prepare()
  try {
    await webdav.put(first, new Blob([TEXT]))
    await webdav.rename(first, name)
    const names = new Set((await webdav.list()).map((entry) => entry.name))
    if (!names.has(name) || names.has(first))
      fail({
        kind: 'bad-response',
        message: 'The WebDAV server took a file and its new name, and does not list it. Is there another server behind it?',
      })
    await webdav.get(name, TEXT.length, async (body) => {
      if ((await new Response(body).text()) !== TEXT)
        fail({ kind: 'bad-response', message: 'The WebDAV server gave back something else than was written.' })
    })
  } finally {
    await Promise.all([first, name].map((file) => webdav.remove(file).catch(() => undefined)))
  }
}
