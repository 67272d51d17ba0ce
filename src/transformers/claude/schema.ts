/**
 * JSON Schemas as Claude takes them.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 * @module
 */
import { arrayOf, isObject, type JsonObject } from '../../core/json.ts'

/** A tool's schema must be of an object, and say so at its root. `changed`: what had to be done to it. */
export function toolSchema(parameters: JsonObject | undefined): { schema: JsonObject; changed?: string } {
  if (!parameters || !Object.keys(parameters).length) return { schema: { type: 'object', properties: {} } }
  if (parameters.anyOf !== undefined || parameters.oneOf !== undefined || parameters.allOf !== undefined) {
    const { anyOf, oneOf, allOf, ...rest } = parameters
    return {
      schema: mergeBranches(rest, { anyOf, oneOf, allOf }),
      changed: 'Claude takes no anyOf, oneOf or allOf at the root; merged into one object',
    }
  }
  if (parameters.type === 'object') return { schema: parameters }
  return { schema: { ...parameters, type: 'object' }, ...(parameters.type !== undefined && { changed: 'the root must be of type object' }) }
}

/** One object that allows what any of the branches allow. Only what all branches require stays required. */
function mergeBranches(root: JsonObject, branches: { anyOf: unknown; oneOf: unknown; allOf: unknown }): JsonObject {
  const all = arrayOf(branches.allOf).filter(isObject)
  const any = [...arrayOf(branches.anyOf), ...arrayOf(branches.oneOf)].filter(isObject)
  const properties: JsonObject = {}
  for (const part of [...any, ...all, root]) if (isObject(part.properties)) Object.assign(properties, part.properties)
  const shared = any.length ? any.map((part) => new Set(arrayOf(part.required))).reduce(intersect) : []
  const required = new Set([...arrayOf(root.required), ...all.flatMap((part) => arrayOf(part.required)), ...shared])
  return { ...root, type: 'object', properties, ...(required.size && { required: [...required] }) }
}

const intersect = (a: Set<unknown>, b: Set<unknown>): Set<unknown> => new Set([...a].filter((item) => b.has(item)))

const FORMATS = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])

/** Keywords that are refused where the schema is enforced: the model is told them in the description instead. */
const TOLD = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'patternProperties',
  'propertyNames',
  'not',
] as const

/** The schema of an answer, or of a `strict` tool, within what Claude enforces. Returns its input where nothing has to change. */
export function enforceable(schema: JsonObject): JsonObject {
  const changed = rewrite(schema)
  return JSON.stringify(changed) === JSON.stringify(schema) ? schema : changed
}

function rewrite(schema: JsonObject): JsonObject {
  if (schema.$ref !== undefined) return { $ref: schema.$ref, ...(isObject(schema.$defs) && { $defs: eachOf(schema.$defs) }) }
  const told: string[] = []
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(schema)) {
    if ((TOLD as readonly string[]).includes(key)) told.push(`${key}: ${JSON.stringify(value)}`)
    else if (key === 'format' && typeof value === 'string' && !FORMATS.has(value)) told.push(`format: ${value}`)
    else if (key === 'properties' || key === '$defs' || key === 'definitions') out[key] = isObject(value) ? eachOf(value) : value
    else if (key === 'oneOf' || key === 'anyOf') out.anyOf = [...arrayOf(out.anyOf), ...arrayOf(value).map(inner)]
    else if (key === 'allOf') out[key] = arrayOf(value).map(inner)
    else if (key === 'items') out[key] = inner(value)
    else if (key !== 'additionalProperties') out[key] = value
    else if (isObject(value)) told.push(`additionalProperties: ${JSON.stringify(value)}`)
  }
  if (isObjectType(schema)) out.additionalProperties = false
  if (told.length) out.description = [schema.description, `(${told.join(', ')})`].filter(Boolean).join(' ')
  return out
}

const isObjectType = (schema: JsonObject): boolean =>
  schema.type === 'object' || isObject(schema.properties) || (Array.isArray(schema.type) && schema.type.includes('object'))

const inner = (value: unknown): unknown => (isObject(value) ? rewrite(value) : value)
const eachOf = (map: JsonObject): JsonObject => Object.fromEntries(Object.entries(map).map(([name, value]) => [name, inner(value)]))
