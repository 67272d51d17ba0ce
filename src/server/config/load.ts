/**
 * Configuration files.
 *
 * @module
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { sha256Hex } from '../../core/digest.ts'
import { readOverrides, type Override } from './overlay.ts'
import { ConfigError, type Problem } from './problem.ts'
import { parseConfig } from './parse.ts'
import type { SecretReaders } from './resolve-secrets.ts'
import type { Config } from './settle.ts'
import { formatOf } from './source.ts'
import type { Variables } from './variables.ts'

/** A configuration at one moment. Nobody may change it; a change of the file makes another one. */
export interface Snapshot {
  readonly config: Config
  /** The file, as an absolute path. */
  readonly path: string
  /** Tells this text of the file from every other. */
  readonly revision: string
  /** What works, and is probably not meant. */
  readonly warnings: readonly Problem[]
  /** The files that secrets are from. */
  readonly secretFiles: readonly string[]
}

export interface LoadOptions {
  /** Default: the environment of the process. */
  variables?: Variables
  /** What is stronger than the file and the variables: flags. */
  flags?: readonly Override[]
  readers?: SecretReaders
}

export const revisionOf = (text: string): string => sha256Hex(text).slice(0, 16)

/** Reads a configuration file. @throws ConfigError */
export async function loadConfig(path: string, options: LoadOptions = {}): Promise<Snapshot> {
  return loadText(path, await readText(path), options)
}

/** Reads a text as if it were the file's. @throws ConfigError */
export async function loadText(path: string, text: string, options: LoadOptions = {}): Promise<Snapshot> {
  const { variables = process.env, flags = [], readers } = options
  const absolute = resolve(path)
  const { overrides, doubts: strange } = readOverrides(variables)
  const { config, doubts, secretFiles } = await parseConfig(text, {
    source: path,
    format: formatOf(path),
    variables,
    overrides: [...overrides, ...flags],
    folder: dirname(absolute),
    ...(readers && { readers }),
  })
  const exposed = await exposure(absolute, config)
  return Object.freeze({
    config,
    path: absolute,
    revision: revisionOf(text),
    warnings: [...exposed, ...strange, ...doubts],
    secretFiles,
  })
}

export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'reading it is not permitted'
          : code === 'EISDIR'
            ? 'it is a folder'
            : message
    throw new ConfigError([{ path: [], message: `it cannot be read: ${reason}` }], path)
  }
}

/** Others who can read the file have the keys that stand in it. */
async function exposure(path: string, { endpoints, server }: Config): Promise<Problem[]> {
  const literal =
    Object.values(endpoints).some(({ keys }) => keys.some(({ from }) => from === LITERAL)) ||
    server.keys?.some(({ key, previous }) => [key, previous?.key].some((given) => given !== undefined && !given.startsWith('sha256:')))
  if (!literal || process.platform === 'win32') return []
  const found = await stat(path).catch(() => undefined)
  if (!found || !(found.mode & 0o077)) return []
  const mode = (found.mode & 0o777).toString(8).padStart(3, '0')
  return [{ path: [], message: `there are keys in it, and other users of this machine may read it (mode ${mode}). Run: chmod 600 ${path}` }]
}

const LITERAL = 'the configuration'
