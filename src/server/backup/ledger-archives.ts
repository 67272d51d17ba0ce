/**
 * Months of the ledger that were put aside, as backups take and give them back.
 *
 * @module
 */
import { copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { listArchives, readArchive } from '../ledger/archives.ts'

/** Copies all of a folder, each whole or not at all. Tells how many. */
export async function copyArchives(from: string, to: string): Promise<number> {
  const archives = await listArchives(from)
  if (archives.length) await mkdir(to, { recursive: true, mode: 0o700 })
  for (const { path } of archives) {
    const target = join(to, basename(path))
    await copyFile(path, `${target}.tmp`)
    await rename(`${target}.tmp`, target)
  }
  return archives.length
}

export async function removeArchives(folder: string): Promise<void> {
  for (const { path } of await listArchives(folder)) await rm(path)
}

const DAY = 24 * 3_600_000

/** Returns what tells whether a folder has a record already. It reads the months that it is asked about. */
export async function createArchived(folder: string): Promise<(record: ExchangeRecord) => Promise<boolean>> {
  const archives = new Map((await listArchives(folder)).map(({ month, path }) => [month, path]))
  const read = new Map<string, Set<string>>()
  const idsOf = async (month: string): Promise<Set<string>> => {
    const known = read.get(month)
    if (known) return known
    const ids = new Set<string>()
    for await (const { id } of readArchive(archives.get(month)!)) ids.add(id)
    read.set(month, ids)
    return ids
  }
  return async ({ id, at }) => {
    // Where months begin depends on who put them aside.
    for (const month of new Set([at - DAY, at + DAY].map((moment) => new Date(moment).toISOString().slice(0, 7))))
      if (archives.has(month) && (await idsOf(month)).has(id)) return true
    return false
  }
}
