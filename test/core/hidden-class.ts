/** Whether objects are of one hidden class, as only V8 knows. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--allow-natives-syntax')
const areAlike = runInNewContext('(one, other) => %HaveSameMap(one, other)') as (one: unknown, other: unknown) => boolean

/** V8 settles for a class once it has seen some. */
const RUNS = 30
/** By then what is done once for each large request is compiled, too. */
const COMPILED_RUNS = 500

/** Which of the named things are of another class from run to run. */
export function unlike(make: () => Record<string, object>): string[] {
  const runs = Array.from({ length: RUNS }, make)
  const [one = {}, other = {}] = runs.slice(-2)
  return Object.keys(one).filter((name) => !areAlike(one[name], other[name]))
}

/** Lists at any depth, by their place. */
function listsIn(value: unknown, place = '', found = new Map<string, unknown[]>(), seen = new Set<unknown>()): Map<string, unknown[]> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return found
  seen.add(value)
  if (Array.isArray(value)) found.set(place, value)
  for (const [name, inner] of Object.entries(value)) listsIn(inner, `${place}/${name}`, found, seen)
  return found
}

/**
 * Where what is made has lists of another kind once V8's optimizing compiler has compiled what makes them. All is made once before anything
 * is compiled: to be called before any of it has run, in a file of its own.
 */
export function changedByCompiler(makes: Record<string, () => object>): Record<string, string[]> {
  setFlagsFromString('--no-opt')
  const lists = Object.entries(makes).map(([name, make]) => {
    for (let run = 0; run < RUNS; run++) make()
    return { name, make, before: listsIn(make()) }
  })
  for (const flag of ['--opt', '--no-concurrent-recompilation']) setFlagsFromString(flag)
  for (const { make } of lists) for (let run = 0; run < COMPILED_RUNS; run++) make()
  return Object.fromEntries(
    lists.map(({ name, make, before }) => {
      const after = listsIn(make())
      if (!before.size) throw new Error(`${name}: there are no lists to look at`)
      return [name, [...before].flatMap(([place, list]) => (areAlike(list, after.get(place)) ? [] : [place]))]
    }),
  )
}
