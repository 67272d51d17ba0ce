/**
 * The two spellings of field names that Google's JSON takes: camelCase and snake_case, at every level. Requests are read in
 * camelCase; notices point into the body as it was written.
 * @see https://protobuf.dev/programming-guides/json/#json-options
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { isObject, pointer, type JsonObject } from '../../core/json.ts'
import { FIELDS } from './fields.ts'

/** Fields whose content is the user's own: names in there are not Google's. */
const OWN = new Set([
  'args',
  'response',
  'parameters',
  'parametersJsonSchema',
  'responseSchema',
  'responseJsonSchema',
  'labels',
  'partMetadata',
])

export const camelKey = (key: string): string =>
  key.includes('_') ? key.replace(/_([a-z0-9])/g, (_, char: string) => char.toUpperCase()) : key

/** The value with Google's names in camelCase; itself where nothing was spelled otherwise. Never changes its input. */
export function toCamel<T>(value: T): T
export function toCamel(value: unknown): unknown {
  if (Array.isArray(value)) {
    let list: unknown[] | undefined
    for (let i = 0; i < value.length; i++) {
      const item = toCamel<unknown>(value[i])
      if (item !== value[i]) (list ??= [...(value as unknown[])])[i] = item
    }
    return list ?? value
  }
  return isObject(value) ? camelObject(value) : value
}

function camelObject(object: JsonObject): JsonObject {
  let copy: [string, unknown][] | undefined
  for (const key in object) {
    const name = camelKey(key)
    const value = object[key]
    const inner = typeof value !== 'object' || OWN.has(name) ? value : toCamel(value)
    if (name === key && inner === value) continue
    copy = Object.entries(object).map(([k, v]) => {
      const camel = camelKey(k)
      return [camel, OWN.has(camel) ? v : toCamel(v)]
    })
    break
  }
  return copy ? Object.fromEntries(copy) : object
}

/** A JSON Pointer in camelCase as `body` really spells it. */
export function locate(body: unknown, path: string): string {
  let value = body
  let located = ''
  for (const step of path.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~')
    const key = isObject(value) ? spelled(value, name) : name
    located = pointer(located, key)
    value = isObject(value) ? value[key] : Array.isArray(value) ? (value as unknown[])[Number(key)] : undefined
  }
  return located
}

function spelled(object: JsonObject, name: string): string {
  if (name in object) return name
  for (const key in object) if (camelKey(key) === name) return key
  return name
}

/** `value` with its names as `original` spells them, wherever the two have the same shape. */
export function respell(value: unknown, original: unknown): unknown {
  if (Array.isArray(value)) return Array.isArray(original) ? value.map((item: unknown, i) => respell(item, original[i])) : value
  if (!isObject(value) || !isObject(original)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const key = spelled(original, name)
      return [key, OWN.has(name) ? item : respell(item, original[key])]
    }),
  )
}

/** The request with its pointers and unknown fields as `body` really spells them. */
export function relocate(chat: ChatRequest, body: unknown): ChatRequest {
  const names = Object.entries(FIELDS).map(([field, path]) => [field, locate(body, `/${path}`).slice(1)])
  return { ...visit(chat, body), wireNames: { ...Object.fromEntries(names), ...chat.wireNames } }
}

/** What no pointer is looked for in: the wire's own values. */
const OPAQUE = new Set(['extra', 'spelling', 'value', 'input', 'parameters', 'schema', 'wireNames', 'opaque'])

function visit<T>(value: T, body: unknown): T {
  if (Array.isArray(value)) return value.map((item: unknown) => visit(item, body)) as T
  if (!isObject(value)) return value
  const out: JsonObject = {}
  for (const key in value) out[key] = OPAQUE.has(key) ? value[key] : visit(value[key], body)
  if (typeof out.at !== 'string') return out as T
  const camel = out.at
  const at = locate(body, camel)
  out.at = at
  const fields = isObject(out.wireNames) ? { ...FIELDS, ...out.wireNames } : FIELDS
  out.wireNames = Object.fromEntries(
    Object.entries(fields).map(([field, path]) => [field, locate(body, `${camel}/${String(path)}`).slice(at.length + 1)]),
  )
  const extra = isObject(out.extra) ? out.extra.gemini : undefined
  if (isObject(extra))
    out.extra = {
      gemini: Object.fromEntries(
        Object.entries(extra).map(([name, field]) => [
          locate(body, pointer(camel, name))
            .slice(at.length + 1)
            .replaceAll('~1', '/')
            .replaceAll('~0', '~'),
          field,
        ]),
      ),
    }
  return out as T
}
