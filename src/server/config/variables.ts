/**
 * Variables of the environment in a configuration's texts: `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is a dollar sign.
 *
 * @module
 */
import type { Path, Problem } from './problem.ts'

export type Variables = Readonly<Record<string, string | undefined>>

// Without braces a name is in capitals, as names of the environment are: "$5" and "^gpt$" are no variables.
const REFERENCE = /\$\$|\$\{(\w+)(?::-([^}]*))?\}|\$([A-Z_][A-Z0-9_]*)/g

/** The name of the first variable in a text. */
export function variableIn(text: string): string | undefined {
  for (const [, braced, , plain] of text.matchAll(REFERENCE)) if (braced ?? plain) return braced ?? plain
  return undefined
}

/**
 * A copy of a configuration with the variables in it replaced, blanks around their values taken away. One that is not set, or empty, is a problem; except in what is switched
 * off with `enabled: false`, where it stays as it is written.
 */
export function expandVariables(value: unknown, variables: Variables, report: (problem: Problem) => void): unknown {
  const visit = (at: unknown, path: Path, lenient: boolean): unknown => {
    if (typeof at === 'string') return at.includes('$') ? expand(at, path, lenient) : at
    if (Array.isArray(at)) return at.map((item, index) => visit(item, [...path, index], lenient))
    if (typeof at !== 'object' || at === null) return at
    const off = lenient || ('enabled' in at && at.enabled === false)
    return Object.fromEntries(Object.entries(at).map(([name, item]) => [name, visit(item, [...path, name], off)]))
  }
  const expand = (text: string, path: Path, lenient: boolean) =>
    text.replace(REFERENCE, (reference, braced?: string, fallback?: string, plain?: string) => {
      const name = braced ?? plain
      if (name === undefined) return '$'
      const found = variables[name]?.trim() || fallback
      if (found !== undefined || lenient) return found ?? reference
      report({ path, message: `the environment variable ${name} is not set. Set it, or give a default: \${${name}:-default}` })
      return ''
    })
  return visit(value, [], false)
}
