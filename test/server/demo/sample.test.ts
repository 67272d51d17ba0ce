import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { sampleOf } from '../../../src/server/demo/sample.ts'

const ajv = new Ajv2020({ strict: false, formats: { date: true, uri: true, uuid: true } })

test.each([
  { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } }, required: ['city', 'days'] },
  { type: 'object', properties: { a: { type: 'string' } } },
  { type: 'string', enum: ['x', 'y'] },
  { const: 3 },
  { type: 'string', minLength: 9, maxLength: 10 },
  { type: 'string', maxLength: 2 },
  { type: 'string', pattern: '^[A-Z]$' },
  { type: 'string', format: 'uuid' },
  { type: 'number', exclusiveMinimum: 0, maximum: 0.8 },
  { type: 'integer', exclusiveMinimum: 3 },
  { type: 'integer', minimum: 5, multipleOf: 4 },
  { type: 'number', maximum: -2 },
  { type: 'array', items: { type: 'boolean' }, minItems: 2 },
  { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }], items: false },
  { type: ['null', 'string'] },
  { anyOf: [{ type: 'integer' }, { type: 'string' }] },
  { type: 'object', required: ['kind'], properties: { kind: { oneOf: [{ const: 'a' }, { const: 'b' }] } } },
  {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      { required: ['b'], properties: { b: { type: 'null' } } },
    ],
  },
  {
    $ref: '#/$defs/node',
    $defs: { node: { type: 'object', required: ['next'], properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } } } },
  },
  { type: 'object', required: ['tags'], properties: { tags: { type: 'array', items: { type: 'string' } } }, additionalProperties: false },
  {},
])('%j is met', (schema) => {
  const value = sampleOf(schema)
  expect(ajv.validate(schema, value), `${JSON.stringify(value)}: ${ajv.errorsText()}`).toBe(true)
})

test('Gemini writes types in capitals', () => {
  expect(sampleOf({ type: 'OBJECT', required: ['n'], properties: { n: { type: 'INTEGER' } } })).toEqual({ n: 0 })
})

test('a schema without an end ends', () => {
  const schema = { $ref: '#', type: 'object', required: ['me'], properties: { me: { $ref: '#' } } }
  expect(() => sampleOf(schema)).not.toThrow()
  expect(() => sampleOf({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } })).not.toThrow()
})
