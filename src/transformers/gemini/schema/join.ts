/**
 * Schemas that must hold together, as one.
 *
 * @module
 */
import { isObject, setField, type JsonObject } from '../../../core/json.ts'
import { isOfCondition } from './conditions.ts'
import { hintOf, withHint } from './hints.ts'

/** One value that says what all of several different ones say; `undefined` where there is none. */
type Join = (values: readonly unknown[]) => unknown

const typed =
  <T>(is: (value: unknown) => value is T, join: (values: readonly T[]) => unknown): Join =>
  (values) =>
    values.every(is) ? join(values) : undefined

const isNumber = (value: unknown): value is number => typeof value === 'number'
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const listOf = (value: unknown): unknown[] => (isList(value) ? value : [value])
const numbers = (join: (own: number, other: number) => number): Join =>
  typed(isNumber, (values) => values.reduce((own, other) => join(own, other)))

/** Put in one node where they are looked at, and in one list: lists in lists would grow with each part. */
const schemas: Join = (values) => {
  if (values.includes(false)) return false
  const binding = values.filter((value) => value !== true)
  if (binding.length < 2) return binding[0]
  return binding.every(isObject) ? { allOf: binding } : undefined
}

const properties = typed(isObject, (maps) => {
  const named = gathered(maps)
  const joined: JsonObject = {}
  for (const [name, values] of named) setField(joined, name, values.length > 1 ? (schemas(values) ?? values[0]) : values[0])
  return joined
})

const type: Join = (values) => {
  const within = (types: unknown[], others: unknown[]) =>
    types.filter((name) => others.includes(name) || (name === 'integer' && others.includes('number')))
  const common = values.map(listOf).reduce((own, other) => [...new Set([...within(own, other), ...within(other, own)])])
  return common.length > 1 ? common : common[0]
}

const inAll = (lists: readonly unknown[][]): unknown => {
  const common = lists.reduce((own, other) => {
    const known = new Set(other.map((value) => JSON.stringify(value)))
    return own.filter((value) => known.has(JSON.stringify(value)))
  })
  return common.length ? common : undefined
}

const JOINS: ReadonlyMap<string, Join> = new Map<string, Join>([
  ['properties', properties],
  ['items', schemas],
  ['additionalProperties', schemas],
  ['type', type],
  ['enum', typed(isList, inAll)],
  ['required', typed(isList, (lists) => [...new Set(lists.flat())])],
  ['uniqueItems', (values) => values.includes(true)],
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((key): [string, Join] => [key, numbers(Math.max)]),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map((key): [string, Join] => [key, numbers(Math.min)]),
])

const NOTES = new Set(['description', 'title', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly'])

/** Keywords that bind nothing. */
export const isAnnotation = (key: string): boolean => NOTES.has(key) || key.startsWith('$') || key.startsWith('x-')

export const isSame = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other)

/** What the objects say, by key: different values only, the first of them first. */
function gathered(objects: readonly JsonObject[]): Map<string, unknown[]> {
  const all = new Map<string, unknown[]>()
  for (const object of objects)
    for (const key of Object.keys(object)) {
      const value = object[key]
      const known = all.get(key)
      if (value === undefined) continue
      if (known) known.push(value)
      else all.set(key, [value])
    }
  for (const [key, values] of all)
    if (values.length > 1) all.set(key, [...new Map(values.map((value) => [JSON.stringify(value), value])).values()])
  return all
}

/** The description tells so many: each is looked for in it. */
const MOST_HINTS = 8

/** All parts but their conditions in one node. Where several cannot be one, the first stays and the description tells the others. */
export function joinSchemas(parts: readonly JsonObject[], lose: (key: string, reason: string) => void): JsonObject {
  const joined: JsonObject = {}
  const hints: string[] = []
  for (const [key, values] of gathered(parts)) {
    if (isOfCondition(key)) continue
    const [first, ...others] = values
    const whole = others.length && !isAnnotation(key) ? JOINS.get(key)?.(values) : first
    setField(joined, key, whole ?? first)
    if (whole !== undefined) continue
    lose(key, 'schemas that must hold together differ here; the description tells the others')
    hints.push(...others.slice(0, MOST_HINTS).map((value) => hintOf(key, value)))
  }
  for (const hint of hints.slice(0, MOST_HINTS)) joined.description = withHint(joined.description, hint)
  return joined
}
