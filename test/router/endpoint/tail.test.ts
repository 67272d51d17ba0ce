import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTail } from '../../../src/router/endpoint/tail.ts'

const encoder = new TextEncoder()

const lengths = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 60 })

test('the last events of a stream are kept whole, however it was cut', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('\n\n', '\r\n\r\n'),
      fc.oneof(lengths(20), lengths(300), lengths(9000)),
      fc.oneof(lengths(400), lengths(40_000)),
      fc.boolean(),
      (blank, sizes, cuts, isOver) => {
        const events = sizes.map((size, i) => `${i % 3 ? 'data' : ''}: ${i} ${'x'.repeat(size)}${blank}`)
        if (!isOver) events.push('data: amid')
        const stream = encoder.encode(events.join(''))
        const tail = createTail(new Uint8Array())
        for (let at = 0, i = 0; at < stream.length; i++) {
          const piece = stream.slice(at, at + cuts[i % cuts.length]!)
          tail.push(piece)
          at += piece.length
          piece.fill(0)
        }
        const kept = new TextDecoder().decode(tail.bytes())
        const first = events.map((_, i) => events.slice(i).join('')).indexOf(kept)
        const size = (from: number) => events.slice(from).join('').length
        const isEnough = (from: number) => size(from) >= 16 * 1024 || (events.length - from >= 8 && size(from) >= 1024)
        expect(first === 0 || isEnough(first)).toBe(true)
        expect(first < events.length - 1 && isEnough(first + 1)).toBe(false)
      },
    ),
    { seed: 7, numRuns: 500 },
  )
})

test('an event that is too large is not kept', () => {
  const tail = createTail(encoder.encode('data: '))
  for (let i = 0; i < 17; i++) tail.push(new Uint8Array(1024 * 1024).fill(0x78))
  tail.push(encoder.encode('\n\ndata: 1\n\n'))
  expect(tail.bytes()).toBeUndefined()
})
