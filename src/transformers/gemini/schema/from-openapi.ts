/**
 * Google's Schema message (an OpenAPI 3.0 subset) as JSON Schema.
 * @see https://ai.google.dev/api/caching#Schema
 *
 * @module
 */
import type { Located } from '../../../core/chat.ts'
import { isObject, pointer, type JsonObject } from '../../../core/json.ts'
import { camelKey } from '../spelling.ts'

/** int64 fields, which Google's JSON writes as strings. */
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/** Keys with another name or another form in JSON Schema. */
const FORMS: Record<string, (value: unknown, schema: JsonObject) => JsonObject> = {
  type: (value) => (value === 'TYPE_UNSPECIFIED' ? {} : { type: lower(value) }),
  nullable: () => ({}),
  propertyOrdering: () => ({}),
  format: (value) => (value === 'enum' ? {} : { format: value }),
  example: (value) => ({ examples: [value] }),
  items: (value) => ({ items: inner(value) }),
  anyOf: (value) => ({ anyOf: Array.isArray(value) ? value.map(inner) : value }),
  additionalProperties: (value) => ({ additionalProperties: inner(value) }),
  properties: (value) => ({ properties: mapOf(value) }),
  defs: (value) => ({ $defs: mapOf(value) }),
  ref: (value) => ({ $ref: typeof value === 'string' ? value.replace('#/defs/', '#/$defs/') : value }),
  enum: (value, schema) => ({ enum: /^(integer|number)$/i.test(String(schema.type)) && Array.isArray(value) ? value.map(numeric) : value }),
}

/** Reads a Schema message. Never changes its input. */
export function fromOpenApi(message: JsonObject): JsonObject {
  const source: JsonObject = {}
  for (const key in message) source[key.startsWith('x_') ? key : camelKey(key)] = message[key]
  const schema: JsonObject = {}
  for (const key in source) {
    const value = source[key]
    if (COUNTS.has(key)) schema[key] = numeric(value)
    else if (Object.hasOwn(FORMS, key)) Object.assign(schema, FORMS[key]!(value, source))
    else schema[key] = value
  }
  if (isObject(schema.properties) && Array.isArray(source.propertyOrdering))
    schema.properties = inOrder(schema.properties, source.propertyOrdering)
  const settled = withoutForeignType(schema)
  return source.nullable === true ? orNull(settled) : settled
}

const inner = (value: unknown): unknown => (isObject(value) ? fromOpenApi(value) : value)
const lower = (type: unknown): unknown => (typeof type === 'string' ? type.toLowerCase() : Array.isArray(type) ? type.map(lower) : type)
const numeric = (value: unknown): unknown =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value
const mapOf = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, inner(schema)])) : value

/** Where `propertyOrdering` names what is no property: that has no effect here, and no counterpart elsewhere. */
export function strayOrdering(message: unknown, at: string): Located[] {
  if (Array.isArray(message)) return message.flatMap((item, i) => strayOrdering(item, pointer(at, i)))
  if (!isObject(message)) return []
  const ordering = message.propertyOrdering ?? message.property_ordering
  const properties = isObject(message.properties) ? message.properties : {}
  const stray = Array.isArray(ordering) && ordering.some((name) => typeof name !== 'string' || !Object.hasOwn(properties, name))
  return [
    ...(stray ? [{ at, extra: { gemini: { propertyOrdering: ordering } } }] : []),
    ...Object.entries(properties).flatMap(([name, schema]) => strayOrdering(schema, pointer(`${at}/properties`, name))),
    ...['items', 'anyOf'].flatMap((key) => strayOrdering(message[key], pointer(at, key))),
  ]
}

/** Google reads properties in this order; JSON Schema has no word for it but the order of the keys. */
function inOrder(properties: JsonObject, ordering: unknown[]): JsonObject {
  const first = ordering.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name))
  return Object.fromEntries([
    ...first.map((name) => [name, properties[name]] as const),
    ...Object.entries(properties).filter(([name]) => !first.includes(name)),
  ])
}

const typesOf = (schema: unknown): unknown[] =>
  !isObject(schema) || schema.type === undefined ? [] : Array.isArray(schema.type) ? (schema.type as unknown[]) : [schema.type]
/** JSON Schema counts integers among the numbers. */
const widened = (types: unknown[]): unknown[] => types.map((type) => (type === 'integer' ? 'number' : type))

/** Google goes by `anyOf` alone: its SDK for Python writes `OBJECT` beside a union of texts and numbers. JSON Schema asks for both. */
function withoutForeignType(schema: JsonObject): JsonObject {
  const own = widened(typesOf(schema))
  if (!own.length || !Array.isArray(schema.anyOf)) return schema
  const isForeign = (types: unknown[]) => types.length > 0 && !types.some((type) => own.includes(type))
  if (!schema.anyOf.some((branch) => isForeign(widened(typesOf(branch))))) return schema
  const { type: _, ...rest } = schema
  return rest
}

const NULL = { type: 'null' }

/** Each keyword that null would fail has to allow it. */
function orNull(schema: JsonObject): JsonObject {
  const { $ref, ...rest } = schema
  if ($ref !== undefined && rest.anyOf === undefined) return { ...rest, anyOf: [{ $ref }, NULL] }
  const types = typesOf(schema)
  const branches = Array.isArray(schema.anyOf) ? (schema.anyOf as unknown[]) : undefined
  const values = Array.isArray(schema.enum) ? (schema.enum as unknown[]) : undefined
  return {
    ...schema,
    ...(types.length && !types.includes('null') && { type: [...types, 'null'] }),
    ...(branches && !branches.some((branch) => typesOf(branch).includes('null')) && { anyOf: [...branches, NULL] }),
    ...(values && !values.includes(null) && { enum: [...values, null] }),
  }
}
