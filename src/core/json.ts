/**
 * Reading JSON of unknown shape: each reader returns the value with its type, or throws a failure that names the field.
 *
 * @module
 */
import { fail } from './failure.ts'

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `value` where it is a string, otherwise `undefined`. For answers, where a wrong type is as good as absent. */
export const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
export const objectOf = (value: unknown): JsonObject | undefined => (isObject(value) ? value : undefined)
export const arrayOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

const kindOf = (value: unknown): string =>
  value === null
    ? 'null'
    : value === undefined
      ? 'nothing'
      : Array.isArray(value)
        ? 'an array'
        : typeof value === 'object'
          ? 'an object'
          : `a ${typeof value}`

/** Throws the 400 that a wrong field deserves. `at` is the field's JSON Pointer. */
export function reject(at: string, expected: string, value: unknown): never {
  return fail({
    kind: 'invalid-request',
    status: 400,
    message: `${fieldName(at)}: expected ${expected}, got ${kindOf(value)}`,
    param: fieldName(at),
  })
}

/** `/messages/0/content` as people write it: `messages[0].content`. */
export function fieldName(pointer: string): string {
  if (!pointer) return 'body'
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  return steps.reduce((name, step) => (/^\d+$/.test(step) ? `${name}[${step}]` : name ? `${name}.${step}` : step), '')
}

/** Appends a key to a JSON Pointer (RFC 6901). */
export const pointer = (at: string, key: string | number): string => (typeof key === 'number' ? `${at}/${key}` : `${at}/${escapeKey(key)}`)

const escapeKey = (key: string): string => (key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key)

/**
 * Readers are told where the value stands: its JSON Pointer, or that of its object and the `key` below it. The latter
 * is put together only where the value is refused, and there are thousands of values.
 */
export function readObject(value: unknown, at: string, key?: string | number): JsonObject {
  return isObject(value) ? value : reject(below(at, key), 'an object', value)
}
export function readArray(value: unknown, at: string, key?: string | number): unknown[] {
  return Array.isArray(value) ? value : reject(below(at, key), 'an array', value)
}
export function readString(value: unknown, at: string, key?: string | number): string {
  return typeof value === 'string' ? value : reject(below(at, key), 'a string', value)
}
export function readNumber(value: unknown, at: string, key?: string | number): number {
  return typeof value === 'number' ? value : reject(below(at, key), 'a number', value)
}
export function readBoolean(value: unknown, at: string, key?: string | number): boolean {
  return typeof value === 'boolean' ? value : reject(below(at, key), 'true or false', value)
}
const below = (at: string, key: string | number | undefined): string => (key === undefined ? at : pointer(at, key))

/** Reads with `read` unless the value is absent or null. */
export function optional<T>(
  read: (value: unknown, at: string, key?: string | number) => T,
  value: unknown,
  at: string,
  key?: string | number,
): T | undefined {
  return value === undefined || value === null ? undefined : read(value, at, key)
}

/** The fields of `object` that are not in `known`, or `undefined` where there are none. */
export function restOf(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: JsonObject | undefined
  for (const key in object) if (!known.has(key) && object[key] !== undefined) setField((rest ??= {}), key, object[key])
  return rest
}

/** Sets a field whatever it is called: to assign to `__proto__` sets none. */
export function setField(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** Adds the fields of one object to another, over those that it has. */
export function addFields(to: JsonObject, from: JsonObject): void {
  for (const key of Object.keys(from)) setField(to, key, from[key])
}

/**
 * One object of all pieces, the later ones winning; a piece that is not there adds nothing. For what is put together once a request, of many
 * pieces: V8 takes twenty times as long for a literal of conditional spreads, a microsecond each.
 */
export function assemble(...pieces: (JsonObject | false | undefined)[]): JsonObject {
  const whole: JsonObject = {}
  for (const piece of pieces) if (piece) addFields(whole, piece)
  return whole
}

/** Whether an object has no fields. Without the list of them that `Object.keys` makes. */
export function isEmpty(object: object): boolean {
  for (const _ in object) return false
  return true
}

/** The entry of a table, for keys from the wire: `constructor` and the like are in none. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** Parses JSON text; `undefined` where it is none. */
export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
