import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { overBudget, withoutLimits } from '../../../src/transformers/gemini/schema/budget.ts'
import { fromOpenApi } from '../../../src/transformers/gemini/schema/from-openapi.ts'
import { isStrict } from '../../../src/core/strict-schema.ts'
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

describe('what must hold together', () => {
  const text = { type: 'string' }
  const number = { type: 'integer' }
  /** What becomes of a property `a` with these definitions. */
  const held = (a: JsonObject, $defs: JsonObject = {}, more: JsonObject = {}) => {
    const { result, lost } = converted(object({ a }, { $defs, ...more }))
    const properties = (result?.properties ?? {}) as Record<string, JsonObject>
    return { a: properties.a, lost, $defs: result?.$defs }
  }

  it('reads a step of a reference literally where it cannot be decoded', () => {
    expect(held({ $ref: '#/$defs/100%' }, { '100%': text })).toMatchObject({ a: text, lost: [] })
    expect(held({ $ref: '#/$defs/a%20b' }, { 'a b': text })).toMatchObject({ a: text, lost: [] })
  })

  it('follows references that lead to references', () => {
    const defs = { A: { $ref: '#/$defs/B' }, B: object({ b: text }) }
    expect(held({ allOf: [{ $ref: '#/$defs/A' }] }, defs)).toMatchObject({ a: object({ b: text }), lost: [] })
    const round = { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A', description: 'round' } }
    expect(held({ allOf: [{ $ref: '#/$defs/A' }] }, round)).toMatchObject({ a: { description: 'round' }, lost: [] })
  })

  it('joins the parts of parts', () => {
    const defs = {
      A: { allOf: [object({ x: text }, { required: ['x'] }), { $ref: '#/$defs/B' }] },
      B: { allOf: [object({ y: text }, { required: ['y'] })] },
    }
    const whole = object({ x: text, y: text }, { required: ['x', 'y'] })
    expect(held({ allOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }] }, defs)).toMatchObject({ a: whole, lost: [] })
    expect(held({ allOf: [{ allOf: [{ allOf: [whole] }] }] })).toMatchObject({ a: whole, lost: [] })
    expect(held({ $ref: '#/$defs/A', allOf: [object({ z: text })] }, defs).a).toEqual(
      object({ z: text, x: text, y: text }, { required: ['x', 'y'] }),
    )
  })

  it('joins keywords that both parts have', () => {
    const narrow = { type: ['integer', 'string'], minimum: 1, maximum: 9, enum: [1, 2, 'x'] }
    const wide = { type: ['number', 'null'], minimum: 0, maximum: 5, enum: [2, 1, null], description: 'wide' }
    const both = { type: 'integer', minimum: 1, maximum: 5, enum: [1, 2], description: 'wide' }
    expect(held({ allOf: [narrow, wide] })).toMatchObject({ a: both, lost: [] })
    const parts = [object({ p: narrow, constructor: text }), object({ p: { $ref: '#/$defs/W' }, toString: text })]
    expect(held({ allOf: parts }, { W: wide })).toMatchObject({
      a: object({ p: both, constructor: text, toString: text }),
      lost: [],
    })
  })

  it('tells what cannot be joined', () => {
    const { a, lost } = held({ allOf: [{ anyOf: [text, number] }, { anyOf: [number, { type: 'null' }] }, { type: 'string' }] })
    expect(a).toEqual({ anyOf: [text, number], type: 'string', description: 'anyOf: [{"type":"integer"},{"type":"null"}]' })
    expect(lost).toEqual(['/properties/a/anyOf'])
    expect(held({ allOf: [{ pattern: '^a' }, { pattern: 'b$' }, false] })).toMatchObject({
      a: { pattern: '^a', description: 'pattern: "b$"' },
      lost: ['/properties/a/pattern', '/properties/a/allOf'],
    })
  })

  it('tells each condition', () => {
    const when = (name: string) =>
      JSON.parse(`{ "if": { "required": ["${name}"] }, "then": { "properties": { "${name}2": { "type": "string" } } } }`) as JsonObject
    const { a, lost } = held({ allOf: [when('x'), when('y')] })
    expect(a).toMatchObject({ type: 'object', properties: { x2: text, y2: text } })
    expect(a?.description).toContain('if: {"required":["x"]}')
    expect(a?.description).toContain('if: {"required":["y"]}')
    expect(lost).toEqual(['/properties/a/if', '/properties/a/if'])
    expect(held({ type: 'string', else: { $ref: '#/$defs/A' } }, { A: text })).toMatchObject({ a: { type: 'string' }, lost: [] })
  })

  it('keeps a schema that refers to itself', () => {
    const next = { allOf: [{ $ref: '#/$defs/N' }], description: 'next' }
    const N = object({ v: text, next })
    const kept = object({ v: text, next: { $ref: '#/$defs/N' } })
    const optional = held({ $ref: '#/$defs/N' }, { N })
    expect(optional).toMatchObject({ a: kept, $defs: { N: kept } })
    expect(new Set(optional.lost)).toEqual(new Set(['/properties/a/properties/next/description', '/$defs/N/properties/next/description']))
    const required = held({ $ref: '#/$defs/N' }, { N: { ...N, required: ['next'] } })
    expect(required.a?.properties).toEqual({ v: text, next: { type: 'object', description: 'next (recursive: N)' } })
    expect(required.lost).toEqual(['/properties/a/properties/next'])
  })

  it('keeps what stands beside a reference to itself', () => {
    const N = object({ next: { allOf: [{ $ref: '#/$defs/N' }, object({ more: text })] } })
    expect(held({ $ref: '#/$defs/N' }, { N })).toMatchObject({
      a: object({ next: { ...object({ more: text }), description: 'recursive: N' } }),
      lost: ['/properties/a/properties/next'],
    })
  })

  it('keeps a condition beside a reference to itself', () => {
    const N = object({ next: { $ref: '#/$defs/N', if: { required: ['x'] } } })
    const { a, lost } = held({ $ref: '#/$defs/N' }, { N })
    expect(a).toEqual(object({ next: { type: 'object', description: 'recursive: N (if: {"required":["x"]})' } }))
    expect(lost).toEqual(['/properties/a/properties/next', '/properties/a/properties/next/if'])
  })

  it('keeps definitions apart whose names are alike', () => {
    const self = (ref: string, more: JsonObject) => object({ self: { $ref: ref }, ...more })
    const { result } = converted(
      object(
        { a: { $ref: '#/$defs/N%20' }, b: { $ref: '#/definitions/N_' } },
        { $defs: { 'N ': self('#/$defs/N%20', { a: text }) }, definitions: { N_: self('#/definitions/N_', { b: text }) } },
      ),
    )
    const first = self('#/$defs/N_', { a: text })
    const second = self('#/$defs/N__2', { b: text })
    expect(result).toEqual(object({ a: first, b: second }, { $defs: { N_: first, N__2: second } }))
  })

  it('tells references that lead nowhere', () => {
    const told = { a: { description: 'see #/$defs/Nope' }, lost: ['/properties/a'] }
    expect(held({ allOf: [{ $ref: '#/$defs/Nope' }] })).toMatchObject(told)
    expect(held({ $ref: '#/$defs/Nope' })).toMatchObject(told)
  })
})

