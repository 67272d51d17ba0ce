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
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return isObject(value) ? value : undefined
}

/** The last step of a reference: `Node` of `#/$defs/Node`. */
export const nameOfRef = (ref: string): string => (ref === '#' ? 'root' : ref.slice(ref.lastIndexOf('/') + 1))
