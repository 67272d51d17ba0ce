import { expect, test } from 'vitest'
import { extended } from '../../src/core/extended.ts'
import { unlike } from './hidden-class.ts'

// First and in a file of its own: once V8 has seen objects of many classes in one place it goes another way.
test('what is extended is of one hidden class', () => {
  const object = { a: 1, b: 'two' }
  expect(unlike(() => ({ it: extended(object, { c: 3, d: 4 }) }))).toEqual([])
})

test('later fields win, and nothing is changed', () => {
  const object = { a: 1, b: 'two' }
  expect(extended(object, { b: 2, c: 3 })).toEqual({ a: 1, b: 2, c: 3 })
  expect(object).toEqual({ a: 1, b: 'two' })
})

test('a key __proto__ stays a key', () => {
  const odd = JSON.parse('{"__proto__":{"x":1}}') as object
  expect(JSON.stringify(extended(odd, { a: 1 }))).toBe('{"__proto__":{"x":1},"a":1}')
})