it.each<[JsonObject, JsonObject, boolean]>([
  [{ enum: [null] }, { type: 'null' }, false],
  [{ type: ['string', 'null'], enum: [null] }, { type: 'null' }, false],
  [{ enum: [1, 'a', null] }, { type: ['integer', 'string', 'null'], enum: [1, 'a'] }, false],
  [{ enum: ['', null] }, { type: ['string', 'null'], description: 'may be empty' }, true],
  [{ enum: [{ x: 1 }, 'a', null] }, { type: ['object', 'string', 'null'], description: 'one of: [{"x":1},"a",null]' }, true],
  [{ enum: [] }, {}, true],
  [{ enum: 'a' }, {}, true],
  [{ const: null }, { type: 'null' }, false],
  [{ const: '' }, { type: 'string', description: 'may be empty' }, true],
  [{ const: { x: 1 } }, { type: 'object', description: 'const: {"x":1}' }, true],
  [{ const: [1] }, { type: 'array', description: 'const: [1]' }, true],
])('values: %j becomes %j', (schema, expected, isLoss) => {
  const { result, lost } = converted(object({ a: schema }))
  expect(result).toEqual(object({ a: expected }))
  expect(lost).toEqual(isLoss ? [`/properties/a/${Object.keys(schema)[0]}`] : [])
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

it.each<[string, JsonObject, JsonObject]>([
  [
    'a union beside a type of its own',
    { type: 'OBJECT', nullable: true, anyOf: [{ type: 'INTEGER' }, { type: 'STRING' }] },
    { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'null' }] },
  ],
  [
    'one that is not nullable',
    { type: 'OBJECT', anyOf: [{ type: 'OBJECT' }, { type: 'STRING' }] },
    { anyOf: [{ type: 'object' }, { type: 'string' }] },
  ],
  [
    'a type that fits its union',
    { type: 'NUMBER', nullable: true, anyOf: [{ type: 'INTEGER' }, { minimum: 9 }] },
    { type: ['number', 'null'], anyOf: [{ type: 'integer' }, { minimum: 9 }, { type: 'null' }] },
  ],
  [
    'a union with null',
    { nullable: true, anyOf: [{ type: 'STRING' }, { type: 'NULL' }] },
    { anyOf: [{ type: 'string' }, { type: 'null' }] },
  ],
  ['values without a type', { nullable: true, enum: ['x'] }, { enum: ['x', null] }],
  ['a reference', { nullable: true, ref: '#/defs/A' }, { anyOf: [{ $ref: '#/$defs/A' }, { type: 'null' }] }],
  ['anything', { nullable: true, description: 'x' }, { description: 'x' }],
])('reads nullable: %s', (_, message, schema) => expect(fromOpenApi(message)).toEqual(schema))

