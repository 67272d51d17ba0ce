/**
 * Law 2: P to Q to P keeps everything that Q can say; what it cannot say is in the notices. Each of the two ways is held to it:
 * what the request said and its translation does not say is told, and so is what is lost on the way back.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { fixtures, PAIRS } from '../fixtures/index.ts'
import { wires } from './arbitraries/index.ts'
import { oneWay } from './facts.ts'
import { TIMEOUT } from './runs.ts'

describe.each(PAIRS)('$from to $to and back', ({ from, to }) => {
  const law = (body: JsonObject) => {
    const there = oneWay(body, from, to)
    if (!there) return
    expect(there.lost).toEqual([])
    expect(oneWay(there.there, to, from)?.lost ?? []).toEqual([])
  }
  it.each(Object.entries(fixtures[from].requests))('%s', (_, body) => law(body))
  it('any request', () => fc.assert(fc.property(wires[from].request, law)), TIMEOUT)
})
