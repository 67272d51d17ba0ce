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
  const parts = lower(pattern).split('*')
  const [first = ''] = parts
  const last = parts.at(-1)!
  const middle = parts.slice(1, -1)
  /**
   * What the first `*` stands for. Each part is taken where it comes first, which leaves most room for the next. A regular expression
   * would try all other places, too: quadratic time, or worse, on names that clients choose.
   */
  const starIn = (name: string): string | undefined => {
    const text = lower(name)
    const end = text.length - last.length
    if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return undefined
    let at = first.length
    let star: string | undefined
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return undefined
      star ??= name.slice(first.length, found)
      at = found + part.length
    }
    return star ?? name.slice(first.length, end)
  }
  const wild = parts.length > 1
  return {
    weight: pattern.length - (parts.length - 1),
    wild,
    test: wild ? (name) => starIn(name) !== undefined : (name) => lower(name) === first,
    rest: (name) => (wild ? starIn(name) : undefined) ?? name,
  }
}

/** In small letters, and of the same length: some letters become two. */
function lower(text: string): string {
  const small = text.toLowerCase()
  return small.length === text.length ? small : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
