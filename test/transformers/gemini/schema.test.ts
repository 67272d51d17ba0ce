import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { overBudget, withoutLimits } from '../../../src/transformers/gemini/schema/budget.ts'
import { fromOpenApi } from '../../../src/transformers/gemini/schema/from-openapi.ts'
import { toJsonSchema } from '../../../src/transformers/gemini/schema/to-json-schema.ts'
import { toOpenApi } from '../../../src/transformers/gemini/schema/to-openapi.ts'
import { written } from './run.ts'

function converted(
  schema: JsonObject,
  to: (schema: JsonObject, sink: { lose: (at: string) => void }) => JsonObject | undefined = toJsonSchema,
) {
  const before = JSON.stringify(schema)
  const lost: string[] = []
  const result = to(schema, { lose: (at) => void lost.push(at) })
  expect(JSON.stringify(schema)).toBe(before)
  return { result, lost }
}
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more })

describe('to JSON Schema', () => {
  it('shares what needs no change', () => {
    const schema = object(
      { a: { type: 'string' }, b: { type: 'array', items: { type: ['integer', 'null'] } } },
      { $schema: 'x', additionalProperties: false, required: ['a'] },
    )
    expect(toJsonSchema(schema, { lose: () => {} })).toBe(schema)
  })

  it('case 22: says what Gemini takes, and the rest in words', () => {
    const { result, lost } = converted(
      object({
        n: { type: 'integer', exclusiveMinimum: 0 },
        x: { type: 'number', exclusiveMaximum: 1 },
        kind: { const: 'a' },
        maybe: { type: ['string', 'null'] },
        pick: { type: 'string', enum: ['', 'a', null, 'a'] },
        map: { type: 'object', propertyNames: { pattern: '^a' }, additionalProperties: { type: 'string' } },
      }),
    )
    expect(result).toEqual(
      object({
        n: { type: 'integer', minimum: 1 },
        x: { type: 'number', maximum: 1, description: 'exclusiveMaximum: 1' },
        kind: { type: 'string', enum: ['a'] },
        maybe: { type: ['string', 'null'] },
        pick: { type: ['string', 'null'], enum: ['a'], description: 'may be empty' },
        map: { type: 'object', additionalProperties: { type: 'string' }, description: 'propertyNames: {"pattern":"^a"}' },
      }),
    )
    expect(lost).toEqual(['/properties/x/exclusiveMaximum', '/properties/pick/enum', '/properties/map/propertyNames'])
  })

  it('case 23: properties with the names of keywords survive', () => {
    const schema = object({
      title: { type: 'string' },
      const: { type: 'string' },
      not: { type: 'string' },
      properties: { type: 'string' },
      required: { type: 'boolean' },
    })
    expect(converted(schema)).toEqual({ result: schema, lost: [] })
  })

  it('case 24: required names only what is listed', () => {
    const { result, lost } = converted({
      type: 'object',
      properties: { list: { type: 'array', items: object({ a: {} }, { required: ['a', 'b'] }) } },
    })
    const { list } = (result?.properties ?? {}) as Record<string, JsonObject>
    expect(list?.items).toEqual({
      ...object({ a: {} }, { required: ['a'] }),
      description: 'required: ["b"]',
    })
    expect(lost).toEqual(['/properties/list/items/required/1'])
  })

  it('case 26: a schema that refers to itself ends', () => {
    const node = object({ name: { type: 'string' }, next: { $ref: '#/$defs/Node' } }, { required: ['name'] })
    const { result } = converted({ $ref: '#/$defs/Node', $defs: { Node: node } })
    expect(result).toEqual({
      ...object({ name: { type: 'string' }, next: { $ref: '#/$defs/Node' } }, { required: ['name'] }),
      $defs: { Node: node },
    })
    const required = converted({ $ref: '#/$defs/Node', $defs: { Node: { ...node, required: ['next'] } } })
    expect(required.lost).toEqual(['/properties/next'])
    const root = object({ self: { $ref: '#' } })
    expect(converted(root).result).toEqual(object({ self: object({ self: { type: 'object', description: 'recursive: root' } }) }))
  })

  it('puts definitions in place and merges what must hold together', () => {
    const { result } = converted({
      allOf: [{ $ref: '#/definitions/Base' }, object({ b: { type: 'string' } }, { required: ['b'] })],
      definitions: {
        Base: object({ a: { $ref: '#/definitions/Text', description: 'own' } }, { required: ['a'] }),
        Text: { type: 'string', description: 'def' },
      },
    })
    expect(result).toEqual(object({ a: { type: 'string', description: 'own' }, b: { type: 'string' } }, { required: ['a', 'b'] }))
  })

  it('goes no deeper than Gemini does', () => {
    let schema: JsonObject = { type: 'string' }
    for (let i = 0; i < 80; i++) schema = object({ a: schema })
    expect(converted(schema).lost).toHaveLength(1)
  })

  it.each([[{ type: 'string' }], [{ type: 'array', items: {} }]])('%j is no root', (schema) => {
    expect(converted(schema).result).toEqual({ type: 'object', properties: {} })
  })
})

