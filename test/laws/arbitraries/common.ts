/** What the requests and replies of all protocols are made of. Everything here is JSON, and small. */
import fc, { type Arbitrary } from 'fast-check'

export type Json = Record<string, unknown>

/** An object of which the fields in `optional` may be absent. */
export const object = (required: Record<string, Arbitrary<unknown>>, optional: Record<string, Arbitrary<unknown>> = {}): Arbitrary<Json> =>
  fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required), noNullPrototype: true })

export const is = <T>(...values: T[]): Arbitrary<T> => fc.constantFrom(...values)
export const many = <T>(item: Arbitrary<T>, maxLength = 3, minLength = 0): Arbitrary<T[]> => fc.array(item, { minLength, maxLength })

/** Text with what is known to trip readers: nothing, white space, other scripts, markup of ours and of others, JSON, SSE. */
const TRAPS = [
  '',
  ' ',
  '\n\n',
  'ü€𝄞 \u2028',
  '"\\/\u0000',
  'data: [DONE]\r\n\r\n',
  '<think>a</think>b',
  '<system-reminder>\na\n</system-reminder>',
  'x-anthropic-billing-header: a=1;',
  'ccr1',
  'ccr1eyJiIjo',
  'Error: no',
  '{"error":1}',
  '{"output":"a","b":2}',
  '[1]',
  'null',
  '~/a~b',
]
export const word = is('Hello', 'Go on.', 'constructor', 'a')
export const text: Arbitrary<string> = fc.oneof(word, is(...TRAPS), fc.string({ unit: 'binary', maxLength: 12 }))
/** Text with something to read in it. */
export const prose: Arbitrary<string> = text.filter((value) => value.trim() !== '')

/** Few of them, so that they are repeated; some of another provider's form. */
export const callId = is('call_1', 'call_1', 'call_2', 'toolu_01', 'functions.Bash:0', `call_${'9'.repeat(70)}`)
export const toolName = is('look', 'Bash', 'now', 'mcp__files__read', `long_${'name'.repeat(16)}`)

const key = is('a', 'b', 'city', '$ref', 'x/y', '~', 'toString')
export const value: Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    is<unknown>(null, true, false, 0, -1, 1.5, ''),
    text,
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 2 }),
  ),
})).value
/** The arguments of a call. */
export const input: Arbitrary<Json> = fc.oneof(is<Json>({}), fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true }))

/** Schemas of arguments, of the kinds that providers differ on. */
export const schema: Arbitrary<Json> = is<Json>(
  { type: 'object', properties: {} },
  { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { n: { type: ['integer', 'null'], exclusiveMinimum: 0 }, unit: { enum: ['c', 'f', null], description: 'Unit.' } },
  },
  {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/tree' }, when: { type: 'string', format: 'date-time' } },
    $defs: { tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/tree' } } } } },
  },
  { type: 'object', properties: { shape: { anyOf: [{ type: 'string', pattern: '^a' }, { const: 7 }] } }, patternProperties: { '^x': {} } },
)

/** A PNG of one pixel, and what is too short to be anything; base64. */
export const imageData = is('iVBORw0KGgo=', 'AAAA')
export const links = is('https://example.com/a.png', 'https://example.com/b%20c.jpg?d=1#e')

/** A field that nobody knows yet. */
export const unknown = { x_future: fc.oneof(is<unknown>('soon', 7, false), object({ deep: is<unknown>('x', 1) })) }

/**
 * A conversation in turns: `ask` makes a user's message, `answer` an assistant's with the calls of these ids, `results` the
 * messages that answer them. Most calls are answered once and in order; some late, twice, never, or without having been made.
 */
export function conversation<M>(wire: {
  ask: Arbitrary<M>
  aside?: Arbitrary<M>
  answer(ids: string[]): Arbitrary<M[]>
  results(ids: string[]): Arbitrary<M[]>
}): Arbitrary<M[]> {
  const ids = many(callId, 3)
  const turn = ids.chain((called) => {
    const answered = fc.oneof(
      { weight: 4, arbitrary: is(called) },
      { weight: 2, arbitrary: fc.shuffledSubarray(called) },
      { weight: 1, arbitrary: ids },
    )
    return fc.tuple(
      wire.ask,
      wire.answer(called),
      answered.chain((some) => (some.length ? wire.results(some) : is<M[]>([]))),
    )
  })
  const before = wire.aside ? many(wire.aside, 1) : is<M[]>([])
  return fc
    .tuple(before, many(turn, 2), wire.ask, before)
    .map(([head, turns, last, tail]) => [
      ...head,
      ...turns.flatMap(([ask, answer, results]) => [ask, ...answer, ...results]),
      last,
      ...tail,
    ])
}
