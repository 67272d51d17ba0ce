/**
 * What is said by the names of models.
 *
 * @module
 */
import { globOf } from '../../router/routing/glob.ts'
import type { ByModel } from './prices.ts'

/** Finds what is said of a model: exact names first, then patterns, the most specific first; of two alike the first. `*` alone comes last. */
export function byModel<T>(said: ByModel<T> = {}): (names: readonly string[]) => T | undefined {
  const entries = Object.entries(said).map(([pattern, value]) => ({ value, glob: globOf(pattern) }))
  const ordered = entries.toSorted((a, b) => Number(a.glob.wild) - Number(b.glob.wild) || b.glob.weight - a.glob.weight)
  return (names) => ordered.find(({ glob }) => names.some((name) => glob.test(name)))?.value
}
