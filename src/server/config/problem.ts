/**
 * What is wrong with a configuration, and where.
 *
 * @module
 */

/** Names and positions that lead from the top to a value. */
export type Path = readonly (string | number)[]

export interface Place {
  /** From 1. */
  line: number
  /** From 1. */
  column: number
}

export interface Problem {
  path: Path
  /** What was found, what is expected, and what to do. */
  message: string
  /** Where in the file; absent where the value is from elsewhere. */
  place?: Place
  /** Where the value is from, if not from the file: a variable or a flag. */
  origin?: string
}

/** `endpoints.gpt.apiKeys[0]` */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${step}` : step), '')

/** `cc-route.toml:3:8: endpoints.gpt.model: …` */
export function problemText({ path, message, place, origin }: Problem, source: string): string {
  const at = origin ?? (place ? `${source}:${place.line}:${place.column}` : undefined)
  return [at, pathText(path), message].filter(Boolean).join(': ')
}

/** A configuration that cannot be used. The message has a line for each problem. */
export class ConfigError extends Error {
  constructor(
    readonly problems: readonly Problem[],
    readonly source: string,
  ) {
    super([`${source} cannot be used:`, ...problems.map((problem) => `  ${problemText(problem, source)}`)].join('\n'))
    this.name = 'ConfigError'
  }
}
