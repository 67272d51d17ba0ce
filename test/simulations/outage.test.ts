import { describe, expect, test } from 'vitest'
import { pool } from '../../src/router/index.ts'
import type { Fault } from '../../src/testing/index.ts'
import { between, createWorld, during, MINUTE, mostAtOnce, SECOND, START, type Asked } from './world.ts'

const DOWN = START + MINUTE / 2
const UP = START + 2 * MINUTE
const PER_SECOND = 6

/** The first of two providers is down for a minute and a half; questions come at random. */
async function outage(seed: number, fault: Fault) {
  const { clock, random, ask, arrivals, provided } = createWorld(seed)
  const first = provided('first', { latencyMs: 400, faults: during(DOWN, UP, fault) })
  const second = provided('second', { latencyMs: 400 })
  const main = pool([first.fetch, second.fetch], { clock, random })
  const asked: Asked[] = []
  arrivals(PER_SECOND, 4 * MINUTE, (index) => void ask(main, { session: `s${index}` }).then((each) => asked.push(each)))
  await clock.run()
  return { asked, first: first.provider, second: second.provider, clock }
}

describe.each<[string, Fault]>([
  ['refuses connections', 'refuse'],
  ['answers 500', 'server-error'],
  ['is overloaded', 'overloaded'],
  ['breaks connections', 'reset'],
])('a provider that %s for a while', (_, fault) => {
  test('is noticed, probed by one request at a time, and taken back without a herd', async () => {
    const { asked, first, second, clock } = await outage(1, fault)

    // No client sees it, and nobody waits for longer than two tries take.
    expect(asked.every(({ status }) => status === 200)).toBe(true)
    expect(Math.max(...asked.map(({ tookMs }) => tookMs))).toBeLessThan(2 * SECOND)

    // It costs what is on its way until the first failures are known, then a few probes, each further away than the one before.
    const settled = DOWN + 5 * SECOND
    expect(between(first, DOWN, settled).length).toBeLessThan(20)
    const probes = between(first, settled, UP)
    expect(probes.length).toBeGreaterThan(0)
    expect(probes.length).toBeLessThan(10)
    expect(mostAtOnce(first, settled, UP)).toBe(1)

    // One request finds out that it is back, no later than it had been away; the others follow when that one has its answer.
    const [found, ...rest] = between(first, UP, Infinity)
    expect(found!.at - UP).toBeLessThan(UP - DOWN)
    expect(rest[0]!.at).toBeGreaterThanOrEqual(found!.endedAt!)
    expect(between(first, found!.at, found!.at + SECOND).length).toBeLessThan(2.5 * PER_SECOND)
    expect(between(second, found!.endedAt! + SECOND, Infinity)).toHaveLength(0)
    expect(first.open + second.open + clock.waiting).toBe(0)
  })
})

test('three hundred that wait for the same reset do not come back in the same moment', async () => {
  const { clock, random, ask, provided } = createWorld(3)
  const limit = { type: 'rate-limit', seconds: 10 } as const
  const members = ['a', 'b'].map((name) => provided(name, { latencyMs: 400, faults: during(START, START + 10 * SECOND, limit) }))
  const main = pool(
    members.map(({ fetch }) => fetch),
    { clock, random },
  )
  const asked: Asked[] = []
  for (let i = 0; i < 300; i++) clock.after(1, () => void ask(main, { session: `s${i}` }).then((each) => asked.push(each)))
  await clock.run()
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(300)
  const back = members.flatMap(({ provider }) => between(provider, START + 5 * SECOND, Infinity))
  // Each asks once more, and not before the time that it was told.
  expect(back).toHaveLength(300)
  expect(Math.min(...back.map(({ at }) => at))).toBeGreaterThanOrEqual(START + 10 * SECOND)
  const moments = new Map<number, number>()
  for (const { at } of back) moments.set(Math.floor(at / 100), (moments.get(Math.floor(at / 100)) ?? 0) + 1)
  expect(Math.max(...moments.values())).toBeLessThan(60)
})
