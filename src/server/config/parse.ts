/**
 * Reads the text of a configuration, and fetches the secrets that it names the places of.
 *
 * @module
 */
import { overlay, type Override } from './overlay.ts'
import { ConfigError, type Problem } from './problem.ts'
import { check, filePath, frozen, type ConfigOptions } from './read.ts'
import { resolveSecrets, systemReaders, type SecretReaders } from './resolve-secrets.ts'
import type { Config } from './settle.ts'
import { readSource, type Format, type Source } from './source.ts'

export interface ParseOptions extends ConfigOptions {
  /** Default: JSON, with comments and trailing commas. */
  format?: Format
  /** Values that are stronger than the text's. */
  overrides?: readonly Override[]
  /** What relative paths in it are relative to. Default: the working directory. */
  folder?: string
  /** How files and commands that secrets are from are read. */
  readers?: SecretReaders
}

export interface Reading {
  config: Config
  /** What works, and is probably not meant. */
  doubts: readonly Problem[]
  /** The files that secrets are from. */
  secretFiles: readonly string[]
}

/** Reads a configuration's text. @throws ConfigError */
export async function parseConfig(text: string, options: ParseOptions = {}): Promise<Reading> {
  const { source: name = 'The configuration', overrides = [], readers = systemReaders, folder = '.' } = options
  const source = await readSource(text, options.format ?? 'json')
  if (source.mistakes.length)
    throw new ConfigError(
      source.mistakes.map((mistake) => ({ path: [], ...mistake })),
      name,
    )
  const raw = overlay(source.value, overrides)
  const placed = placer(source, overrides)
  const { settled, doubts } = await checked(raw, options, placed)
  const problems: Problem[] = []
  const { value, files } = await resolveSecrets(settled, folder, readers, (problem) =>
    problems.push({ ...problem, path: filePath(problem.path, raw) }),
  )
  if (problems.length) throw new ConfigError(await placed(problems), name)
  return { config: frozen(value), doubts: await placed(doubts), secretFiles: files }
}

type Placer = (problems: readonly Problem[]) => Promise<Problem[]>

async function checked(raw: unknown, options: ConfigOptions, placed: Placer): Promise<ReturnType<typeof check>> {
  try {
    return check(raw, options)
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(await placed(error.problems), error.source) : error
  }
}

/** Says of problems where their values are from. */
function placer(source: Source, overrides: readonly Override[]): Placer {
  const origins = new Map(overrides.map(({ path, origin }) => [JSON.stringify(path), origin]))
  const place = async (problem: Problem): Promise<Problem> => {
    for (let length = problem.path.length; length > 0; length--) {
      const origin = origins.get(JSON.stringify(problem.path.slice(0, length)))
      if (origin !== undefined) return { ...problem, origin }
    }
    const found = await source.locate(problem.path)
    return { ...problem, ...(found && { place: found }) }
  }
  return (problems) => Promise.all(problems.map(place))
}
