/**
 * Schemas that Gemini takes as they are.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'
import { REPAIRS } from './repairs.ts'

/** The keywords that hold schemas. */
export const HOLDERS: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties', 'anyOf', 'oneOf', 'prefixItems'])

/** Whether nothing can have to change. Told without a word for each place: most schemas are like this, and it takes a third of the time. */
export function isPlain(schema: unknown, depth: number): boolean {
  if (!isObject(schema) || depth === 0) return false
  for (const key in schema) if (!isPlainKeyword(schema, key, depth)) return false
  return true
}

function isPlainKeyword(schema: JsonObject, key: string, depth: number): boolean {
  const value = schema[key]
  switch (key) {
    // nearly all there is: not worth a look at the tables below
    case 'type':
    case 'description':
      return true
    case 'items':
      return isPlain(value, depth - 1)
    case 'additionalProperties':
      return typeof value === 'boolean'
    case 'enum':
      return isPlainList(value)
    case 'required':
      return isObject(schema.properties) && isPlainList(value) && areAll(value, schema.properties)
    case 'properties':
      if (!isObject(value) || schema.type === undefined) return false
      for (const name in value) if (!isPlain(value[name], depth - 1)) return false
      return true
    default:
      return !REPAIRS.has(key) && !HOLDERS.has(key) && key !== '$ref' && key !== 'allOf' && key !== 'maxItems'
  }
}

/** A list of different texts, none of them empty. Most are so short that to look through them costs a tenth of what a set does. */
function isPlainList(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length === 0) return false
  const isShort = value.length <= 16
  for (let i = 0; i < value.length; i++)
    if (typeof value[i] !== 'string' || value[i] === '' || (isShort && value.indexOf(value[i]) !== i)) return false
  return isShort || new Set(value).size === value.length
}

function areAll(names: string[], properties: JsonObject): boolean {
  for (const name of names) if (!Object.hasOwn(properties, name)) return false
  return true
}
