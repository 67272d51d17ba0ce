/**
 * Reads the configuration again when its file changes.
 *
 * @module
 */
import { watch as watchFolder } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { systemClock, type Clock } from '../../core/clock.ts'
import { sha256Hex } from '../../core/digest.ts'
import { loadConfig, type LoadOptions, type Snapshot } from './load.ts'

export interface WatchOptions extends LoadOptions {
  /** What is in use already: a change is what differs from it. Default: nothing, so that the file is read at once. */
  current?: Snapshot
  /** Milliseconds of rest after a change before the file is read: editors write in several steps. Default 100. */
  restMs?: number
  clock?: Clock
  /** Calls `changed` whenever something in a folder changes, until the function that it returns is called. */
  observe?: (folder: string, changed: () => void) => () => void
}

export interface ConfigWatch {
  /** Reads the file now. Resolves when what it says is in use, or refused. */
  reload(): Promise<void>
  close(): void
}

/**
 * Watches a configuration file and the files that its secrets are from. Each change that can be used is given to `onSnapshot`, whole;
 * one that cannot is told to `onProblem`, and changes nothing.
 *
 * It is the folders that are watched: editors, and those who mount configurations, put another file in place of the old one.
 */
export function watchConfig(
  path: string,
  onSnapshot: (snapshot: Snapshot) => void,
  onProblem: (error: unknown) => void,
  options: WatchOptions = {},
): ConfigWatch {
  const { current, restMs = 100, clock = systemClock, observe = observeFolder, ...load } = options
  const observed = new Map<string, () => void>()
  let seen = current && fingerprint(current)
  let told: string | undefined
  let wait = () => {}
  let reading: Promise<void> | undefined
  let again = false
  let closed = false

  const changed = () => {
    if (closed) return
    wait()
    wait = clock.after(restMs, () => void reload())
  }
  /** Keeps to the folders that matter now. */
  const follow = (files: readonly string[]) => {
    const folders = new Set(files.map((file) => dirname(resolve(file))))
    for (const [folder, stop] of observed) {
      if (folders.has(folder)) continue
      stop()
      observed.delete(folder)
    }
    for (const folder of folders) if (!observed.has(folder)) observed.set(folder, observe(folder, changed))
  }
  const read = async () => {
    try {
      const snapshot = await loadConfig(path, load)
      if (closed) return
      follow([path, ...snapshot.secretFiles])
      told = undefined
      const found = fingerprint(snapshot)
      if (found === seen) return
      seen = found
      onSnapshot(snapshot)
    } catch (error) {
      // Other files of the folder change, too: a problem is told once.
      const text = String(error)
      if (!closed && text !== told) onProblem(error)
      told = text
    }
  }
  /** One reading at a time; what changes meanwhile is read after it. */
  const reload = (): Promise<void> => {
    if (reading) {
      again = true
      return reading
    }
    reading = (async () => {
      do {
        again = false
        await read()
      } while (again && !closed)
    })().finally(() => (reading = undefined))
    return reading
  }

  follow([path, ...(current?.secretFiles ?? [])])
  if (!current) void reload()
  return {
    reload,
    close() {
      closed = true
      wait()
      for (const stop of observed.values()) stop()
      observed.clear()
    },
  }
}

/** Tells what a snapshot says, its secrets included, without keeping them. */
const fingerprint = ({ config, revision }: Snapshot): string => sha256Hex(revision + JSON.stringify(config))

function observeFolder(folder: string, changed: () => void): () => void {
  let watcher: ReturnType<typeof watchFolder> | undefined
  try {
    watcher = watchFolder(folder, { persistent: false }, changed)
    // The folder is gone: there is nothing to watch until the file is read anew.
    watcher.on('error', () => watcher?.close())
  } catch {
    // It is not there: reading the file says so.
  }
  return () => watcher?.close()
}
