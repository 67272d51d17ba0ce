/**
 * Reads a configuration: a value that code has made, or that a text has said.
 *
 * @module
 */
import * as v from 'valibot'
import { crossCheck, doubts } from './cross-check.ts'
import { problemsOf } from './issues.ts'
import { ConfigError, type Path, type Problem } from './problem.ts'
import { ConfigSchema } from './schema.ts'
import { settle, type Config, type SettledConfig } from './settle.ts'
import { expandVariables, type Variables } from './variables.ts'

export interface ConfigOptions {
  /** The configuration's name in errors. Default "The configuration". */
  source?: string
  /** What `$NAME`, `${NAME}` and `${NAME:-default}` stand for, and where presets look for their keys. Default: nothing. */
  variables?: Variables
}

interface Checked {
  settled: SettledConfig
  doubts: Problem[]
}

/** Checks a value against everything that needs no I/O. @throws ConfigError with all problems that were found */
export function check(raw: unknown, { source = 'The configuration', variables = {} }: ConfigOptions): Checked {
  const problems: Problem[] = []
  const report = (problem: Problem) => problems.push(problem)
  const refuseAny = () => {
    if (problems.length) throw new ConfigError(problems, source)
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
  return { settled, doubts: doubts(settled) }
}

/**
 * Reads a configuration that code has made, or that was parsed before. Secrets must stand in it themselves, or as variables:
 * files and commands take time, which `parseConfig` and `loadConfig` have.
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

/** Where the file has a key that has moved to `keys` since. */
export function filePath(path: Path, raw: unknown): Path {
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
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const item of Object.values(value)) frozen(item)
  return Object.freeze(value)
}
