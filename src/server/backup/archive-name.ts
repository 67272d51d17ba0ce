/**
 * How backups are called: whose it is, and when it was made.
 *
 * @module
 */
import { momentOf, stampOf } from '../config/write.ts'

export interface ArchiveName {
  /** The whole name. */
  file: string
  /** Whose it is. */
  owner: string
  /** When it was made, in milliseconds since 1970. */
  at: number
  /** It takes a passphrase to be read. */
  sealed: boolean
}

const NAME = /^([\w.-]+)-(\d{4}-\d{2}-\d{2}T[\d.-]+)\.tar\.gz(\.enc)?$/

/** `laptop-2026-11-21T18-45-12.123.tar.gz`, in UTC; `.enc` behind it where it is encrypted. */
export const archiveName = (owner: string, at: number, sealed: boolean): string => `${owner}-${stampOf(at)}.tar.gz${sealed ? '.enc' : ''}`

/** Nothing for files that are none of ours. */
export function readArchiveName(file: string): ArchiveName | undefined {
  const [, owner, stamp = '', end] = NAME.exec(file) ?? []
  const at = momentOf(stamp)
  return owner === undefined || Number.isNaN(at) ? undefined : { file, owner, at, sealed: end !== undefined }
}

/** Those of one owner that are one too many, the oldest first; never the latest, also where a clock that was wrong has dated others after it. */
export const outdated = (names: readonly ArchiveName[], latest: Pick<ArchiveName, 'file' | 'owner'>, keep: number): ArchiveName[] => {
  const others = names.filter(({ owner, file }) => owner === latest.owner && file !== latest.file).toSorted((a, b) => a.at - b.at)
  return others.slice(0, Math.max(others.length - keep + 1, 0))
}
