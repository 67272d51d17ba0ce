/** The JSON Schema of configuration files, made from the schema that they are checked with. */
import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema'
import { ConditionSchema } from '../../../src/server/config/condition-schema.ts'
import { ConfigSchema } from '../../../src/server/config/schema.ts'
import { Target } from '../../../src/server/config/target-schema.ts'

export const SCHEMA_FILE = 'schema/cc-route.schema.json'
export const SCHEMA_URL = 'https://cdn.jsdelivr.net/npm/cc-route/schema/cc-route.schema.json'

/** Checks that JSON Schema has no words for are left to cc-route itself. */
export function jsonSchema(): JsonSchema {
  const { $schema, ...schema } = toJsonSchema(ConfigSchema, {
    typeMode: 'input',
    errorMode: 'ignore',
    definitions: { target: Target, condition: ConditionSchema },
  })
  return { $schema, $id: SCHEMA_URL, ...schema }
}
