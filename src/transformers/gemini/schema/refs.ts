/**
 * References inside a schema.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'

/** What a local reference (`#`, `#/$defs/Name`) points at; `undefined` for a reference elsewhere or nowhere. */
export function targetOf(ref: string, root: JsonObject): JsonObject | undefined {
  if (ref === '#') return root
  if (!ref.startsWith('#/')) return undefined
  let value: unknown = root
  for (const step of ref.slice(2).split('/')) {
    const key = keyOf(step)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return isObject(value) ? value : undefined
}

/** A step that cannot be decoded (`100%`) was never encoded. */
const keyOf = (step: string): string => {
  const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
  if (!step.includes('%')) return key
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return key
  }
}

/** The last step of a reference: `Node` of `#/$defs/Node`. */
export const nameOfRef = (ref: string): string => (ref === '#' ? 'root' : keyOf(ref.slice(ref.lastIndexOf('/') + 1)))

/** Names for the definitions that stay, one for each reference. */
interface RefNames {
  nameFor(ref: string): string
  /** The names by reference. */
  readonly all: ReadonlyMap<string, string>
}

/** Two references may end alike (`#/$defs/a`, `#/properties/a`), and a name that needs no escapes is read alike everywhere. */
export function createRefNames(): RefNames {
  const all = new Map<string, string>()
  const taken = new Set<string>()
  const nameFor = (ref: string): string => {
    const known = all.get(ref)
    if (known !== undefined) return known
    const plain = nameOfRef(ref).replace(/[^\w.-]/g, '_')
    let name = plain
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`
    taken.add(name)
    all.set(ref, name)
    return name
  }
  return { nameFor, all }
}
