import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTail } from '../../../src/router/endpoint/tail.ts'

const encoder = new TextEncoder()

const lengths = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 60 })

test('the last events of a stream are kept whole, however it was cut', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('\n\n', '\r\n\r\n'),
      fc.oneof(lengths(300), lengths(9000)),
      fc.oneof(lengths(400), lengths(40_000)),
      (blank, sizes, cuts) => {
        const events = sizes.map((size, i) => `data: ${i} ${'x'.repeat(size)}${blank}`)
        const stream = encoder.encode(events.join(''))
        const tail = createTail(new Uint8Array())
        for (let at = 0, i = 0; at < stream.length; i++) {
          const piece = stream.slice(at, at + cuts[i % cuts.length]!)
          tail.push(piece)
          at += piece.length
          piece.fill(0)
        }
        const kept = new TextDecoder().decode(tail.bytes())
        const last = events.map((_, i) => events.slice(i).join('')).indexOf(kept)
        expect(last).toBeGreaterThanOrEqual(Math.max(0, events.length - 8))
        if (last > events.length - 8) expect(kept.length).toBeGreaterThanOrEqual(Math.min(stream.length, 16 * 1024))
      },
    ),
    { seed: 7, numRuns: 200 },
  )
})

test('an event that is too large is not kept', () => {
  const tail = createTail(encoder.encode('data: '))
  for (let i = 0; i < 17; i++) tail.push(new Uint8Array(1024 * 1024).fill(0x78))
  tail.push(encoder.encode('\n\ndata: 1\n\n'))
  expect(tail.bytes()).toBeUndefined()
})
