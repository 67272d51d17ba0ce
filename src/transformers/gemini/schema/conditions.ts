/**
 * `if`, `then` and `else`: Gemini knows no conditions.
 *
 * @module
 */
import { isEmpty, isObject, setField, type JsonObject } from '../../../core/json.ts'
import { hintOf, withHint } from './hints.ts'

const KEYS = new Set(['if', 'then', 'else'])

/** They belong together, and are told one by one: a schema without them is joined with others. */
export const isOfCondition = (key: string): boolean => KEYS.has(key)

/** The condition of a schema, if there is one. */
export const conditionOf = (schema: JsonObject): JsonObject[] =>
  schema.if === undefined ? [] : [Object.fromEntries(Object.entries(schema).filter(([key]) => KEYS.has(key)))]

/** The node without a condition: properties that only its branches know become optional ones, and all else is but told. */
export function unconditional(node: JsonObject, condition: JsonObject, branches: readonly JsonObject[]): JsonObject {
  const hint = Object.entries(condition)
    .map(([key, value]) => hintOf(key, value))
    .join(', ')
  const told: JsonObject = { ...node, description: withHint(node.description, hint) }
  const known = isObject(node.properties) ? node.properties : {}
  const added: JsonObject = {}
  for (const { properties } of branches)
    if (isObject(properties))
      for (const name of Object.keys(properties))
        if (!Object.hasOwn(known, name) && !Object.hasOwn(added, name)) setField(added, name, properties[name])
  return isEmpty(added) ? told : { ...told, properties: { ...known, ...added } }
}
