/** Whether objects are of one hidden class, as only V8 knows. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--allow-natives-syntax')
const areAlike = runInNewContext('(one, other) => %HaveSameMap(one, other)') as (one: unknown, other: unknown) => boolean

/** V8 settles for a class once it has seen some. */
const RUNS = 30

/** Which of the named things are of another class from run to run. */
export function unlike(make: () => Record<string, object>): string[] {
  const runs = Array.from({ length: RUNS }, make)
  const [one = {}, other = {}] = runs.slice(-2)
  return Object.keys(one).filter((name) => !areAlike(one[name], other[name]))
}
