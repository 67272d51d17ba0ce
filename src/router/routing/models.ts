/**
 * Routes by the model that is asked for, and other names of models.
 *
 * @module
 */
import { globOf, type Glob } from './glob.ts'
import type { Target } from './target.ts'

export interface ModelRoute {
  /** As it is configured. */
  pattern: string
  target: Target
  /** What `*` in the target's model stands for. */
  star: string
}

export interface ModelRoutes {
  find(model: string): ModelRoute | undefined
  /** Whether a route names just this model, without `*`. */
  has(model: string): boolean
}

/** Exact names come first, then patterns, the most specific first; of two alike the first in the configuration. */
export function modelRoutes(models: Readonly<Record<string, Target>> = {}): ModelRoutes {
  const entries = Object.entries(models).map(([pattern, target]) => ({ pattern, target, glob: globOf(pattern) }))
  const exact = entries.filter(({ glob }) => !glob.wild)
  const wild = entries.filter(({ glob }) => glob.wild).toSorted((a, b) => b.glob.weight - a.glob.weight)
  const fitting =
    (model: string) =>
    ({ glob, pattern }: { glob: Glob; pattern: string }) =>
      pattern === model || glob.test(model)
  return {
    find(model) {
      const found = exact.find(({ pattern }) => pattern === model) ?? exact.find(fitting(model)) ?? wild.find(fitting(model))
      return found && { pattern: found.pattern, target: found.target, star: found.glob.wild ? found.glob.rest(model) : model }
    },
    has: (model) => exact.some(fitting(model)),
  }
}

/** Resolves other names of models, names of names, too. Case does not matter. @throws TypeError for names that go round in a circle */
export function aliasesOf(aliases: Readonly<Record<string, string>> = {}): (model: string | undefined) => string | undefined {
  const known = new Map(Object.entries(aliases).map(([name, model]) => [name.toLowerCase(), model]))
  const resolve = (model: string, seen: readonly string[] = []): string => {
    const name = model.toLowerCase()
    if (seen.includes(name)) throw new TypeError(`router: the aliases ${[...seen, name].join(' -> ')} go round in a circle.`)
    const next = known.get(name)
    return next === undefined ? model : next.toLowerCase() === name ? next : resolve(next, [...seen, name])
  }
  for (const name of known.keys()) resolve(name)
  return (model) => (model === undefined || !known.size ? model : resolve(model))
}
