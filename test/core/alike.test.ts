import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAlikeParser } from '../../src/core/alike.ts'

const parser = () =>
  createAlikeParser({ strings: new Set(['text', 'choices/delta/text', 'more/text']), counts: new Set(['choices/n', 'n']) })

/** What the parser makes of each text at the time it is asked, beside what JSON.parse makes of it. */
function compare(texts: readonly string[]) {
  const parse = parser()
  for (const text of texts) expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)))
}

/** Whether the third of three such texts is the second's object again. */
function isFilled(textOf: (i: number) => string, parse = parser()): boolean {
  const [, , third, fourth] = [0, 1, 2, 3].map((i) => parse(textOf(i)))
  return third === fourth
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', '"', '\\', '\\"', 'a\\', '\n', '"}', '1', 'cc-route differs 0', '\ud800', '\u2028', '  }'),
)
const count = fc.oneof(fc.nat(), fc.constantFrom(0, -1, 1.5, 1e21, 999_999_999_999_999, 1_000_000_000_000_000))
const blanks = fc.nat(3).map((n) => ' '.repeat(n))
const events = fc.record({ text, other: text, n: count, blanks, kind: fc.nat(3), twice: fc.boolean() })
const event = events.map(({ text, other, n, blanks, kind, twice }) => {
  const value = [
    { type: 'delta', text },
    { id: 'x', choices: [{ delta: { text }, n }, 7], n },
    { type: 'delta', text: other, more: { text }, choices: [{ delta: { text: other } }] },
    { text, other },
  ][kind]
  const again = twice ? `,"text":${JSON.stringify(other)}` : ''
  return JSON.stringify(value).replace(/}$/, `${again}${blanks}}`)
})

test('any texts are read as JSON.parse reads them', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (texts) => compare(texts)),
    { numRuns: 2000 },
  )
})

test.each([
  ['its text', (i: number) => `{"type":"a","text":"t${i}"}`],
  ['its text, with escapes', (i: number) => `{"type":"a","text":"\\"\\\\t\\n${i}\\\\"}`],
  ['its text, and blanks before the end', (i: number) => `{"type":"a","text":"t${i}"${' '.repeat(i)}}`],
  ['text and number', (i: number) => `{ "choices": [ { "delta": { "text": "t${i}" }, "n": ${i + 8} } ] }`],
])('what differs in %s alone is filled in', (_, textOf) => {
  compare([0, 1, 2, 3, 4].map(textOf))
  expect(isFilled(textOf)).toBe(true)
})

test.each([
  ['a field that may be kept', (i: number) => `{"type":"a","id":"t${i}"}`],
  ['the same name elsewhere', (i: number) => `{"type":"a","in":{"text":"t${i}"}}`],
  ['a name', (i: number) => `{"type":"a","k${i}":"text"}`],
  ['a part of a number', (i: number) => `{"type":"a","n":1.${i + 1}}`],
  ['the sign of a number', (i: number) => `{"type":"a","n":${i % 2 ? '' : '-'}1}`],
  ['a field of another kind', (i: number) => `{"type":"a","text":${i}}`],
  ['a key that looks like a path', (i: number) => `{"type":"a","choices/n":${i}}`],
  ['what a text of its own is taken for', (i: number) => `{"text":"t${i}","text":"cc-route differs 0"}`],
  ['a field that is told again', (i: number) => `{"text":"t${i}","text":"the last one counts"}`],
  ['its length beyond all measure', (i: number) => `{"type":"a","text":"t${i}${'x'.repeat(5000)}"}`],
  ['items of a list alone', (i: number) => `["t${i}"]`],
])('what differs in %s is made anew', (_, textOf) => {
  compare([0, 1, 2, 3, 4].map(textOf))
  expect(isFilled(textOf)).toBe(false)
})

test.each([
  '{"type":"a","text":"t',
  '{"type":"a","text":"t"',
  '{"type":"a","text":"t"}}',
  '{"type":"a","text":"t"} }',
  '{"type":"a","text":"a line\nbreak"}',
  '{"type":"a","text":"\\x"}',
  '{"type":"a","text":"t"x}',
  '{"type":"a","text":"t\\"}',
])('what is no JSON is none behind texts that it is like: %s', (broken) => {
  const parse = parser()
  for (const i of [0, 1, 2]) parse(`{"type":"a","text":"t${i}"}`)
  expect(() => parse(broken)).toThrow(SyntaxError)
  expect(parse('{"type":"a","text":"and on"}')).toEqual({ type: 'a', text: 'and on' })
})

test.each(['007', '', '-', '1e', '0x1'])('%j is no number behind texts that have one', (n) => {
  const parse = parser()
  for (const i of [1, 2, 3]) parse(`{"type":"a","n":${i}}`)
  expect(() => parse(`{"type":"a","n":${n}}`)).toThrow(SyntaxError)
})

test('another form is found when texts change', () => {
  const parse = parser()
  expect(isFilled((i) => `{"type":"a","text":"t${i}"}`, parse)).toBe(true)
  expect(isFilled((i) => `{"type":"b","n":${i}}`, parse)).toBe(true)
})

test('a few odd texts among many that are alike do no harm', () => {
  const parse = parser()
  for (let i = 0; i < 40; i++) {
    parse(`{"k${i}":1}`)
    for (const text of ['one', 'two', 'three']) parse(`{"type":"a","text":"${text}"}`)
  }
  expect(isFilled((i) => `{"type":"b","n":${i}}`, parse)).toBe(true)
})

test('texts of which none is like the one before are not compared for ever', () => {
  const parse = parser()
  for (let i = 0; i < 8; i++) parse(`{"k${i}":1}`)
  expect(isFilled((i) => `{"type":"a","text":"t${i}"}`, parse)).toBe(false)
})
