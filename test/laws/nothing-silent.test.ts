/** Law 3: change any leaf of a request: either the translated body changes, or a notice names that leaf's path. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixtures, PAIRS } from '../fixtures/index.ts'
import { wires } from './arbitraries/index.ts'
import { asked, silentLeaves } from './leaves.ts'
import { TIMEOUT } from './runs.ts'

describe.each(PAIRS)('$from to $to', ({ from, to }) => {
  it.each(Object.entries(fixtures[from].requests))('%s', (_, body) => {
    expect(asked(body, from, to)).toBeDefined()
    expect(silentLeaves(body, from, to)).toEqual([])
  })
  it(
    'any request',
    () => {
      const property = fc.property(wires[from].request, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (body, picks) => {
        const silent = silentLeaves(body, from, to, (leaves) => picks.map((pick) => leaves[pick % leaves.length]!))
        expect(silent).toEqual([])
      })
      fc.assert(property)
    },
    TIMEOUT,
  )
})
