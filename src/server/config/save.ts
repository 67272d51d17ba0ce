/**
 * Writes changes back into the configuration file.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import type { Change } from './change.ts'
import { ConfigConflict } from './conflict.ts'
import { editText } from './edit.ts'
import { loadText, readText, revisionOf, type LoadOptions, type Snapshot } from './load.ts'
import { formatOf } from './source.ts'
import { backUp, writePrivate } from './write.ts'

export interface SaveOptions extends LoadOptions {
  /** Of the snapshot that the changes were made for. Default: whatever the file holds now. */
  revision?: string
  /** Looks at what would be written, and throws where that cannot be used. */
  accept?: (snapshot: Snapshot) => void
  clock?: Clock
}

/** Changes of one file wait for each other. */
const queues = new Map<string, Promise<unknown>>()

/**
 * Makes changes in a configuration file, without losing its comments, and gives what it says now. The result is checked before
 * anything is written; the file before it is kept in `backups/`.
 *
 * @throws ConfigConflict where the file has another revision
 * @throws ConfigError where the result could not be used
 * @throws TypeError for a change that cannot be made
 */
export const saveConfig = (path: string, changes: readonly Change[], options: SaveOptions = {}): Promise<Snapshot> =>
  inTurn(path, () => save(path, changes, options))

/** Does `write` with a file that nobody else changes meanwhile, as far as they ask for their turn here. */
export function inTurn<T>(path: string, write: () => Promise<T>): Promise<T> {
  const turn = (queues.get(path) ?? Promise.resolve()).catch(() => undefined).then(write)
  queues.set(path, turn)
  void forget(path, turn)
  return turn
}

async function forget(path: string, turn: Promise<unknown>): Promise<void> {
  await turn.catch(() => undefined)
  if (queues.get(path) === turn) queues.delete(path)
}

async function save(
  path: string,
  changes: readonly Change[],
  { revision, accept, clock = systemClock, ...options }: SaveOptions,
): Promise<Snapshot> {
  const text = await readText(path)
  if (revision !== undefined && revision !== revisionOf(text)) throw new ConfigConflict(revisionOf(text), path)
  const edited = await editText(text, formatOf(path), changes)
  const snapshot = await loadText(path, edited, options)
  accept?.(snapshot)
  if (edited === text) return snapshot
  // Fetching secrets may have taken a while.
  const now = await readText(path)
  if (now !== text) throw new ConfigConflict(revisionOf(now), path)
  await backUp(path, clock.now(), snapshot.config.backup?.versions)
  await writePrivate(path, edited)
  return snapshot
}
