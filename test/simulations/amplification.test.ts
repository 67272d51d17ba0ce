import { describe, expect, test } from 'vitest'
import { pool, type PoolOptions } from '../../src/router/index.ts'
import type { Fault } from '../../src/testing/index.ts'
import { createWorld, MINUTE, SECOND, START, type Asked } from './world.ts'

/** Nobody answers while questions come at random: for a minute, or for as long as a hundred take where they are rare. */
async function fullOutage(
  seed: number,
  fault: Fault,
  { nested, perSecond = 5, ...options }: PoolOptions & { nested?: boolean; perSecond?: number },
) {
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
  arrivals(
    perSecond,
    Math.max(MINUTE, (100 / perSecond) * SECOND),
    (index) => void ask(main, { session: `s${index}` }).then((each) => asked.push(each)),
  )
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
    for (let from = START + 20 * SECOND; from < START + MINUTE; from += 20 * SECOND) {
      const answers = asked.filter(({ at, tookMs }) => at < from + 20 * SECOND && at + tookMs >= from).length
      expect(sentIn(sent, from, from + 20 * SECOND)).toBeLessThanOrEqual(1.2 * answers)
    }
    // Nobody is kept for longer than requests may wait.
    expect(Math.max(...asked.map(({ tookMs }) => tookMs))).toBeLessThan(16 * SECOND)
    expect(waiting).toBe(0)
  })
})

test.each([0.1, 0.003])('nor when %d requests a second come, however long the outage lasts', async (perSecond) => {
  for (const fault of ['server-error', 'refuse'] as const)
    for (const options of [{}, { breaker: false as const }, { nested: true }]) {
      const { asked, sent } = await fullOutage(2, fault, { perSecond, ...options })
      expect(asked.length).toBeGreaterThan(70)
      expect(sent.length / asked.length).toBeLessThanOrEqual(1.2)
    }
})

test('a few answers are enough for retries to go on, and so is an hour without a failure', async () => {
  for (const later of ['answers', 'an hour'] as const) {
    const { clock, random, ask, provided } = createWorld(1)
    const a = provided('a', { faults: 'server-error' })
    const b = provided('b', { faults: 'server-error' })
    const main = pool([a.fetch, b.fetch], { clock, random, breaker: false, affinity: false })
    const asks = async (times: number) => {
      let asked = 0
      for (let time = 0; time < times; time++)
        clock.after(time * 2 * MINUTE, () => void ask(main, { session: 's' }).then(({ status }) => void (asked = status)))
      await clock.run()
      return asked
    }
    await asks(20)
    const before = a.provider.requests.length + b.provider.requests.length
    expect(await asks(1)).toBe(500)
    expect(a.provider.requests.length + b.provider.requests.length).toBe(before + 1)
    if (later === 'answers') {
      a.provider.setFaults(undefined)
      await asks(6)
    } else {
      clock.after(60 * MINUTE, () => {})
      await clock.run()
    }
    a.provider.setFaults('server-error')
    b.provider.setFaults(undefined)
    expect(await asks(1)).toBe(200)
  }
})

test('that is the doing of the bound on retries', async () => {
  const { asked, sent } = await fullOutage(1, 'server-error', { breaker: false, retry: { throttle: false } })
  expect(sent.length / asked.length).toBeGreaterThan(3)
})
