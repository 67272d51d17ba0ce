/**
 * Schemas of which one or the other may hold, as one. What must hold together is joined (`join.ts`).
 *
 * @module
 */
import { isObject, setField, type JsonObject } from '../../../core/json.ts'

/** `own` and `other` in one node: properties and required of both, otherwise `own` wins. */
export function mergeSchemas(own: JsonObject, other: JsonObject): JsonObject {
  const merged: JsonObject = { ...other, ...own }
  if (isObject(own.properties) && isObject(other.properties)) merged.properties = mergeProperties(own.properties, other.properties)
  if (Array.isArray(own.required) && Array.isArray(other.required))
    merged.required = [...new Set([...(own.required as unknown[]), ...(other.required as unknown[])])]
  return merged
}

function mergeProperties(own: JsonObject, other: JsonObject): JsonObject {
  const merged = { ...own }
  for (const [name, schema] of Object.entries(other)) {
    const known = Object.hasOwn(own, name) ? own[name] : undefined
    setField(merged, name, isObject(known) && isObject(schema) ? mergeSchemas(known, schema) : (known ?? schema))
  }
  return merged
}
