import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventReader, writeEvent } from '../../src/core/sse.ts'

function read(chunks: Uint8Array[], maxLength?: number) {
  const events: [string, string | undefined][] = []
  const reader = createEventReader((data, name) => events.push([data, name]), maxLength)
  chunks.forEach((chunk) => reader.push(chunk))
  reader.end()
  return events
}
const bytes = (text: string) => new TextEncoder().encode(text)

describe('createEventReader', () => {
  it.each([
    ['with \\n', 'event: a\ndata: 1\n\ndata: 2\n\n'],
    ['with \\r\\n', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n'],
    ['without a space', 'event:a\ndata:1\n\ndata:2\n\n'],
    ['with comments', ': hello\n\nevent: a\ndata: 1\n\n: again\n\ndata: 2\n\n'],
    ['with a byte order mark', '\uFEFFevent: a\ndata: 1\n\ndata: 2\n\n'],
    ['without the last blank line', 'event: a\ndata: 1\n\ndata: 2'],
  ])('reads events %s', (_, text) => {
    expect(read([bytes(text)])).toEqual([
      ['1', 'a'],
      ['2', undefined],
    ])
  })

  it('reads the same however the bytes are cut, inside characters too', () => {
    const whole = bytes(['{"a":"ü€𝄞"}', 'x', '…'].map((data) => writeEvent(data, 'e')).join(''))
    const expected = read([whole])
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
        expect(read(at.slice(1).map((end, i) => whole.subarray(at[i], end)))).toEqual(expected)
      }),
    )
  })

  it('reads an error that stands between events as mere JSON, and nothing else that does', () => {
    const error = { error: { code: 503, message: 'a } b' } }
    const text = (space?: number) => bytes(`data: 1\n\n{"other":1}\nnoise\n${JSON.stringify(error, null, space)}\n\ndata: 2\n\n`)
    for (const space of [0, 2]) {
      for (const size of [1, 7, 1000]) {
        const whole = text(space)
        const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size))
        const [first, second, third] = read(pieces)
        expect([first, JSON.parse(second![0]), third]).toEqual([['1', undefined], error, ['2', undefined]])
      }
    }
  })

  it('stops reading an event that does not end', () => {
    expect(() => read([bytes(`data: ${'x'.repeat(100)}`)], 50)).toThrow(/more than 50 characters/)
  })

  it('replaces invalid UTF-8', () =>
    expect(read([new Uint8Array([...bytes('data: a'), 0xff, ...bytes('b\n\n')])])).toEqual([['a\uFFFDb', undefined]]))
})
