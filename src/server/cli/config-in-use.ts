/**
 * The configuration that a command works with.
 *
 * @module
 */
import { resolve } from 'node:path'
import { findConfig } from '../config/find.ts'
import type { LoadOptions, Snapshot } from '../config/load.ts'
import type { Override } from '../config/overlay.ts'
import { problemText } from '../config/problem.ts'
import type { Config } from '../config/settle.ts'
import type { Call } from './command.ts'
import { listenFlags } from './arguments.ts'
import { say } from './terminal.ts'

export interface ConfigInUse {
  config: Config
  /** Where it is from, for people. */
  source: string
  /** The file, where there is one. */
  path?: string
  snapshot?: Snapshot
  /** How it was read, to read it again in the same way. */
  options: LoadOptions
  /** There is neither a file nor a key: nothing but the settings of the server is of use. */
  isEmpty: boolean
}

/** The absolute path of the file that a command would use. */
export function configPath(call: Call): string | undefined {
  const found = findConfig(call.flags.config, { variables: process.env })
  return found === undefined ? undefined : resolve(found)
}

/** Reads it, and says what in it is probably not meant. @throws ConfigError */
export async function readConfigInUse(call: Call): Promise<ConfigInUse> {
  const asked = findConfig(call.flags.config, { variables: process.env })
  const flags = overridesOf(call)
  const options = { flags }
  if (asked === undefined) {
    const { loadEnvironment } = await import('../config/load-environment.ts')
    const { config, warnings, isEmpty } = await loadEnvironment(process.env, flags)
    const source = 'the environment'
    for (const warning of warnings) say(`warning: ${problemText(warning, source)}`)
    return { config, source, options, isEmpty }
  }
  const { loadConfig } = await import('../config/load.ts')
  const snapshot = await loadConfig(asked, options)
  for (const warning of snapshot.warnings) say(`warning: ${problemText(warning, asked)}`)
  return { config: snapshot.config, source: asked, path: snapshot.path, snapshot, options, isEmpty: false }
}

/** What flags say over the file. */
function overridesOf(call: Call): Override[] {
  const { host, port } = listenFlags(call)
  return [
    ...(host === undefined ? [] : [{ path: ['server', 'host'], value: host, origin: '--host' }]),
    ...(port === undefined ? [] : [{ path: ['server', 'port'], value: port, origin: '--port' }]),
  ]
}
