/**
 * A tool's JSON Schema as Google's older Schema message (`parameters`, `responseSchema`), for backends without
 * `parametersJsonSchema`. One key too many at any depth is a 400 for the whole request, so only the known ones pass.
 * @see https://ai.google.dev/api/caching#Schema
 *
 * @module
 */
import { isObject, pointer, type JsonObject } from '../../../core/json.ts'
import { hintOf, withHint, type OnLoss } from './hints.ts'
import { toJsonSchema, type SchemaSink } from './to-json-schema.ts'

const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
const KNOWN = new Set([
  ...COUNTS,
  'type',
  'format',
  'title',
  'description',
  'nullable',
  'enum',
  'items',
  'properties',
  'required',
  'pattern',
  'example',
  'anyOf',
  'propertyOrdering',
  'default',
  'minimum',
  'maximum',
])
/** Keys that say nothing a model needs to know. */
const SILENT = new Set(['$schema', '$id', '$anchor', '$comment', '$defs', 'definitions', 'deprecated', 'readOnly', 'writeOnly'])
const FORMATS: Record<string, readonly string[]> = {
  string: ['enum', 'date-time'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
}

/** Writes `schema` as a Schema message. `undefined` where a tool takes no arguments: Google refuses an object without properties at the root. */
export function toOpenApi(schema: JsonObject, sink: SchemaSink): JsonObject | undefined {
  const message = messageOf(toJsonSchema(schema, sink), '', sink.lose)
  return message.type === 'object' && !message.anyOf && Object.keys(isObject(message.properties) ? message.properties : {}).length === 0
    ? undefined
    : message
}

function messageOf(schema: JsonObject, at: string, lose: OnLoss): JsonObject {
  if (typeof schema.$ref === 'string') {
    lose(at, 'the schema refers to itself here, which this Gemini backend does not take')
    return {
      type: 'object',
      description: withHint(schema.description, `recursive: ${schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)}`),
    }
  }
  const message: JsonObject = {}
  const hints: string[] = []
  for (const key in schema) {
    const value = schema[key]
    if (COUNTS.has(key)) message[key] = String(value)
    else if (KNOWN.has(key)) message[key] = value
    else if (key === 'examples' && Array.isArray(value) && schema.example === undefined) message.example = value[0]
    else if (key === 'additionalProperties' && value === true) continue
    else if (key !== 'oneOf' && key !== 'prefixItems') {
      lose(pointer(at, key), 'this Gemini backend does not know the keyword')
      if (!SILENT.has(key)) hints.push(key === 'additionalProperties' && value === false ? 'no extra properties' : hintOf(key, value))
    }
  }
  const branches = [...listOf(schema.anyOf), ...listOf(schema.oneOf)]
  const real = branches.filter((branch) => !isObject(branch) || branch.type !== 'null')
  if (real.length < branches.length) message.nullable = true
  if (real.length) message.anyOf = real.map((branch, i) => inner(branch, pointer(pointer(at, 'anyOf'), i), lose))
  else delete message.anyOf
  if (isObject(schema.properties))
    message.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, inner(property, pointer(`${at}/properties`, name), lose)]),
    )
  if (isObject(schema.items)) message.items = inner(schema.items, `${at}/items`, lose)
  const tuple = listOf(schema.prefixItems)
  if (tuple.length) {
    message.items = { anyOf: tuple.map((item, i) => inner(item, pointer(`${at}/prefixItems`, i), lose)) }
    message.minItems ??= String(tuple.length)
    message.maxItems ??= String(tuple.length)
  }
  settleTypes(message)
  settleFormat(message, at, lose, hints)
  settleEnum(message, at, lose, hints)
  for (const hint of hints) message.description = withHint(message.description, hint)
  return message
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const inner = (value: unknown, at: string, lose: OnLoss): JsonObject => (isObject(value) ? messageOf(value, at, lose) : {})

/** One type a node: `null` becomes `nullable`, several types become branches. */
function settleTypes(message: JsonObject): void {
  const real = listOf(message.anyOf).filter(isObject)
  if (Array.isArray(message.type)) {
    const types = (message.type as unknown[]).filter((type) => type !== 'null')
    if (types.length < message.type.length) message.nullable = true
    if (types.length > 1 && !real.length) {
      message.anyOf = types.map((type) => (type === 'array' ? { type, items: message.items ?? { type: 'string' } } : { type }))
      delete message.type
    } else message.type = types[0] ?? 'string'
  } else if (message.type === 'null') Object.assign(message, { type: 'string', nullable: true })
  if (real.length === 1 && message.anyOf) {
    delete message.anyOf
    for (const key in real[0]) message[key] ??= real[0][key]
  } else if (real.length > 1) delete message.type
  if (message.type === 'array' && !message.items) message.items = { type: 'string' }
}

function settleFormat(message: JsonObject, at: string, lose: OnLoss, hints: string[]): void {
  if (message.format === undefined || (FORMATS[String(message.type)] ?? []).includes(String(message.format))) return
  lose(`${at}/format`, 'this Gemini backend does not know the format; the description tells it')
  hints.push(hintOf('format', message.format))
  delete message.format
}

/** Values of other types than text go to the description: as text they would make the model answer text. */
function settleEnum(message: JsonObject, at: string, lose: OnLoss, hints: string[]): void {
  const values = listOf(message.enum)
  if (!values.length || values.every((value) => typeof value === 'string')) return
  lose(`${at}/enum`, 'this Gemini backend takes lists of texts only; the description tells the values')
  hints.push(hintOf('one of', values))
  delete message.enum
}