it('case 25: the sum of maxItems keeps to the budget, the largest go first', () => {
  const list = (maxItems: number) => ({ type: 'array', items: {}, maxItems })
  const tool = (name: string, properties: JsonObject) => ({
    type: 'function' as const,
    name,
    parameters: object(properties),
    at: `/tools/${name}`,
  })
  const { body, notices } = written({ tools: [tool('a', { x: list(500), y: list(10) }), tool('b', { z: list(600) })] })
  expect(JSON.stringify(body)).not.toContain('"maxItems":600')
  expect(JSON.stringify(body)).toContain('"maxItems":500')
  expect(JSON.stringify(body)).toContain('maxItems: 600')
  expect(notices).toMatchObject([{ path: '/tools/b/parameters/properties/z/maxItems' }])
  expect(overBudget([{ schema: 0, at: '', maxItems: 900 }])).toEqual([])
  expect(withoutLimits({ anyOf: [list(5)] }, ['/anyOf/0'])).toEqual({ anyOf: [{ type: 'array', items: {}, description: 'maxItems: 5' }] })
})

describe('to a Schema message', () => {
  it('knows no other key', () => {
    const { result } = converted(
      object(
        {
          maybe: { type: ['string', 'null'], format: 'email', minLength: 1 },
          either: { type: ['string', 'integer'] },
          level: { type: 'integer', enum: [1, 2] },
          pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] },
          any: { oneOf: [{ type: 'string' }, { type: 'null' }] },
          map: { type: 'object', additionalProperties: { type: 'string' } },
        },
        { $schema: 'x', additionalProperties: false },
      ),
      toOpenApi,
    )
    expect(result).toEqual({
      type: 'object',
      description: 'no extra properties',
      properties: {
        maybe: { type: 'string', nullable: true, minLength: '1', description: 'format: "email"' },
        either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        level: { type: 'integer', description: 'one of: [1,2]' },
        pair: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, minItems: '2', maxItems: '2' },
        any: { type: 'string', nullable: true },
        map: { type: 'object', description: 'additionalProperties: {"type":"string"}' },
      },
    })
  })
  it('is left out for a tool without arguments', () => expect(converted(object({}), toOpenApi).result).toBeUndefined())
  it('is what a dialect may ask for', () => {
    const tools = [{ type: 'function' as const, name: 'a', parameters: object({ x: { const: 'y' } }) }]
    const { body } = written({ tools }, 'gemini-3-pro', { name: 'old', schemas: 'openapi' })
    expect(body.tools).toEqual([{ functionDeclarations: [{ name: 'a', parameters: object({ x: { type: 'string', enum: ['y'] } }) }] }])
  })
})

it('reads a Schema message', () => {
  expect(
    fromOpenApi({
      type: 'OBJECT',
      propertyOrdering: ['b', 'a'],
      properties: {
        a: { type: 'STRING', nullable: true, format: 'enum', enum: ['x'] },
        b: { type: 'INTEGER', enum: ['101'], example: 101 },
        c: { type: 'ARRAY', minItems: '1', items: { type: 'TYPE_UNSPECIFIED' } },
        d: { any_of: [{ type: 'STRING' }], nullable: true },
      },
    }),
  ).toEqual({
    type: 'object',
    properties: {
      b: { type: 'integer', enum: [101], examples: [101] },
      a: { type: ['string', 'null'], enum: ['x', null] },
      c: { type: 'array', minItems: 1, items: {} },
      d: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
  })
})
