import { expect, test } from 'vitest'
import { flat } from '../../src/core/flat.ts'

test.each(['', 'a', ' ', 'short', 'long enough to be kept as a tree of its pieces', '→ 🙂 \ud800'])('a text stays as it is: %j', (text) => {
  expect(flat(text)).toBe(text)
  expect(flat(`${text}${text}`)).toBe(text + text)
})
