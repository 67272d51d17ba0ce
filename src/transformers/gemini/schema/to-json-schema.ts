/**
 * A tool's JSON Schema as Gemini's `parametersJsonSchema` and `responseJsonSchema` take it. What Gemini does not enforce is
 * told in the description. Nodes that need no change are shared with the source, so that the usual schema costs one look at its keys.
 * @see https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support
 *
 * @module
 */
import { isObject, pointer, type JsonObject } from '../../../core/json.ts'
import { conditionOf, unconditional } from './conditions.ts'
import { withHint, type OnLoss } from './hints.ts'
import { isAnnotation, isSame, joinSchemas } from './join.ts'
import { partsOf } from './parts.ts'
import { HOLDERS, isPlain } from './plain.ts'
import { createRefNames, nameOfRef, targetOf } from './refs.ts'
import { REPAIRS } from './repairs.ts'

/** Gemini refuses schemas that are nested too deeply; the documented limit is not told, this depth passes. */
const MAX_DEPTH = 32
/** Nodes that references may unfold into. A schema that refers to itself in many ways grows without bound otherwise. */
const MAX_UNFOLDED = 20_000

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
  const kept = createRefNames()
  let unfolded = 0

  const tell =
    ({ at }: Place, key: string) =>
    (reason: string, below = '') =>
      lose(pointer(at, key) + below, reason)

  const child = (value: unknown, place: Place): unknown => {
    if (isObject(value)) return node(value, place)
    if (typeof value === 'boolean' || value === undefined) return value === false ? undefined : {}
    lose(place.at, 'this is no schema; Gemini gets an empty one')
    return {}
  }

  const node = (source: JsonObject, place: Place): JsonObject => {
    if (place.open.length) unfolded++
    if (typeof source.$ref === 'string' || source.allOf !== undefined || source.if !== undefined) return together(source, place)
    if (place.depth > MAX_DEPTH) {
      lose(place.at, `nested more than ${MAX_DEPTH} levels deep; what is below is not told`)
      return { type: 'object', description: withHint(source.description, 'any object') }
    }
    let out = source
    for (const key in source) {
      const repair = REPAIRS.get(key)
      if (repair && out[key] !== undefined) out = repair(out, key, tell(place, key))
    }
    if (typeof out.maxItems === 'number') sink.limit?.(place.at, out.maxItems)
    return children(out, place)
  }

  /** All that must hold here, in one node before anything else is looked at: what one part requires another may list. */
  const together = (source: JsonObject, place: Place): JsonObject => {
    const { parts, followed, again, astray, strays } = partsOf(
      source,
      schema,
      (ref) => !place.open.includes(ref) && unfolded <= MAX_UNFOLDED,
    )
    let whole = joinSchemas(parts, (key, reason) => tell(place, key)(reason))
    const conditions = parts.flatMap(conditionOf)
    if (strays) tell(place, 'allOf')('a part that is no schema was left out')
    if (again.length) {
      const ref = astray.length || conditions.length ? undefined : onlyReference(again, whole, place)
      if (ref !== undefined) {
        for (const key in whole)
          if (!isSame(whole[key], targetOf(ref, schema)?.[key]))
            tell(place, key)('Gemini takes nothing beside a reference; this was left out')
        return { $ref: `#/$defs/${kept.nameFor(ref)}` }
      }
      lose(place.at, 'the schema refers to itself here, which Gemini takes alone and in optional properties only')
    }
    for (const ref of again) whole = recursive(whole, ref)
    for (const ref of astray) {
      lose(place.at, `the reference ${ref} leads nowhere inside the schema`)
      whole = { ...whole, description: withHint(whole.description, `see ${ref}`) }
    }
    for (const condition of conditions) {
      tell(place, 'if')('Gemini knows no conditions; the description tells them')
      whole = unconditional(whole, condition, [condition.then, condition.else].filter(isObject).map(branchOf))
    }
    return node(whole, { ...place, open: [...place.open, ...followed] })
  }

  /** What a branch of a condition says, wherever it says it. */
  const branchOf = (branch: JsonObject): JsonObject => joinSchemas(partsOf(branch, schema, () => unfolded <= MAX_UNFOLDED).parts, () => {})

  /** The reference to an open node that can stand for `whole`: nothing else of weight is said beside it. */
  const onlyReference = (again: readonly string[], whole: JsonObject, place: Place): string | undefined => {
    const [ref = '#', ...others] = again
    if (place.required || ref === '#' || others.length) return undefined
    const target = targetOf(ref, schema) ?? {}
    return Object.keys(whole).every((key) => isAnnotation(key) || isSame(whole[key], target[key])) ? ref : undefined
  }

  const recursive = (whole: JsonObject, ref: string): JsonObject => ({
    type: targetOf(ref, schema)?.type ?? 'object',
    ...whole,
    description: withHint(whole.description, `recursive: ${nameOfRef(ref)}`),
  })

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

  const root = node(objectRoot(schema, lose), { at: '', depth: 0, open: [], required: true })
  if (!unfolded) return root
  const { $defs: _, definitions: __, ...plain } = root
  const $defs: JsonObject = {}
  for (const [ref, name] of kept.all) {
    const target = targetOf(ref, schema)
    if (target) $defs[name] = node(target, { at: ref.slice(1), depth: 1, open: [ref], required: false })
  }
  return kept.all.size ? { ...plain, $defs } : plain
}

/** A root that is an object, as tools need it. */
function objectRoot(schema: JsonObject, lose: OnLoss): JsonObject {
  if (schema.type === 'object' || '$ref' in schema || 'anyOf' in schema || 'oneOf' in schema || 'allOf' in schema) return schema
  if (schema.type === undefined) return { ...schema, type: 'object' }
  if (Array.isArray(schema.type) && (schema.type as unknown[]).includes('object')) return { ...schema, type: 'object' }
  lose('/type', 'the arguments of a tool are an object; an empty one is told')
  return { type: 'object', properties: {} }
}
