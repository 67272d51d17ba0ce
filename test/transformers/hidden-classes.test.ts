/**
 * What is made for each request is of one hidden class each time. Where it is not, V8 looks every field of it up anew: a
 * microsecond each, a tenth of what a small request took.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { eventsOf, WHOLE } from '../../bench/fixtures/answers.js'
import { MODELS, requestOf, type Protocol } from '../../bench/fixtures/requests.js'
import { extended } from '../../src/core/extended.ts'
import type { StreamEvent } from '../../src/core/reply.ts'
import { translate } from '../../src/index.ts'

setFlagsFromString('--allow-natives-syntax')
const areAlike = runInNewContext('(one, other) => %HaveSameMap(one, other)') as (one: unknown, other: unknown) => boolean

/** V8 settles for a class once it has seen some. */
const RUNS = 30

/** Which of the named things are of another class from run to run. */
function unlike(make: () => Record<string, object | undefined>): string[] {
  const runs = Array.from({ length: RUNS }, make)
  const [one = {}, other = {}] = runs.slice(-2)
  return Object.keys(one).filter((name) => one[name] && !areAlike(one[name], other[name]))
}

const PROTOCOLS = Object.keys(MODELS) as Protocol[]
const pairs = PROTOCOLS.flatMap((from) => PROTOCOLS.filter((to) => to !== from).map((to) => ({ from, to })))

describe('of one hidden class each', () => {
  test.each(pairs)('$from to $to', ({ from, to }) => {
    const options = { from, to, model: MODELS[to], clientModel: MODELS[from], stream: true } as const
    const make = () => {
      const exchange = translate(JSON.parse(requestOf(from, { size: 'small', stream: true }).body), options)
      const events: StreamEvent[] = []
      const translator = exchange.translator((event) => void events.push(event))
      translator.push(new TextEncoder().encode(eventsOf(to, 41).join('')))
      translator.end()
      let reply: object | undefined
      let usage: object | undefined
      exchange.response(JSON.parse(WHOLE[to]), (read) => ([reply, usage] = [read, read.usage]))
      const parts = events.flatMap((event) => (event.type === 'part-start' ? [event.part] : []))
      return { request: exchange.chat, body: exchange.body, reply, usage, ...parts }
    }
    expect(unlike(make)).toEqual([])
  })

  test('what is extended', () => {
    const object = { a: 1, b: 'two' }
    expect(unlike(() => ({ it: extended(object, { c: 3, d: 4 }) }))).toEqual([])
    expect(extended(object, { b: 2, c: 3 })).toEqual({ a: 1, b: 2, c: 3 })
    expect(object).toEqual({ a: 1, b: 'two' })
  })
})
