import { expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/core/utf8.ts'

test.each(['', 'plain', 'ä € 🙂', '\ud800'])('%j', (text) => {
  expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)])
})

test('shares its memory with nothing', () => {
  const bytes = encodeUtf8('a piece of a stream')
  expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
})
