/**
 * What a node is made of: itself, what it refers to, and the parts of its `allOf`, however these lead on to each other.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'
import { targetOf } from './refs.ts'

interface Parts {
  /** Without `$ref`, `allOf` and definitions; what comes first has the say. */
  parts: JsonObject[]
  /** References whose targets are among the parts. */
  followed: string[]
  /** References that `enter` did not let through. */
  again: string[]
  /** References that lead nowhere inside the schema. */
  astray: string[]
  /** How many parts are no schemas. */
  strays: number
}

/** Takes `source` apart. `enter` is asked once for each reference whether to follow it. */
export function partsOf(source: JsonObject, root: JsonObject, enter: (ref: string) => boolean): Parts {
  const found: Parts = { parts: [], followed: [], again: [], astray: [], strays: 0 }
  const seen = new Set<string>()
  // a stack rather than calls: nothing bounds how deep they nest
  const waiting: unknown[] = [source]
  while (waiting.length) {
    const part = waiting.pop()
    if (!isObject(part)) {
      if (part !== true) found.strays++
      continue
    }
    const { $ref, allOf, $defs: _, definitions: __, ...own } = part
    found.parts.push(own)
    if (Array.isArray(allOf)) for (let i = allOf.length; i-- > 0;) waiting.push(allOf[i])
    else if (allOf !== undefined) found.strays++
    if (typeof $ref !== 'string' || seen.has($ref)) continue
    seen.add($ref)
    const target = targetOf($ref, root)
    if (!target) found.astray.push($ref)
    else if (!enter($ref)) found.again.push($ref)
    else {
      found.followed.push($ref)
      waiting.push(target)
    }
  }
  return found
}
