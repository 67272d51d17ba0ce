/**
 * Where a gateway's configuration is kept: the file that changes are written back to.
 *
 * @module
 */
import type { Change } from './change.ts'
import { loadConfig, type LoadOptions, type Snapshot } from './load.ts'
import type { Config } from './settle.ts'
import { saveConfig } from './save.ts'

/** A configuration with what tells it from every other. */
export interface Loaded {
  readonly config: Config
  /** Absent where it is kept nowhere. */
  readonly revision?: string
}

export interface ConfigStore {
  /** Reads it anew. @throws ConfigError */
  load(): Promise<Loaded>
  /**
   * Makes changes in what has this revision, once `accept` has taken what would be written.
   *
   * @throws ConfigConflict where it has another revision
   * @throws ConfigError where the result could not be used
   * @throws TypeError for a change that cannot be made
   */
  save(changes: readonly Change[], revision: string | undefined, accept: (next: Loaded) => void): Promise<Loaded>
}

/** A file, read with the same options each time. Comments in it outlive changes. */
export const fileStore = (path: string, options: LoadOptions = {}): ConfigStore => ({
  load: (): Promise<Snapshot> => loadConfig(path, options),
  save: (changes, revision, accept) => saveConfig(path, changes, { ...options, ...(revision !== undefined && { revision }), accept }),
})
