/**
 * What the texts of targets mean.
 *
 * @module
 */
import { readNamed, type NamedModel } from '../../router/routing/names.ts'
import type { Path } from './problem.ts'
import type { ReadConfig } from './schema.ts'
import type { Target } from './target-schema.ts'

/** Reads "endpoint", "pool" or "endpoint/model", as the router does. `undefined` where no known name stands there. */
export const readTarget = (names: Iterable<string>, text: string): NamedModel | undefined =>
  readNamed(Object.fromEntries([...names].map((name) => [name, false])), text)

/** All texts in a target that name where to go, with their paths. */
export function namesIn(target: Target, path: Path): { text: string; path: Path }[] {
  if (typeof target === 'string') return [{ text: target, path }]
  return [
    ...(target.to === undefined ? [] : namesIn(target.to, [...path, 'to'])),
    ...(target.fallbacks ?? []).flatMap((item, index) => namesIn(item, [...path, 'fallbacks', index])),
    ...(target.split ?? []).flatMap((item, index) => namesIn(item.to, [...path, 'split', index, 'to'])),
  ]
}

/** The routes of a configuration that hold targets. */
type RoutesOf = NonNullable<ReadConfig['routes']>

/** All targets of all routes, with their paths. */
export function targetsIn({
  rules,
  models,
  tiers,
  aliases: _aliases,
  explicit: _explicit,
  retry: _retry,
  ...slots
}: RoutesOf): { target: Target; path: Path }[] {
  const entries = (targets: Readonly<Record<string, Target | undefined>> | undefined, base: Path) =>
    Object.entries(targets ?? {}).flatMap(([name, target]) => (target === undefined ? [] : [{ target, path: [...base, name] }]))
  return [
    ...entries(slots, ['routes']),
    ...entries(models, ['routes', 'models']),
    ...entries(tiers, ['routes', 'tiers']),
    ...(rules ?? []).map(({ to }, index) => ({ target: to, path: ['routes', 'rules', index, 'to'] })),
  ]
}
