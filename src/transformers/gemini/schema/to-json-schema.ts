/**
 * A tool's JSON Schema as Gemini's `parametersJsonSchema` and `responseJsonSchema` take it. What Gemini does not enforce is
 * told in the description. Nodes that need no change are shared with the source, so that the usual schema costs one look at its keys.
 * @see https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
 *
 * @module
 */
import { isObject, pointer, type JsonObject } from '../../../core/json.ts'
import { said, withHint, type OnLoss } from './hints.ts'
import { mergeSchemas } from './merge.ts'
import { REPAIRS } from './repairs.ts'
import { nameOfRef, targetOf } from './refs.ts'

/** Gemini refuses schemas that are nested too deeply; the documented limit is not told, this depth passes. */
const MAX_DEPTH = 32
/** Nodes that references may unfold into. A schema that refers to itself in many ways grows without bound otherwise. */
const MAX_UNFOLDED = 2000

/** The keywords that hold schemas. */
const HOLDERS: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties', 'anyOf', 'oneOf', 'prefixItems'])

export interface SchemaSink {
  lose: OnLoss
  /** Told of each `maxItems`, which Gemini bounds in sum. */
  limit?(pointer: string, maxItems: number): void
}

interface Place {
  at: string
  depth: number
  /** References that are open above this node. */
  open: readonly string[]
  /** The nearest property above is required. */
  required: boolean
}

/** Writes `schema` for Gemini. Never changes its input; returns it where nothing had to change. */
export function toJsonSchema(schema: JsonObject, sink: SchemaSink): JsonObject {
  if (isPlain(schema, MAX_DEPTH) && schema.type === 'object') return schema
  const { lose } = sink
  const kept = new Map<string, string>()
  let unfolded = 0

  const child = (value: unknown, place: Place): unknown => {
    if (isObject(value)) return node(value, place)
    if (typeof value === 'boolean' || value === undefined) return value === false ? undefined : {}
    lose(place.at, 'this is no schema; Gemini gets an empty one')
    return {}
  }

  const node = (source: JsonObject, place: Place): JsonObject => {
    if (typeof source.$ref === 'string') return reference(source, source.$ref, place)
    if (source.allOf !== undefined) return together(source, place)
    if (place.depth > MAX_DEPTH) {
      lose(place.at, `nested more than ${MAX_DEPTH} levels deep; what is below is not told`)
      return { type: 'object', description: withHint(source.description, 'any object') }
    }
    let out = source
    for (const key in source) {
      const repair = REPAIRS.get(key)
      if (repair && out[key] !== undefined) out = repair(out, key, (reason, below = '') => lose(pointer(place.at, key) + below, reason))
    }
    if (typeof out.maxItems === 'number') sink.limit?.(place.at, out.maxItems)
    return children(out, place)
  }

  /** allOf, merged into one node before anything else is looked at: what one part requires another may list. */
  const together = ({ allOf, ...own }: JsonObject, place: Place): JsonObject => {
    const opened: string[] = []
    const parts = (Array.isArray(allOf) ? (allOf as unknown[]) : []).filter(isObject).map((part) => {
      const target = typeof part.$ref === 'string' && !place.open.includes(part.$ref) ? targetOf(part.$ref, schema) : undefined
      if (!target) return part
      opened.push(String(part.$ref))
      unfolded++
      const { $ref: _, ...siblings } = part
      return mergeSchemas(siblings, target)
    })
    const merged = parts.filter((part) => !('$ref' in part)).reduce(mergeSchemas, own)
    return node(merged, { ...place, depth: place.depth + 1, open: [...place.open, ...opened] })
  }

  const children = (source: JsonObject, place: Place): JsonObject => {
    let out = source
    const put = (key: string, value: unknown) => {
      if (value === out[key]) return
      if (out === source) out = { ...source }
      if (value === undefined) delete out[key]
      else out[key] = value
    }
    for (const key in source) {
      if (!HOLDERS.has(key)) continue
      const value = source[key]
      const below = { at: pointer(place.at, key), depth: place.depth + 1, open: place.open, required: place.required }
      if (key === 'properties' && isObject(value)) put(key, properties(source, value, below))
      else if (key === 'items') put(key, Array.isArray(value) ? list(value, below) : typeof value === 'boolean' ? {} : child(value, below))
      else if (key === 'additionalProperties' && isObject(value)) put(key, child(value, below))
      else if ((key === 'anyOf' || key === 'oneOf' || key === 'prefixItems') && Array.isArray(value)) put(key, list(value, below))
    }
    return out
  }

  const list = (values: unknown[], place: Place): unknown[] => {
    let out: unknown[] | undefined
    for (let i = 0; i < values.length; i++) {
      const value = child(values[i], { at: pointer(place.at, i), depth: place.depth, open: place.open, required: place.required }) ?? {}
      if (value !== values[i]) (out ??= [...values])[i] = value
    }
    return out ?? values
  }

  const properties = (owner: JsonObject, map: JsonObject, place: Place): JsonObject => {
    const required = Array.isArray(owner.required) ? (owner.required as unknown[]) : []
    let out: JsonObject | undefined
    for (const name in map) {
      const at = pointer(place.at, name)
      const value = child(map[name], { at, depth: place.depth, open: place.open, required: required.includes(name) })
      if (value === map[name]) continue
      out ??= { ...map }
      if (value !== undefined) out[name] = value
      else {
        lose(at, 'a property that nothing satisfies was left out')
        delete out[name]
      }
    }
    return out ?? map
  }

  const reference = (source: JsonObject, ref: string, place: Place): JsonObject => {
    const target = targetOf(ref, schema)
    const { $ref: _, ...siblings } = source
    if (!target) {
      lose(place.at, `the reference ${ref} leads nowhere inside the schema`)
      return said({ ...siblings, $ref: ref }, '$ref', `see ${ref}`)
    }
    if (place.open.includes(ref) || unfolded > MAX_UNFOLDED) {
      const name = nameOfRef(ref)
      if (!place.required && ref !== '#') {
        kept.set(name, ref)
        return { $ref: `#/$defs/${name}` }
      }
      lose(place.at, `the schema refers to itself here, which Gemini takes in optional properties only`)
      return { type: target.type ?? 'object', description: `recursive: ${name}` }
    }
    unfolded++
    return node(mergeSchemas(siblings, target), { ...place, depth: place.depth + 1, open: [...place.open, ref] })
  }

  const root = node(objectRoot(schema, lose), { at: '', depth: 0, open: [], required: true })
  if (!unfolded) return root
  const { $defs: _, definitions: __, ...plain } = root
  if (!kept.size) return plain
  const $defs: JsonObject = {}
  for (const [name, ref] of kept) {
    const target = targetOf(ref, schema)
    if (target) $defs[name] = node(target, { at: ref.slice(1), depth: 1, open: [ref], required: false })
  }
  return { ...plain, $defs }
}

