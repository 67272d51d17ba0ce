/**
 * Lists that are made for each request are of one kind before and after V8 has compiled what makes them. Where they are not, whatever reads
 * them is compiled anew, which takes as long as twenty small requests. V8 as in Node 20 makes them of two kinds, newer ones do not.
 */
import { expect, test } from 'vitest'
import { WHOLE } from '../../bench/fixtures/answers.js'
import { MODELS, requestOf, type Protocol } from '../../bench/fixtures/requests.js'
import { translate } from '../../src/index.ts'
import { changedByCompiler } from '../core/hidden-class.ts'

const PROTOCOLS = Object.keys(MODELS) as Protocol[]

test('requests and answers, in all pairs', () => {
  const pairs = PROTOCOLS.flatMap((from) => PROTOCOLS.filter((to) => to !== from).map((to) => ({ from, to })))
  const makes = pairs.map(({ from, to }) => {
    const options = { from, to, model: MODELS[to], clientModel: MODELS[from] } as const
    const { body } = requestOf(from, { size: 'big', stream: false })
    const make = () => {
      const exchange = translate(JSON.parse(body), options)
      let reply: object | undefined
      const answer = exchange.response(JSON.parse(WHOLE[to]), (read) => (reply = read))
      return { request: exchange.chat, body: exchange.body, reply, answer }
    }
    return [`${from} to ${to}`, make] as const
  })
  const changed = changedByCompiler(Object.fromEntries(makes))
  expect(changed).toEqual(Object.fromEntries(makes.map(([name]) => [name, []])))
}, 60_000)
