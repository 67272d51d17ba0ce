/**
 * A small value that fits a JSON Schema: what the demo provider calls tools with.
 *
 * @module
 */
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'

/** Deeper schemas refer to themselves. */
const MAX_DEPTH = 16

/**
 * Makes a value that fits `schema`, with required fields only. A default or an example in the schema is taken first. Of
 * patterns it knows common ones alone.
 */
export const sampleOf = (schema: JsonObject): unknown => sample(schema, { root: schema, depth: 0 })

interface Place {
  root: JsonObject
  depth: number
  /** The field's name, a hint at what it means. */
  name?: string
}

function sample(schema: JsonObject, place: Place): unknown {
  if (place.depth > MAX_DEPTH) return null
  const resolved = resolve(schema, place.root)
  const ready = [resolved.const, resolved.default, arrayOf(resolved.examples)[0], resolved.example, arrayOf(resolved.enum)[0]]
  for (const value of ready) if (value !== undefined) return value
  const choice = [...arrayOf(resolved.anyOf), ...arrayOf(resolved.oneOf)].find(isObject)
  if (choice) {
    const { anyOf: _, oneOf: __, ...rest } = resolved
    return sample(merge(rest, resolve(choice, place.root)), { ...place, depth: place.depth + 1 })
  }
  const make = SAMPLES[typeOf(resolved)]
  return make ? make(resolved, place) : {}
}

const SAMPLES: Record<string, (schema: JsonObject, place: Place) => unknown> = {
  object: sampleObject,
  array: sampleArray,
  string: (schema, { name }) => sampleString(schema, name),
  number: (schema) => sampleNumber(schema, 0),
  integer: (schema) => sampleNumber(schema, 1),
  boolean: () => false,
  null: () => null,
}

/** Gemini writes types in capitals. */
function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? (schema.type.find((name) => name !== 'null') ?? 'null') : schema.type
  return (stringOf(type) ?? (schema.items || schema.prefixItems ? 'array' : 'object')).toLowerCase()
}

function sampleObject(schema: JsonObject, place: Place): JsonObject {
  const properties = objectOf(schema.properties) ?? {}
  const names = arrayOf(schema.required).filter((name) => typeof name === 'string')
  return Object.fromEntries(
    names.map((name) => [name, sample(objectOf(properties[name]) ?? { type: 'string' }, { ...place, depth: place.depth + 1, name })]),
  )
}

function sampleArray(schema: JsonObject, place: Place): unknown[] {
  const below = { ...place, depth: place.depth + 1 }
  const first = arrayOf(schema.prefixItems).filter(isObject)
  const length = Math.max(first.length, Math.min(numberOf(schema.minItems) ?? 0, 100))
  return Array.from({ length }, (_, index) => sample(first[index] ?? objectOf(schema.items) ?? { type: 'string' }, below))
}

function sampleNumber(schema: JsonObject, whole: number): number {
  const step = numberOf(schema.multipleOf) ?? whole
  const above = numberOf(schema.exclusiveMinimum)
  const below = numberOf(schema.exclusiveMaximum)
  const low = numberOf(schema.minimum) ?? (above === undefined ? undefined : above + (step || 0.5))
  const high = numberOf(schema.maximum) ?? (below === undefined ? undefined : below - (step || 0.5))
  const value = Math.min(Math.max(0, low ?? -Infinity), high ?? Infinity)
  return step ? Math.ceil(value / step) * step : value
}

const FORMATS: Record<string, string> = {
  date: '2026-01-01',
  time: '00:00:00Z',
  'date-time': '2026-01-01T00:00:00Z',
  duration: 'PT1S',
  email: 'demo@example.com',
  hostname: 'example.com',
  ipv4: '127.0.0.1',
  ipv6: '::1',
  uri: 'https://example.com',
  url: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
}

/** Words that say something in fields of common names. */
const WORDS: readonly [name: RegExp, word: string][] = [
  [/city|location|place/i, 'Paris'],
  [/country/i, 'France'],
  [/url|uri|link/i, 'https://example.com'],
  [/path|file|dir/i, '.'],
  [/command|cmd/i, 'echo demo'],
]

function sampleString(schema: JsonObject, name = ''): string {
  const words = [
    FORMATS[stringOf(schema.format) ?? ''],
    WORDS.find(([pattern]) => pattern.test(name))?.[1],
    'demo',
    'Demo',
    'DEMO',
    'a',
    'A',
    '1',
    '00',
    '2026-01-01',
    '#000000',
    '',
  ]
  const pattern = patternOf(schema)
  const word = words.find((candidate) => candidate !== undefined && (!pattern || pattern.test(candidate))) ?? 'demo'
  const min = Math.min(numberOf(schema.minLength) ?? 0, 10_000)
  return word.padEnd(min, word || ' ').slice(0, numberOf(schema.maxLength) ?? undefined)
}

function patternOf(schema: JsonObject): RegExp | undefined {
  try {
    return typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : undefined
  } catch {
    return undefined
  }
}

/** Follows a reference within the schema, and puts `allOf` together. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let resolved = schema
  for (let steps = 0; typeof resolved.$ref === 'string' && steps < MAX_DEPTH; steps++) {
    const { $ref: _, ...rest } = resolved
    resolved = { ...target(resolved.$ref, root), ...rest }
  }
  return arrayOf(resolved.allOf)
    .filter(isObject)
    .reduce((whole, part) => merge(whole, '$ref' in part ? resolve(part, root) : part), resolved)
}

function target(reference: string, root: JsonObject): JsonObject | undefined {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean)
  let at: unknown = root
  for (const step of steps) at = objectOf(at)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')]
  return objectOf(at)
}

function merge(a: JsonObject, b: JsonObject): JsonObject {
  const merged: JsonObject = { ...a, ...b }
  if (a.properties && b.properties) merged.properties = { ...objectOf(a.properties), ...objectOf(b.properties) }
  if (a.required && b.required) merged.required = [...arrayOf(a.required), ...arrayOf(b.required)]
  return merged
}
