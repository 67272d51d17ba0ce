/**
 * Which request meets which fault.
 *
 * @module
 */
import type { ChaosRequest } from './request.ts'
import type { Fault } from './fault.ts'

/**
 * A fault for every request; a list with one entry for each request in turn, `undefined` for a good answer and nothing but good
 * answers after its end; or a function that decides.
 */
export type Script = Fault | readonly (Fault | undefined)[] | ((request: ChaosRequest) => Fault | undefined)

/** A script as the function that each request asks. */
export function readScript(script: Script | undefined): (request: ChaosRequest) => Fault | undefined {
  if (typeof script === 'function') return script
  if (!isList(script)) return () => script
  let next = 0
  return () => script[next++]
}

const isList = (script: Script | undefined): script is readonly (Fault | undefined)[] => Array.isArray(script)

/** A script of `bad` requests that meet `fault`, then `good` ones that do not, and again. Each provider needs its own. */
export function flapping(
  fault: Fault,
  { bad = 1, good = 1 }: { bad?: number; good?: number } = {},
): (request: ChaosRequest) => Fault | undefined {
  let asked = 0
  return () => (asked++ % (bad + good) < bad ? fault : undefined)
}

/** A script in which each request meets `fault` with `probability`, from 0 to 1. `random` gives numbers from 0 up to 1. */
export const sometimes =
  (fault: Fault, probability: number, random: () => number): ((request: ChaosRequest) => Fault | undefined) =>
  () =>
    random() < probability ? fault : undefined
