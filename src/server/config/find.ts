/**
 * Where the configuration file is.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_VARIABLE } from './overlay.ts'
import { EXTENSIONS } from './source.ts'
import type { Variables } from './variables.ts'

export interface FindOptions {
  variables: Variables
  /** The user's folder. */
  home?: string
  exists?: (path: string) => boolean
}

/**
 * The folders in which a `config.*` is looked for. The working directory is not among them: a configuration says where keys are sent and
 * which commands are run, and a folder that somebody else has made must not say that by being entered.
 */
export function configFolders({ variables, home = homedir() }: FindOptions): string[] {
  const own = variables['XDG_CONFIG_HOME'] || join(home, '.config')
  return [
    join(own, 'cc-route'),
    ...(process.platform === 'win32' && variables['APPDATA'] ? [join(variables['APPDATA'], 'cc-route')] : ['/etc/cc-route']),
  ]
}

/** Where a new configuration is written. */
export const usualPath = (options: FindOptions): string => join(configFolders(options)[0]!, 'config.jsonc')

/** The file to use: `asked` (a flag), else the variable `CC_ROUTE_CONFIG`, else the first that is there. */
export function findConfig(asked: string | undefined, options: FindOptions): string | undefined {
  const { variables, exists = existsSync } = options
  const named = asked ?? (variables[CONFIG_VARIABLE]?.trim() || undefined)
  if (named !== undefined) return named
  return configFolders(options)
    .flatMap((folder) => EXTENSIONS.map((extension) => join(folder, `config.${extension}`)))
    .find((path) => exists(path))
}
