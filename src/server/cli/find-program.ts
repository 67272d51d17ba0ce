/**
 * Where a program is.
 *
 * @module
 */
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The path of a program; `undefined` where it is not on `PATH`, nor in `places` below the user's folder. */
export function findProgram(name: string, places: readonly string[] = [], env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (/[\\/]/.test(name)) return canRun(name) ? name : undefined
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...places.map((place) => join(homedir(), place))]
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : ['']
  for (const folder of folders)
    for (const ending of endings) {
      const path = join(folder, name + ending)
      if (canRun(path)) return path
    }
  return undefined
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
