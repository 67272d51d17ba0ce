import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonLine } from '../../../src/server/log/format.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { oneLine } from '../../../src/server/log/text.ts'

test('no field takes the place of another', () => {
  const fields = { time: 'a', time_: 'b', 'x\u0007': 'c', x: 'd' }
  const line = jsonLine({ time: 0, level: 'info', message: 'm', fields }, (text) => text)
  expect(Object.values(JSON.parse(line) as object).slice(3)).toEqual(['a', 'b', 'c', 'd'])
})

test('every text is told without secrets and on one line, whatever stands beside it', () => {
  const redact = createRedactor({ key: 'sk-secret-1234', quoted: 'sk-"quoted"-\\1234' })
  const pieces = fc.constantFrom(
    'a',
    'é',
    '"',
    '\\',
    '\n',
    '\u001b[2J',
    '\u0007',
    ' ',
    'sk-secret-1234',
    'sk-"quoted"-\\1234',
    '\ud800',
    'x'.repeat(900),
  )
  const text = fc.array(pieces, { maxLength: 6 }).map((list) => list.join(''))
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(undefined),
    text.map((message) => new Error(message)),
  )
  const plain = (given: string, max = 4000) => {
    const line = oneLine(redact(given))
    return line.length > max ? `${line.slice(0, max)}… (${line.length - max} more)` : line
  }
  fc.assert(
    fc.property(text, fc.dictionary(fc.constantFrom('status', 'model', 'asked', '404', 'time_'), value), (message, fields) => {
      const told = Object.entries(fields).flatMap(([name, given]) =>
        given === undefined
          ? []
          : [
              [
                name,
                given instanceof Error
                  ? plain(given.message)
                  : typeof given === 'string'
                    ? plain(given, name === 'asked' ? Infinity : undefined)
                    : given,
              ] as const,
            ],
      )
      const line = jsonLine({ time: 0, level: 'info', message, fields }, redact)
      expect(line).toMatch(/^\{"time":/)
      expect(JSON.parse(line)).toEqual({
        time: '1970-01-01T00:00:00.000Z',
        level: 'info',
        message: plain(message),
        ...Object.fromEntries(told),
      })
    }),
    { numRuns: 500 },
  )
})
