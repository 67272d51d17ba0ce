import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from '../../src/core/utf8.ts'

const LONG = 'as long as a request '.repeat(1000)

test.each(['', 'plain', 'ä € 🙂', '\ud800', LONG, `${LONG}ä`, `${LONG}€`, `${LONG}🙂`, `${LONG}\ud800`, `\uFEFF${LONG}`])(
  'is written: %#',
  (text) => {
    expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)])
  },
)

test.each(['a piece of a stream', LONG, '→'.repeat(5000)])('shares its memory with nothing: %#', (text) => {
  const bytes = encodeUtf8(text)
  expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
})

test.each(['', 'plain', 'ä € 🙂', LONG, `${LONG}ä`, `${LONG}€`, `\uFEFF${LONG}`])('is read: %#', (text) => {
  const bytes = new TextEncoder().encode(text)
  expect(decodeUtf8(bytes)).toBe(new TextDecoder().decode(bytes))
  const within = new Uint8Array(bytes.length + 7)
  within.set(bytes, 3)
  expect(decodeUtf8(within.subarray(3, 3 + bytes.length))).toBe(new TextDecoder().decode(bytes))
})

test('what is no UTF-8 throws, and breaks nothing', () => {
  expect(() => decodeUtf8(Uint8Array.of(0x61, 0xc3))).toThrow(TypeError)
  expect(() => decodeUtf8(new Uint8Array(10_000).fill(0xff))).toThrow(TypeError)
  expect(decodeUtf8(Uint8Array.of(0xc3, 0xa4))).toBe('ä')
})
