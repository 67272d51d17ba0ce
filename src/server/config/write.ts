/**
 * Writes configuration files, so that nothing is ever half written, lost, or readable by others.
 *
 * @module
 */
import { constants } from 'node:fs'
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
 * Puts a copy of a file beside it, into `backups/`, and removes all but the latest.
 *
 * @param now milliseconds since 1970
 * @param keep how many copies stay
 */
export async function backUp(path: string, now: number, keep = KEPT): Promise<string> {
  const folder = versionsFolder(path)
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const copy = await copyOf(path, folder, now)
  await chmod(copy, PRIVATE)
  const outdated = (await versionsOf(path)).slice(keep)
  await Promise.all(outdated.map(({ file }) => rm(join(folder, file), { force: true })))
  return copy
}

/** Where the copies of a file are. */
export const versionsFolder = (path: string): string => join(dirname(path), 'backups')

/** The copies of a file that there are, the latest first. */
export async function versionsOf(path: string): Promise<{ file: string; at: number }[]> {
  const files = await readdir(versionsFolder(path)).catch(() => [])
  const extension = extname(path)
  const name = basename(path, extension)
  return files
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith(extension))
    .map((file) => ({ file, at: momentOf(file.slice(name.length + 1, file.length - extension.length)) }))
    .filter(({ at }) => !Number.isNaN(at))
    .toSorted((a, b) => b.at - a.at)
}

/** A moment in the name of a file: in UTC, without the colons that some file systems refuse. */
export const stampOf = (at: number): string => new Date(at).toISOString().replaceAll(':', '-').replace('Z', '')

/** The moment of a stamp; NaN for what is none. */
export function momentOf(stamp: string): number {
  const [, hour, minute, second] = /^(\d{4}-\d{2}-\d{2}T\d{2})-(\d{2})-(\d{2}\.\d{3})$/.exec(stamp) ?? []
  return Date.parse(`${hour}:${minute}:${second}Z`)
}

/** Two changes in one millisecond are two versions, and the latest is the last of them by its name. */
async function copyOf(path: string, folder: string, now: number): Promise<string> {
  const extension = extname(path)
  const [latest] = await versionsOf(path)
  for (let at = latest ? Math.max(now, latest.at + 1) : now; ; at++) {
    const copy = join(folder, `${basename(path, extension)}-${stampOf(at)}${extension}`)
    try {
      await copyFile(path, copy, constants.COPYFILE_EXCL)
      return copy
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}
