/**
 * What the schema says about a place in the configuration.
 *
 * @module
 */
import type * as v from 'valibot'

type Schema = v.GenericSchema & {
  wrapped?: Schema
  entries?: Record<string, Schema>
  options?: readonly Schema[]
  item?: Schema
  value?: Schema
  key?: Schema
  getter?: (input: unknown) => Schema
  pipe?: readonly unknown[]
}

/** The schema below optional values, those that may be null, and lazy schemas. */
export function plainSchema(schema: v.GenericSchema): Schema {
  const found = schema as Schema
  if (found.wrapped) return plainSchema(found.wrapped)
  if (found.type === 'lazy') return plainSchema(found.getter!(undefined))
  return found
}

/** The fields that an object of this schema may have, in whichever way it is written; `undefined` where it takes no fixed ones. */
export function fieldsOf(schema: v.GenericSchema): Readonly<Record<string, v.GenericSchema>> | undefined {
  const { entries, options } = plainSchema(schema)
  if (entries) return entries
  const ways = options?.map(fieldsOf).filter((fields) => fields !== undefined)
  return ways?.length ? Object.assign({}, ...ways.toReversed()) : undefined
}

/** What each value of a record or list of this schema is. */
export function itemsOf(schema: v.GenericSchema): v.GenericSchema | undefined {
  const { item, value, options } = plainSchema(schema)
  return item ?? value ?? options?.map(itemsOf).find((found) => found !== undefined)
}

/** The schema of the place that `path` leads to. */
export const schemaAt = (schema: v.GenericSchema, path: readonly (string | number)[]): v.GenericSchema | undefined =>
  path.reduce<v.GenericSchema | undefined>((at, step) => at && (fieldsOf(at)?.[String(step)] ?? itemsOf(at)), schema)

/** A schema's own description, wherever in its wrappings it is. */
export function descriptionOf(schema: v.GenericSchema): string | undefined {
  const found = schema as Schema
  const own = found.pipe?.findLast((item) => (item as { type?: string }).type === 'description') as { description: string } | undefined
  if (own) return own.description
  if (found.wrapped) return descriptionOf(found.wrapped)
  return found.type === 'lazy' ? descriptionOf(found.getter!(undefined)) : undefined
}
