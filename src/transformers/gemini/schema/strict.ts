/**
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'

/** Whether every object of a schema lists all of its properties as required and forbids others: what strict tools of other providers need. */
export function isClosed(schema: JsonObject): boolean {
  if (isObject(schema.properties) || schema.type === 'object') {
    const names = Object.keys(isObject(schema.properties) ? schema.properties : {})
    const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : []
    if (schema.additionalProperties !== false || !names.every((name) => required.includes(name))) return false
  }
  const below = [
    ...Object.values(isObject(schema.properties) ? schema.properties : {}),
    ...Object.values(isObject(schema.$defs) ? schema.$defs : {}),
    schema.items,
    ...(Array.isArray(schema.anyOf) ? (schema.anyOf as unknown[]) : []),
  ]
  return below.every((inner) => !isObject(inner) || isClosed(inner))
}
