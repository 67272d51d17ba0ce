import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { flat } from '../../src/core/flat.ts'

test.each(['', 'a', ' ', 'short', 'long enough to be kept as a tree of its pieces', '→ 🙂 \ud800'])('a text stays as it is: %j', (text) => {
  expect(flat(text)).toBe(text)
  expect(flat(`${text}${text}`)).toBe(text + text)
})

test('what a text was cut from is not kept with it', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = held()
  const kept = Array.from({ length: 1000 }, (_, at) =>
    flat(
      Buffer.alloc(20_000, 97 + (at % 20))
        .toString('latin1')
        .slice(100, 160),
    ),
  )
  expect(held() - before).toBeLessThan(2_000_000)
  expect(kept.length).toBe(1000)
})
