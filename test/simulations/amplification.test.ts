import { describe, expect, test } from 'vitest'
import { pool, type PoolOptions } from '../../src/router/index.ts'
import type { Fault } from '../../src/testing/index.ts'
import { createWorld, MINUTE, SECOND, START, type Asked } from './world.ts'

/** Nobody answers for two minutes while questions come at random. */
async function fullOutage(seed: number, fault: Fault, { nested, ...options }: PoolOptions & { nested?: boolean }) {
  const { clock, random, ask, arrivals, provided } = createWorld(seed)
  const members = ['a', 'b', 'c', 'd'].map((name) => provided(name, { latencyMs: 50, faults: fault }))
  const [a, b, c, d] = members.map(({ fetch }) => fetch)
  const main = nested
    ? pool([pool([a!, b!], { name: 'near', clock, random, ...options }), pool([c!, d!], { name: 'far', clock, random, ...options })], {
        clock,
        random,
        ...options,
      })
    : pool([a!, b!, c!, d!], { clock, random, ...options })
  const asked: Asked[] = []
  arrivals(5, 2 * MINUTE, (index) => void ask(main, { session: `s${index}` }).then((each) => asked.push(each)))
  await clock.run()
  const sent = members.flatMap(({ provider }) => provider.requests.map(({ at }) => at))
  return { asked, sent, waiting: clock.waiting }
}

const sentIn = (sent: readonly number[], from: number, to: number) => sent.filter((at) => at >= from && at < to).length

describe.each<[string, Fault]>([
  ['answers 500', 'server-error'],
  ['is overloaded', 'overloaded'],
  ['refuses connections', 'refuse'],
  ['breaks connections', 'reset'],
  ['answers 429 without a time', { type: 'rate-limit', signal: 'none' }],
])('when every provider %s', (_, fault) => {
  test.each<[string, Parameters<typeof fullOutage>[2]]>([
    ['one pool', {}],
    ['pools in a pool without breakers', { nested: true, breaker: false }],
  ])('%s asks hardly more often than it is asked', async (__, options) => {
    const { asked, sent, waiting } = await fullOutage(1, fault, options)
    expect(asked.every(({ status }) => status >= 429)).toBe(true)
    expect(sent.length / asked.length).toBeLessThanOrEqual(1.2)
    // At no time, once the first failures are known: not on average alone.
    for (let from = START + 20 * SECOND; from < START + 2 * MINUTE; from += 20 * SECOND) {
      const answers = asked.filter(({ at, tookMs }) => at < from + 20 * SECOND && at + tookMs >= from).length
      expect(sentIn(sent, from, from + 20 * SECOND)).toBeLessThanOrEqual(1.2 * answers)
    }
    // Nobody is kept for longer than requests may wait.
    expect(Math.max(...asked.map(({ tookMs }) => tookMs))).toBeLessThan(16 * SECOND)
    expect(waiting).toBe(0)
  })
})

test('that is the doing of the bound on retries', async () => {
  const { asked, sent } = await fullOutage(1, 'server-error', { breaker: false, retry: { throttle: false } })
  expect(sent.length / asked.length).toBeGreaterThan(3)
})
