/**
 * Which names a clause of the price list means.
 *
 * @module
 */
import type { Match } from './listed.ts'

/** @param name in lower case */
export function matches(match: Match, name: string): boolean {
  if ('or' in match) return match.or.some((one) => matches(one, name))
  if ('and' in match) return match.and.every((one) => matches(one, name))
  if ('equals' in match) return name === match.equals.toLowerCase()
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase())
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase())
  if ('contains' in match) return name.includes(match.contains.toLowerCase())
  return 'regex' in match && new RegExp(match.regex).test(name)
}
