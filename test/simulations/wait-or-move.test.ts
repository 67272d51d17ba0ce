import { describe, expect, test } from 'vitest'
import { pool, type PoolOptions } from '../../src/router/index.ts'
import { promptCache } from './prompt-cache.ts'
import { createWorld, MINUTE, SECOND, START } from './world.ts'
import type { ChaosRequest, Fault } from '../../src/testing/index.ts'

const PRICE = { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 }
const VALUE_OF_TIME = 0.01

/** Each member is at its limit for `forSeconds` once in `everySeconds`, and says until when. */
const limited =
  (everySeconds: number, forSeconds: number, offset: number) =>
  ({ at }: ChaosRequest): Fault | undefined => {
    const into = ((at - START) / SECOND + offset) % everySeconds
    return into < forSeconds ? { type: 'rate-limit', seconds: Math.ceil(forSeconds - into) } : undefined
  }

/** Forty sessions with long prompts at two organisations, for ten minutes. */
async function spend(seed: number, forSeconds: number, options: PoolOptions) {
  const { clock, random, ask, provided } = createWorld(seed)
  const turns = new Map<string, number>()
  const caches = [0, 1].map(() => promptCache(clock, (conversation) => 60_000 + 3000 * (turns.get(conversation) ?? 0)))
  const members = caches.map((cache, index) =>
    provided('ab'[index]!, { latencyMs: 2000, reply: cache.reply, faults: limited(60, forSeconds, 30 * index) }, { price: PRICE }),
  )
  const main = pool(
    members.map(({ fetch }) => fetch),
    { clock, random, strategy: 'round_robin', ...options },
  )
  let waited = 0
  let failed = 0
  let asked = 0
  const talk = async (session: string) => {
    while (clock.now() < START + 10 * MINUTE) {
      const { status, tookMs } = await ask(main, { session })
      asked++
      if (status === 200) {
        turns.set(`${session}/`, (turns.get(`${session}/`) ?? 0) + 1)
        waited += Math.max(0, tookMs - 2000)
      } else failed++
      await clock.pass((5 + 40 * random()) * SECOND)
    }
  }
  for (let i = 0; i < 40; i++) clock.after(random() * MINUTE, () => void talk(`session-${i}`))
  await clock.run()
  const tokens = caches.reduce((total, cache) => total + cache.cost(PRICE), 0)
  return { asked, failed, waited: waited / SECOND, tokens, total: tokens + (waited / SECOND) * VALUE_OF_TIME }
}

const TURNS: PoolOptions = { affinity: false }
const MOVES: PoolOptions = { affinity: { valueOfTime: 1_000_000 } }
const WEIGHS: PoolOptions = { affinity: { valueOfTime: VALUE_OF_TIME } }

describe('forty sessions with long prompts at two members that are at their limit once a minute', () => {
  test.each([
    [3, 1],
    [8, 2],
  ])('for %i s: weighing costs far less than taking turns or always moving, the waiting counted in', async (forSeconds, seed) => {
    const turns = await spend(seed, forSeconds, TURNS)
    const moves = await spend(seed, forSeconds, MOVES)
    const weighs = await spend(seed, forSeconds, WEIGHS)
    expect([turns.failed, moves.failed, weighs.failed]).toEqual([0, 0, 0])
    expect(weighs.tokens / weighs.asked).toBeLessThan(0.8 * (turns.tokens / turns.asked))
    expect(weighs.total / weighs.asked).toBeLessThan(0.9 * (turns.total / turns.asked))
    expect(weighs.total / weighs.asked).toBeLessThan(0.95 * (moves.total / moves.asked))
    // Somebody waits for that, but not for long: moving would have been seconds of work for tens of thousands of tokens.
    expect(weighs.waited / weighs.asked).toBeLessThan(2)
  })

  test('for 30 s, which is mostly too long to wait: it moves, and costs hardly more than always moving', async () => {
    const moves = await spend(3, 30, MOVES)
    const weighs = await spend(3, 30, WEIGHS)
    expect([moves.failed, weighs.failed]).toEqual([0, 0])
    expect(weighs.total / weighs.asked).toBeLessThan(1.1 * (moves.total / moves.asked))
  })

  test('whoever gives a second a high price waits for nothing', async () => {
    const { waited, asked } = await spend(1, 6, MOVES)
    expect(waited / asked).toBeLessThan(0.25)
  })
})