describe('closed', () => {
  const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject =>
    object(properties, { required: Object.keys(properties), additionalProperties: false, ...more })
  const text = { type: 'string' }

  it.each([
    [closed({})],
    [closed({ a: { type: 'array', items: closed({ b: text }) }, c: { anyOf: [text, { type: 'null' }] } })],
    [closed({ a: { $ref: '#/$defs/A', description: 'x' } }, { $defs: { A: closed({}) } })],
    [closed({ default: text, oneOf: text })],
  ])('%j', (schema) => expect(isStrict(schema)).toBe(true))

  it.each([
    [text],
    [{}],
    [closed({}, { anyOf: [closed({})] })],
    [closed({}, { allOf: [closed({})] })],
    [closed({ a: { ...text, default: 'x' } })],
    [closed({ a: { oneOf: [text] } })],
    [closed({ a: { type: 'array', items: { not: text } } })],
    [closed({ a: { type: 'array' } })],
    [closed({ a: { anyOf: [object({})] } })],
    [closed({ a: { type: ['object', 'null'] } })],
    [closed({ a: { $ref: '#/$defs/A', type: 'object' } }, { $defs: { A: closed({}) } })],
    [closed({}, { definitions: { A: object({}) } })],
  ])('not %j', (schema) => expect(isStrict(schema)).toBe(false))
})

describe('schemas without end', () => {
  const write = (schema: JsonObject) => toJsonSchema(schema, { lose: () => {} })

  it('are joined at once, not one with the next', () => {
    const allOf = Array.from({ length: 4000 }, (_, i) => ({ properties: { a: { minLength: i } }, items: { minimum: i }, enum: [[i], 'x'] }))
    expect(write({ type: 'object', allOf })).toMatchObject({
      properties: { a: { minLength: 3999 } },
      items: { minimum: 3999 },
      enum: ['x'],
    })
  })

  it('unfold into so many nodes at most', () => {
    const many = (of: () => JsonObject) => Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`p${i}`, of()]))
    const B = { type: 'object', properties: many(() => ({ type: 'string' })) }
    const written = write({ type: 'object', properties: many(() => ({ $ref: '#/$defs/B' })), $defs: { B } })
    expect(JSON.stringify(written).length).toBeLessThan(1_000_000)
  })
})

describe('a condition', () => {
  it('binds nothing, wherever its branches say it', () => {
    const Card = { properties: { number: { type: 'string' }, kind: { const: 'card' } }, required: ['number'], minProperties: 2 }
    for (const branch of [Card, { $ref: '#/$defs/Card' }, { allOf: [{ $ref: '#/$defs/Card' }] }]) {
      const schema = { type: 'object', properties: { kind: { type: 'string' } }, if: { required: ['kind'] }, else: branch, $defs: { Card } }
      const { properties, required, minProperties } = toJsonSchema(schema, { lose: () => {} })
      expect({ properties, required, minProperties }).toEqual({ properties: { kind: { type: 'string' }, number: { type: 'string' } } })
    }
  })
})
