/**
 * Fetches the secrets that a configuration names the places of.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { Path, Problem } from './problem.ts'
import { isSecretSource, type Resolved, type SecretSource } from './secret.ts'

/** Longer ones are no keys. */
const MAX_BYTES = 64 * 1024

export interface SecretReaders {
  /** @throws Error where it cannot be read */
  readFile(path: string): Promise<string>
  /** Runs a program without a shell and gives what it prints. @throws Error where it fails or takes too long */
  run(command: readonly [string, ...string[]], timeoutMs: number, folder: string): Promise<string>
}

export const systemReaders: SecretReaders = {
  readFile: (path) => readFile(path, 'utf8'),
  async run([program, ...args], timeout, cwd) {
    // Few need it, and all would wait for it to be loaded when they start.
    const { execFile } = await import('node:child_process')
    return new Promise((resolve, reject) => {
      const options = { timeout, cwd, encoding: 'utf8' as const, maxBuffer: MAX_BYTES, windowsHide: true, shell: false }
      const child = execFile(program, args, options, (error, stdout) => {
        if (!error) return resolve(stdout)
        // What it prints is not repeated: a program may print a part of the secret when it fails.
        if (error.killed) return reject(new Error(`it did not end within ${timeout} ms`))
        if (error.code === 'ENOENT') return reject(new Error('there is no such program'))
        reject(new Error(typeof error.code === 'number' ? `it ended with code ${error.code}` : `it failed: ${error.code ?? error.signal}`))
      })
      child.stdin?.end()
    })
  },
}

export interface ResolvedSecrets<T> {
  value: Resolved<T>
  /** The files that secrets are from. */
  files: string[]
}

/**
 * A copy of a configuration with its secrets in place. All are fetched at once.
 *
 * @param folder what relative paths are relative to
 */
export async function resolveSecrets<T>(
  value: T,
  folder: string,
  readers: SecretReaders,
  report: (problem: Problem) => void,
): Promise<ResolvedSecrets<T>> {
  const files: string[] = []
  const fetch = async (source: SecretSource, path: Path): Promise<string> => {
    const isFile = 'file' in source
    const place = isFile ? pathOf(source.file, folder) : source.command.join(' ')
    if (isFile) files.push(place)
    try {
      const text = await (isFile ? readers.readFile(place) : readers.run(source.command, source.timeoutMs, folder))
      const secret = text.trim()
      if (secret && secret.length <= MAX_BYTES && !/[\r\n]/.test(secret)) return secret
      report({
        path,
        message: `${isFile ? 'the file' : 'the command'} ${place} gave ${secret ? 'more than one line' : 'nothing'}; expected the key alone`,
      })
    } catch (error) {
      const { message } = error as Error
      report({
        path,
        message: isFile ? `the file ${place} cannot be read: ${message}` : `the command ${source.command[0]} gave no key: ${message}`,
      })
    }
    return ''
  }
  const visit = async (at: unknown, path: Path): Promise<unknown> => {
    if (isSecretSource(at)) return fetch(at, path)
    if (Array.isArray(at)) return Promise.all(at.map((item, index) => visit(item, [...path, index])))
    if (typeof at !== 'object' || at === null || at instanceof RegExp) return at
    // What is switched off needs no keys, and may not have any.
    const used = 'enabled' in at && at.enabled === false && 'keys' in at ? { ...at, keys: [] } : at
    const entries = await Promise.all(Object.entries(used).map(async ([name, item]) => [name, await visit(item, [...path, name])] as const))
    return Object.fromEntries(entries)
  }
  return { value: (await visit(value, [])) as Resolved<T>, files }
}

/** `~` is the user's folder. */
export function pathOf(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? path : resolve(folder, path)
}