/** Whether nothing can have to change. Told without a word for each place: most schemas are like this, and it takes a third of the time. */
function isPlain(schema: unknown, depth: number): boolean {
  if (!isObject(schema) || depth === 0) return false
  for (const key in schema) if (!isPlainKeyword(schema, key, depth)) return false
  return true
}

function isPlainKeyword(schema: JsonObject, key: string, depth: number): boolean {
  const value = schema[key]
  switch (key) {
    // nearly all there is: not worth a look at the tables below
    case 'type':
    case 'description':
      return true
    case 'items':
      return isPlain(value, depth - 1)
    case 'additionalProperties':
      return typeof value === 'boolean'
    case 'enum':
      return isPlainList(value)
    case 'required':
      return isObject(schema.properties) && isPlainList(value) && areAll(value, schema.properties)
    case 'properties':
      if (!isObject(value) || schema.type === undefined) return false
      for (const name in value) if (!isPlain(value[name], depth - 1)) return false
      return true
    default:
      return !REPAIRS.has(key) && !HOLDERS.has(key) && key !== '$ref' && key !== 'allOf' && key !== 'maxItems'
  }
}

/** A list of different texts, none of them empty. Most are so short that to look through them costs a tenth of what a set does. */
function isPlainList(value: unknown): value is string[] {
  if (!Array.isArray(value) || value.length === 0) return false
  const isShort = value.length <= 16
  for (let i = 0; i < value.length; i++)
    if (typeof value[i] !== 'string' || value[i] === '' || (isShort && value.indexOf(value[i]) !== i)) return false
  return isShort || new Set(value).size === value.length
}

function areAll(names: string[], properties: JsonObject): boolean {
  for (const name of names) if (!Object.hasOwn(properties, name)) return false
  return true
}

/** A root that is an object, as tools need it. */
function objectRoot(schema: JsonObject, lose: OnLoss): JsonObject {
  if (schema.type === 'object' || '$ref' in schema || 'anyOf' in schema || 'oneOf' in schema || 'allOf' in schema) return schema
  if (schema.type === undefined) return { ...schema, type: 'object' }
  if (Array.isArray(schema.type) && (schema.type as unknown[]).includes('object')) return { ...schema, type: 'object' }
  lose('/type', 'the arguments of a tool are an object; an empty one is told')
  return { type: 'object', properties: {} }
}
