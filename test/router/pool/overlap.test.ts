import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutOverlap } from '../../../src/router/pool/overlap.ts'

function joined(before: string, pieces: readonly string[]) {
  const overlap = withoutOverlap(before)
  const told = pieces.map((piece) => overlap.push(piece)).join('') + overlap.end()
  return { told, removed: overlap.removed() }
}

describe('what a continuation repeats', () => {
  it.each<[what: string, before: string, continuation: string, told: string]>([
    ['nothing', 'The quick', ' brown fox', ' brown fox'],
    ['a word that was cut', 'Hello wor', 'world!', 'ld!'],
    ['the last words', 'The quick brown', 'quick brown fox', ' fox'],
    ['all', 'The quick', 'The quick brown fox', ' brown fox'],
    ['all, and nothing more', 'The quick', 'The quick', ''],
    ['a beginning that goes on otherwise', 'The quick fox', 'The quick dog', 'The quick dog'],
    ['one letter, by chance', 'hel', 'lo', 'lo'],
    ['a part of a word, by chance', 'Missi', 'ssippi', 'ssippi'],
    ['much of a word', 'internation', 'nationality', 'ality'],
    ['a space', 'Hello ', ' world', 'world'],
    ['the longest end', 'ha ha ha', 'ha ha ha ha', ' ha'],
    ['nothing of nothing', '', 'Hello', 'Hello'],
    ['whole characters', 'smile 😀', '😀 again', ' again'],
  ])('%s', (_, before, continuation, told) => {
    expect(joined(before, [continuation]).told).toBe(told)
    expect(joined(before, Array.from(continuation)).told).toBe(told)
  })

  const word = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 20 })
  it('is an end of what was said, and does not depend on how the continuation is cut', () => {
    fc.assert(
      fc.property(word, fc.array(word), (before, pieces) => {
        const { told, removed } = joined(before, pieces)
        const all = pieces.join('')
        expect(told).toBe(all.slice(removed))
        expect(before.endsWith(all.slice(0, removed))).toBe(true)
        expect(joined(before, [all]).told).toBe(told)
      }),
    )
  })
})
