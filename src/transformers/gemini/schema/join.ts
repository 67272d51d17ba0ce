/**
 * Schemas that must hold together, as one.
 *
 * @module
 */
import { isObject, setField, type JsonObject } from '../../../core/json.ts'
import { hintOf, withHint } from './hints.ts'

/** One value that says what both say; `undefined` where there is none. */
type Join = (own: unknown, other: unknown) => unknown

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value])
const lists =
  (join: (own: unknown[], other: unknown[]) => unknown): Join =>
  (own, other) =>
    Array.isArray(own) && Array.isArray(other) ? join(own, other) : undefined
const numbers =
  (join: (...values: number[]) => number): Join =>
  (own, other) =>
    typeof own === 'number' && typeof other === 'number' ? join(own, other) : undefined

/** Put in one node where they are looked at. */
const schemas: Join = (own, other) => {
  if (own === false || other === false) return false
  if (own === true || isSame(own, other)) return other
  if (other === true) return own
  return isObject(own) && isObject(other) ? { allOf: [own, other] } : undefined
}

const properties: Join = (own, other) => {
  if (!isObject(own) || !isObject(other)) return undefined
  const joined = { ...own }
  for (const name of Object.keys(other))
    setField(joined, name, Object.hasOwn(own, name) ? (schemas(own[name], other[name]) ?? own[name]) : other[name])
  return joined
}

const type: Join = (own, other) => {
  const within = (types: unknown[], others: unknown[]) =>
    types.filter((name) => others.includes(name) || (name === 'integer' && others.includes('number')))
  const common = [...new Set([...within(listOf(own), listOf(other)), ...within(listOf(other), listOf(own))])]
  return common.length > 1 ? common : common[0]
}

const inBoth = (own: unknown[], other: unknown[]): unknown => {
  const common = own.filter((value) => other.some((known) => isSame(value, known)))
  return common.length ? common : undefined
}

const JOINS: ReadonlyMap<string, Join> = new Map<string, Join>([
  ['properties', properties],
  ['items', schemas],
  ['additionalProperties', schemas],
  ['type', type],
  ['enum', lists(inBoth)],
  ['required', lists((own, other) => [...new Set([...own, ...other])])],
  ['uniqueItems', (own, other) => own === true || other === true],
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((key): [string, Join] => [key, numbers(Math.max)]),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map((key): [string, Join] => [key, numbers(Math.min)]),
])

const NOTES = new Set(['description', 'title', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly'])
/** They belong together, and are told one by one. */
const CONDITION = new Set(['if', 'then', 'else'])

/** The condition of a schema, if there is one. */
export const conditionOf = (schema: JsonObject): JsonObject[] =>
  schema.if === undefined ? [] : [Object.fromEntries(Object.entries(schema).filter(([key]) => CONDITION.has(key)))]

/** Keywords that bind nothing. */
export const isAnnotation = (key: string): boolean => NOTES.has(key) || key.startsWith('$') || key.startsWith('x-')

export const isSame = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other)

/** All parts but their conditions in one node. Where two cannot be one, the first stays and the description tells the other. */
export function joinSchemas(parts: readonly JsonObject[], lose: (key: string, reason: string) => void): JsonObject {
  const joined: JsonObject = {}
  const hints: string[] = []
  for (const part of parts)
    for (const key of Object.keys(part)) {
      const value = part[key]
      if (value === undefined || CONDITION.has(key)) continue
      const known = Object.hasOwn(joined, key) ? joined[key] : undefined
      if (known === undefined) setField(joined, key, value)
      else if (!isAnnotation(key) && !isSame(known, value)) {
        const both = JOINS.get(key)?.(known, value)
        if (both !== undefined) joined[key] = both
        else {
          lose(key, 'schemas that must hold together differ here; the description tells the second one')
          hints.push(hintOf(key, value))
        }
      }
    }
  for (const hint of hints) joined.description = withHint(joined.description, hint)
  return joined
}
