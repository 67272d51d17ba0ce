/** Law 1: reading a request or a reply of a protocol and writing it as the same gives the same JSON. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fixtures, PROTOCOLS } from '../fixtures/index.ts'
import { replyAgain, requestAgain } from './again.ts'
import { wires } from './arbitraries/index.ts'
import { TIMEOUT } from './runs.ts'

describe.each(PROTOCOLS)('%s', (name) => {
  it.each(Object.entries(fixtures[name].requests))('request %s', (_, body) => {
    const before = JSON.stringify(body)
    expect(requestAgain(name, body)).toEqual(body)
    expect(JSON.stringify(body)).toBe(before)
  })
  it.each(Object.entries(fixtures[name].replies))('reply %s', (_, body) => {
    expect(replyAgain(name, body)).toEqual(body)
  })
  const any = (body: 'request' | 'reply', again: typeof requestAgain) => () =>
    fc.assert(
      fc.property(wires[name][body], (json) => {
        expect(again(name, json)).toEqual(json)
      }),
    )
  it('any request', any('request', requestAgain), TIMEOUT)
  it('any reply', any('reply', replyAgain), TIMEOUT)
})
