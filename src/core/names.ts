/**
 * Names that the target takes, and the way back. The shortening depends on the name alone, so that the same name is
 * the same in every request: the history comes back with the original names, and prompt caches stay warm.
 *
 * @module
 */
import type { NameRule } from './dialect.ts'

export interface NameMap {
  /** The name as the target takes it. */
  fit(name: string): string
  /** The original of a name that came back; itself where it was never changed. Models change the case of names now and then: a unique match without regard to case counts. */
  restore(name: string): string
}

/** @param known names that may come back in another case although they were never fitted (the tools on offer) */
export function createNameMap(rule: NameRule, known: Iterable<string> = []): NameMap {
  const originals = new Map<string, string>()
  const fit = (name: string): string => {
    const known = originals.get(name)
    if (known === name) return name
    const fitted = fitTo(rule, name)
    if (fitted === name ? known === undefined : !originals.has(fitted)) originals.set(fitted, name)
    return fitted
  }
  for (const name of known) fit(name)
  return { fit, restore: (name) => originals.get(name) ?? inAnotherCase(name, originals) ?? name }
}

/** A name as a target with this rule takes it, where nothing has to be restored. */
export const fitTo = (rule: NameRule, name: string): string => (isLegal(name, rule) ? name : fitName(name, rule))

/** The one original whose fitted name differs from `name` in case alone. */
function inAnotherCase(name: string, originals: Map<string, string>): string | undefined {
  const folded = name.toLowerCase()
  const matches = [...originals].filter(([fitted]) => fitted.toLowerCase() === folded)
  return matches.length === 1 ? matches[0]?.[1] : undefined
}

const isLegal = (name: string, rule: NameRule) =>
  name.length <= rule.max && (!rule.exact || name.length === rule.max) && rule.pattern.test(name)

/** As much of the name as fits, and a hash of all of it. */
function fitName(name: string, rule: NameRule): string {
  const hash = hashName(name)
  if (rule.exact) return (hash + hashName(hash)).slice(0, rule.max)
  const clean = name.replace(/[^a-zA-Z0-9_-]/g, '_')
  const head = /^[a-zA-Z_]/.test(clean) || rule.pattern.test('0') ? clean : `_${clean}`
  return `${head.slice(0, rule.max - 9)}_${hash}`
}

/** Eight hex digits of 32-bit FNV-1a: enough to tell a request's names apart, and synchronous. */
function hashName(name: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
