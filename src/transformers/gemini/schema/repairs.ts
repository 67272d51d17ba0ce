/**
 * Keywords of JSON Schema that Gemini refuses or ignores, and what is said in their place.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'
import { hintOf, said, withHint, without, type Repair } from './hints.ts'
import { constant, enumeration } from './values.ts'

const hinted: Repair = (node, key, lose) => {
  lose('Gemini does not enforce this; the description tells it')
  return said(node, key)
}

/** `exclusiveMinimum: 0` of an integer is `minimum: 1`; of a number only nearly `minimum: 0`. The older boolean form modifies `minimum`. */
const exclusive =
  (bound: 'minimum' | 'maximum', step: number): Repair =>
  (node, key, lose) => {
    const limit = node[key]
    if (typeof limit !== 'number') {
      if (limit === false) return without(node, key)
      return hinted(node, key, lose)
    }
    const tighter = (value: number) => {
      const known = node[bound]
      return typeof known !== 'number' ? value : step > 0 ? Math.max(known, value) : Math.min(known, value)
    }
    if (node.type === 'integer') return { ...without(node, key), [bound]: tighter(step > 0 ? Math.floor(limit) + 1 : Math.ceil(limit) - 1) }
    lose(`Gemini knows ${bound} only; the description tells that the bound itself is excluded`)
    return { ...said(node, key), [bound]: tighter(limit) }
  }

const required: Repair = (node, key, lose) => {
  const names = node[key]
  if (!Array.isArray(names)) {
    lose('required is a list of names; this was left out')
    return without(node, key)
  }
  const properties = isObject(node.properties) ? node.properties : {}
  const known = (names as unknown[]).filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
  if (known.length === names.length) return node.properties === undefined && !known.length ? without(node, key) : node
  names.forEach((name, i) => {
    if (!known.includes(name)) lose('Gemini refuses a required property that is not listed; the description tells it', `/${i}`)
  })
  const missing = (names as unknown[]).filter((name) => !known.includes(name))
  const out: JsonObject = { ...node, description: withHint(node.description, hintOf('required', missing)) }
  return known.length ? { ...out, [key]: known } : without(out, key)
}

/** Properties must be a map; `required: true` inside a property belongs to the object around it. */
const properties: Repair = (node, key) => {
  const map = node[key]
  if (!isObject(map)) return { ...node, [key]: {} }
  const hoisted = Object.keys(map).filter((name) => isObject(map[name]) && typeof map[name].required === 'boolean')
  if (!hoisted.length) return node.type === undefined ? { ...node, type: 'object' } : node
  const cleaned = Object.fromEntries(
    Object.entries(map).map(([name, schema]) => [name, hoisted.includes(name) ? without(schema as JsonObject, 'required') : schema]),
  )
  const names = hoisted.filter((name) => (map[name] as JsonObject).required === true)
  const known = Array.isArray(node.required) ? (node.required as unknown[]) : []
  return { ...node, [key]: cleaned, ...(names.length && { required: [...new Set([...known, ...names])] }) }
}

const emptyList: Repair = (node, key) => {
  const value = node[key]
  return Array.isArray(value) && value.length ? node : without(node, key)
}

/** By keyword. Keywords that are not listed pass as they are. */
export const REPAIRS: ReadonlyMap<string, Repair> = new Map<string, Repair>([
  ['properties', properties],
  ['required', required],
  ['enum', enumeration],
  ['const', constant],
  ['anyOf', emptyList],
  ['oneOf', emptyList],
  ['exclusiveMinimum', exclusive('minimum', 1)],
  ['exclusiveMaximum', exclusive('maximum', -1)],
  // they say nothing without a condition
  ['then', without],
  ['else', without],
  ...[
    'not',
    'multipleOf',
    'uniqueItems',
    'propertyNames',
    'patternProperties',
    'contains',
    'minContains',
    'maxContains',
    'dependentRequired',
    'dependentSchemas',
    'dependencies',
    'unevaluatedProperties',
    'unevaluatedItems',
    'contentMediaType',
    'contentEncoding',
    'contentSchema',
  ].map((key): [string, Repair] => [key, hinted]),
])
