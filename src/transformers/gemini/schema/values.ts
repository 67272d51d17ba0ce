/**
 * `enum` and `const`: texts and numbers for Gemini.
 *
 * @module
 */
import type { JsonObject } from '../../../core/json.ts'
import { hintOf, said, withHint, without, type Repair } from './hints.ts'

const typeOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value

const orNull = (type: unknown): unknown =>
  typeof type === 'string' ? [type, 'null'] : Array.isArray(type) && !type.includes('null') ? [...(type as unknown[]), 'null'] : type

const typesOf = (values: readonly unknown[]): unknown => {
  const types = [...new Set(values.map(typeOf))]
  return types.length > 1 ? types : types[0]
}

/** Null goes to the type, and what Gemini takes for no value to the description. */
export const enumeration: Repair = (node, key, lose) => {
  const values: unknown = node[key]
  if (!Array.isArray(values) || !values.length) {
    lose('this lists no values; it was left out')
    return without(node, key)
  }
  const some = [...new Set((values as unknown[]).filter((value) => value !== null))]
  if (!some.length) return { ...without(node, key), type: 'null' }
  const type = node.type ?? typesOf(some)
  const kept = some.filter((value) => value !== '')
  let out: JsonObject
  if (some.some((value) => typeof value === 'object')) {
    lose('Gemini takes no objects and lists among the values; the description tells them')
    out = { ...said(node, key, hintOf('one of', values)), type }
  } else if (kept.length === values.length) return node
  else out = kept.length ? { ...node, [key]: kept } : { ...without(node, key), type }
  if (some.length < values.length && values.includes(null)) out = { ...out, type: orNull(type) }
  if (kept.length < some.length) {
    lose('Gemini takes no empty text among the values; the description tells it')
    out = { ...out, description: withHint(out.description, 'may be empty') }
  }
  return out
}

/** A list of one value. */
export const constant: Repair = (node, key, lose) => {
  const value = node[key]
  const { const: _, ...rest } = node
  if (typeof value !== 'object' || value === null)
    return enumeration({ ...rest, type: rest.type ?? typeOf(value), enum: [value] }, 'enum', lose)
  lose('Gemini takes no object or list as the only value; the description tells it')
  return { ...said(node, key), type: rest.type ?? typeOf(value) }
}
