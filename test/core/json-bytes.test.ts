import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { encodeJson } from '../../src/core/json-bytes.ts'

const written = (body: object) => new TextEncoder().encode(JSON.stringify(body))

test('any body is written as JSON.stringify writes it', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.constantFrom(null, true, undefined),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
    ),
  })).any
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (body) => {
      const expected = [...written(body)]
      for (const room of [undefined, 1, expected.length]) expect([...encodeJson(body as JsonObject, room)]).toEqual(expected)
    }),
    { seed: 1, numRuns: 300 },
  )
})

test.each([1, 100, 5000, 70_000])('long lists of items of %i characters come whole, wide ones among them', (length) => {
  const messages = Array.from({ length: Math.ceil(200_000 / length) }, (_, at) => ({
    role: 'user',
    content: `${at}${at % 3 ? '' : '→🙂'}${'x'.repeat(length)}`,
  }))
  const body = { model: 'm', messages, tools: [undefined, ...messages], stream: true, more: [undefined] }
  for (const room of [undefined, 1000, 500_000]) expect(Buffer.compare(encodeJson(body, room), written(body))).toBe(0)
})
