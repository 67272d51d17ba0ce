/**
 * Where running servers are noted, and their logs are.
 *
 * @module
 */
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { ConfigInUse } from './config-in-use.ts'

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ */
export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, 'cc-route')
  if (process.platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'cc-route')
  return join(homedir(), '.local', 'state', 'cc-route')
}

/** The log of servers that have no terminal: where the configuration says, from its own folder. */
export function logFileOf({ config, path = resolve('config') }: ConfigInUse): string {
  const { file } = config.log ?? {}
  return file === undefined ? join(stateFolder(), 'cc-route.log') : resolve(dirname(path), file)
}
