/**
 * What is made for each request is of one hidden class each time. Where it is not, V8 looks every field of it up anew: a
 * microsecond each, and some thirty a request were looked up.
 */
import { describe, expect, test } from 'vitest'
import { eventsOf, WHOLE } from '../../bench/fixtures/answers.js'
import { MODELS, requestOf, type Protocol } from '../../bench/fixtures/requests.js'
import type { StreamEvent } from '../../src/core/reply.ts'
import { translate } from '../../src/index.ts'
import { unlike } from '../core/hidden-class.ts'

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
      const begun = events.flatMap((event) => (event.type === 'part-start' ? [event.part] : []))
      const parts = Object.fromEntries(begun.map((part, i) => [`part ${i}`, part]))
      if (!exchange.chat || !reply || !usage || !begun.length) throw new Error('there is nothing to look at')
      return { request: exchange.chat, body: exchange.body, reply, usage, ...parts }
    }
    expect(unlike(make)).toEqual([])
  })
})
