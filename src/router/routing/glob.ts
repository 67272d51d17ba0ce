/**
 * Patterns of names: `*` stands for anything, also for nothing; case does not matter.
 *
 * @module
 */

/** A pattern that is ready to be asked. */
export interface Glob {
  /** Characters that are not `*`: of two patterns that match, the one with more is the more specific. */
  readonly weight: number
  /** Whether the pattern has a `*`. */
  readonly wild: boolean
  test(name: string): boolean
  /** What the first `*` stands for; the whole name where the pattern has none. */
  rest(name: string): string
}

export function globOf(pattern: string): Glob {
  const parts = pattern.split('*')
  // `[^]*?` before a literal, and greedy only at the end, matches each part as early as possible: no backtracking over the others
  const expression = new RegExp(`^${parts.map(literal).join('([^]*?)')}$`, 'i')
  return {
    weight: pattern.length - (parts.length - 1),
    wild: parts.length > 1,
    test: (name) => expression.test(name),
    rest: (name) => expression.exec(name)?.[1] ?? name,
  }
}

const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
