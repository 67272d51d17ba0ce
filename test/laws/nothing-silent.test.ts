/** Law 3: change any leaf of a request: either the translated body changes, or a notice names that leaf's path. */
import { describe, expect, it } from 'vitest'
import { isFailureError } from '../../src/core/failure.ts'
import { pointer } from '../../src/core/json.ts'
import { translate, type Exchange } from '../../src/transformers/translate.ts'
import { fixtures, MODEL, PAIRS } from '../fixtures/index.ts'

type Json = unknown
interface Leaf {
  path: string
  keys: (string | number)[]
  value: Json
}

function leavesOf(value: Json, path = '', keys: (string | number)[] = []): Leaf[] {
  if (Array.isArray(value)) return value.length ? value.flatMap((item, i) => leavesOf(item, pointer(path, i), [...keys, i])) : []
  if (value && typeof value === 'object')
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, pointer(path, key), [...keys, key]))
  return [{ path, keys, value }]
}

/** Another value of the same type. Words of a closed set stay in it where the field is known to be one. */
function changed(leaf: Leaf): Json {
  const { value } = leaf
  if (typeof value === 'number') return Number.isInteger(value) ? value + 1 : value + 0.01
  if (typeof value === 'boolean') return !value
  if (typeof value === 'string') return `${value}x`
  return 'x'
}

function replaced(body: Json, keys: (string | number)[], value: Json): Json {
  const [key, ...rest] = keys
  if (key === undefined) return value
  if (Array.isArray(body)) return body.map((item, i) => (i === key ? replaced(item, rest, value) : item))
  const object = body as Record<string, Json>
  return { ...object, [key]: replaced(object[key as string], rest, value) }
}

const covers = (notice: string, path: string) => notice === path || path.startsWith(`${notice}/`)

describe.each(PAIRS)('$from to $to', ({ from, to }) => {
  const run = (body: Json): Exchange | undefined => {
    try {
      return translate(body, {
        from,
        to,
        model: MODEL[to],
        clientModel: from === 'gemini' ? 'gemini-3-pro' : undefined,
        stream: from === 'gemini' ? false : undefined,
      })
    } catch (error) {
      if (isFailureError(error) && error.failure.status < 500) return undefined // refused aloud
      throw error
    }
  }
  it.each(Object.entries(fixtures[from].requests))('%s', (_, body) => {
    const before = run(body)
    expect(before).toBeDefined()
    const silent = leavesOf(body).filter((leaf) => {
      // the target's model is given; the client's is echoed in the answer
      if (leaf.path === '/model') return false
      const after = run(replaced(body, leaf.keys, changed(leaf)))
      if (!before || !after || after.streaming !== before.streaming) return false
      if (JSON.stringify(after.body) !== JSON.stringify(before.body)) return false
      if (JSON.stringify(after.chat?.includeUsage) !== JSON.stringify(before.chat?.includeUsage)) return false
      // what is lost of either value is told
      return ![...before.notices, ...after.notices].some(
        (notice) => notice.in === 'request' && notice.action !== 'invented' && covers(notice.path, leaf.path),
      )
    })
    expect(silent.map((leaf) => leaf.path)).toEqual([])
  })
})
