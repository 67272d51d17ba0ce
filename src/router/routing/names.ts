/**
 * Endpoints by the names that configuration and clients call them.
 *
 * @module
 */
import type { Fetch } from '../fetch.ts'

/** Fetches by name; `false`: known, and switched off. Read anew for each request. */
export type Endpoints = Readonly<Record<string, Fetch | false>>

export interface NamedModel {
  /** As it is configured. */
  name: string
  model?: string
}

const SEPARATORS = /[,:/]/g

/** The configured name that a text calls; case does not matter, unless two names differ in nothing else. */
export function nameIn(endpoints: Endpoints, text: string): string | undefined {
  if (Object.hasOwn(endpoints, text)) return text
  const lower = text.toLowerCase()
  return Object.keys(endpoints).find((name) => name.toLowerCase() === lower)
}

/**
 * Reads `name`, `name/model`, `name,model` and `name:model`. Names and models may hold these signs themselves: the longest known name counts.
 * `undefined` where no known name stands there.
 */
export function readNamed(endpoints: Endpoints, text: string): NamedModel | undefined {
  const whole = nameIn(endpoints, text)
  if (whole !== undefined) return { name: whole }
  for (const { index } of [...text.matchAll(SEPARATORS)].toReversed()) {
    const name = nameIn(endpoints, text.slice(0, index))
    const model = text.slice(index + 1).trim()
    if (name !== undefined && model) return { name, model }
  }
  return undefined
}

/** The names of what is switched on, for errors. */
export const knownNames = (endpoints: Endpoints): string => {
  const names = Object.keys(endpoints).filter((name) => endpoints[name] !== false)
  return names.length ? names.join(', ') : 'none'
}
