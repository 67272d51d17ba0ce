import { expect, test } from 'vitest'
import { createMemo } from '../../src/core/memo.ts'

/** A memo, and how often it was asked to make something. */
function counted(most: number) {
  const memo = createMemo<string | undefined>(most)
  const made: string[] = []
  return { made, look: (key: string, value?: string) => memo(key, () => (made.push(key), value)) }
}

test('what was made of a text is made once, also where that was nothing', () => {
  const { made, look } = counted(3)
  expect([look('a', 'one'), look('a', 'another'), look('b'), look('b', 'late')]).toEqual(['one', 'one', undefined, undefined])
  expect(made).toEqual(['a', 'b'])
})

test('beyond so many texts it begins anew', () => {
  const { made, look } = counted(2)
  for (const key of ['a', 'b', 'a', 'c', 'a']) look(key, key)
  expect(made).toEqual(['a', 'b', 'c', 'a'])
})

test('of long texts, which clients make up, nothing is kept', () => {
  const { made, look } = counted(2)
  const long = 'x'.repeat(1025)
  for (const key of [long, long, 'a', 'b', 'a']) expect(look(key, key)).toBe(key)
  expect(made).toEqual([long, long, 'a', 'b'])
})
