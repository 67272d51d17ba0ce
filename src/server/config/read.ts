/**
 * Reads configurations: the text of a file, or a value that code has made.
 *
 * @module
 */
import * as v from 'valibot'
import { crossCheck, doubts } from './cross-check.ts'
import { problemsOf } from './issues.ts'
import { overlay, type Override } from './overlay.ts'
import { ConfigError, type Path, type Problem } from './problem.ts'
import { resolveSecrets, systemReaders, type SecretReaders } from './resolve-secrets.ts'
import { ConfigSchema } from './schema.ts'
import { settle, type Config, type SettledConfig } from './settle.ts'
import { readSource, type Format, type Source } from './source.ts'
import { expandVariables, type Variables } from './variables.ts'

export interface ConfigOptions {
  /** The configuration's name in errors. Default "The configuration". */
  source?: string
  /** What `$NAME`, `${NAME}` and `${NAME:-default}` stand for, and where presets look for their keys. Default: nothing. */
  variables?: Variables
}

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

/** What is known of a value's place, for its problems. */
type Locate = (problem: Problem) => Problem

interface Checked {
  settled: SettledConfig
  doubts: Problem[]
}

/** Checks a value against everything that needs no I/O. @throws ConfigError with all problems that were found */
function check(
  raw: unknown,
  { source = 'The configuration', variables = {} }: ConfigOptions,
  locate: Locate = (problem) => problem,
): Checked {
  const problems: Problem[] = []
  const report = (problem: Problem) => problems.push(problem)
  const refuseAny = () => {
    if (problems.length) throw new ConfigError(problems.map(locate), source)
  }
  const parsed = v.safeParse(ConfigSchema, expandVariables(raw, variables, report))
  if (!parsed.success) {
    // What stands in for a missing variable is no second mistake.
    const known = new Set(problems.map(({ path }) => JSON.stringify(path)))
    problems.push(...problemsOf(parsed.issues, raw).filter(({ path }) => !known.has(JSON.stringify(path))))
  }
  refuseAny()
  const settled = settle(parsed.output as v.InferOutput<typeof ConfigSchema>, raw, variables, report)
  refuseAny()
  problems.push(...crossCheck(settled))
  refuseAny()
  return { settled, doubts: doubts(settled).map(locate) }
}

/**
 * Reads a configuration that code has made, or that was parsed before. Secrets must stand in it themselves, or as variables:
 * files and commands take time, which {@link parseConfig} has.
 *
 * @throws ConfigError
 */
export function readConfig(value: unknown, options: ConfigOptions = {}): Config {
  const { settled } = check(value, options)
  const problems: Problem[] = []
  const place = firstSource(settled, [])
  if (place)
    problems.push({ path: filePath(place, value), message: 'a secret from a file or a command is read by parseConfig or loadConfig only' })
  if (problems.length) throw new ConfigError(problems, options.source ?? 'The configuration')
  return frozen(settled as Config)
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
  const locate = locator(source, overrides)
  const { settled, doubts } = check(raw, options, locate)
  const problems: Problem[] = []
  const { value, files } = await resolveSecrets(settled, folder, readers, (problem) =>
    problems.push(locate({ ...problem, path: filePath(problem.path, raw) })),
  )
  if (problems.length) throw new ConfigError(problems, name)
  return { config: frozen(value), doubts, secretFiles: files }
}

function locator(source: Source, overrides: readonly Override[]): Locate {
  const origins = new Map(overrides.map(({ path, origin }) => [JSON.stringify(path), origin]))
  return (problem) => {
    for (let length = problem.path.length; length > 0; length--) {
      const origin = origins.get(JSON.stringify(problem.path.slice(0, length)))
      if (origin !== undefined) return { ...problem, origin }
    }
    const place = source.locate(problem.path)
    return { ...problem, ...(place && { place }) }
  }
}

/** Where the file has a key that has moved to `keys` since. */
function filePath(path: Path, raw: unknown): Path {
  const [section, name, field, index] = path
  if (section !== 'endpoints' || field !== 'keys') return path
  const { apiKeys } = (raw as { endpoints: Record<string, { apiKeys?: unknown }> }).endpoints[String(name)]!
  return apiKeys === undefined ? [section, name!, 'apiKey'] : [section, name!, 'apiKeys', index!]
}

/** The path of the first secret that is still to be had. */
function firstSource(value: unknown, path: Path): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('kind' in value && value.kind === 'secret') return path
  for (const [name, item] of Object.entries(value)) {
    const found = firstSource(item, [...path, Array.isArray(value) ? Number(name) : name])
    if (found) return found
  }
  return undefined
}

/** Snapshots are handed to everyone: nobody may change one. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const item of Object.values(value)) frozen(item)
  return Object.freeze(value)
}
