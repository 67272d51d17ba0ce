/**
 * Writes configuration files, so that nothing is ever half written, lost, or readable by others.
 *
 * @module
 */
import { chmod, copyFile, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'

/** Only the user may read what keys may stand in. */
const PRIVATE = 0o600
const PRIVATE_FOLDER = 0o700
const KEPT = 10

/** Writes a file whole or not at all. A link stays a link, to the file that is written. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  const target = await realpath(path).catch(() => path)
  const draft = `${target}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  try {
    const file = await open(draft, 'wx', PRIVATE)
    try {
      await file.writeFile(text)
      // A crash after the renaming must not leave an empty file.
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/**
 * Puts a copy of a file beside it, into `backups/`, and removes all but the latest ten.
 *
 * @param now milliseconds since 1970
 */
export async function backUp(path: string, now: number): Promise<string> {
  const folder = join(dirname(path), 'backups')
  const extension = extname(path)
  const name = basename(path, extension)
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const stamp = new Date(now).toISOString().replaceAll(':', '-').replace('Z', '')
  const copy = join(folder, `${name}-${stamp}${extension}`)
  await copyFile(path, copy)
  await chmod(copy, PRIVATE)
  const copies = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`) && file.endsWith(extension)).toSorted()
  await Promise.all(copies.slice(0, -KEPT).map((file) => rm(join(folder, file), { force: true })))
  return copy
}
