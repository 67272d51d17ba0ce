/**
 * Whether a JSON Schema is of the subset that OpenAI's strict mode guarantees. A schema outside it is sent without
 * `strict`: bending it (every property required, no defaults) would change what the model is asked for.
 * @see https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 *
 * @module
 */
import type { FunctionTool, OutputFormat } from './chat.ts'
import { arrayOf, isObject } from './json.ts'
import type { Notes } from './notice.ts'

const UNGUARANTEED = 'the schema is not of the subset that can be guaranteed here'

/** Whether an answer can be held to its format: other protocols guarantee the shape without being asked. */
export function strictFormat(format: OutputFormat & { type: 'schema' }, notes: Notes): boolean {
  if (format.strict === false) return false
  if (isStrict(format.schema)) return true
  if (format.strict) notes.dropped(format, 'strict', UNGUARANTEED)
  else notes.approximated(format, 'schema', `${UNGUARANTEED}; the answer may differ from it`)
  return false
}

/** What a tool asks for, unless its schema cannot be guaranteed. */
export function strictTool(tool: FunctionTool, notes: Notes): boolean | undefined {
  if (!tool.strict || isStrict(tool.parameters)) return tool.strict
  notes.dropped(tool, 'strict', UNGUARANTEED)
  return undefined
}

export function isStrict(schema: unknown): boolean {
  return isObject(schema) && schema.type === 'object' && !schema.anyOf && conforms(schema)
}

const REFUSED = ['allOf', 'not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else', 'patternProperties', 'oneOf', 'default']

function conforms(schema: unknown): boolean {
  if (!isObject(schema)) return false
  if (REFUSED.some((word) => word in schema)) return false
  if ('$ref' in schema) return Object.keys(schema).every((word) => word === '$ref' || word === '$defs' || word === 'description')
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  if (types.includes('object') || 'properties' in schema) {
    const properties = isObject(schema.properties) ? schema.properties : {}
    const required = new Set(arrayOf(schema.required))
    if (schema.additionalProperties !== false) return false
    for (const name in properties) if (!required.has(name) || !conforms(properties[name])) return false
  }
  if (types.includes('array') && !conforms(schema.items)) return false
  if (!arrayOf(schema.anyOf).every(conforms)) return false
  for (const defs of [schema.$defs, schema.definitions]) if (isObject(defs) && !Object.values(defs).every(conforms)) return false
  return true
}
