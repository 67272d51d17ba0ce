import { describe, expect, test } from 'vitest'
import { pool, type PoolOptions } from '../../src/router/index.ts'
import { promptCache } from './prompt-cache.ts'
import { createWorld, during, MINUTE, SECOND, START, type Conversation } from './world.ts'
import type { Script } from '../../src/testing/index.ts'

const SESSIONS = 1000
const TURNS = 4
const MEMBERS = ['a', 'b', 'c', 'd']

/** A thousand sessions of four turns each, within a quarter of an hour, at four members with a prompt cache each. */
async function talks(seed: number, sessions: number, options: PoolOptions, faults: Record<string, Script> = {}) {
  const world = createWorld(seed)
  const { clock, random, ask, provided } = world
  const turns = new Map<string, number>()
  const caches = MEMBERS.map(() => promptCache(clock, (conversation) => 20_000 + 2000 * (turns.get(conversation) ?? 0)))
  const members = MEMBERS.map((name, index) =>
    provided(name, { latencyMs: 1500, reply: caches[index]!.reply, ...(faults[name] && { faults: faults[name] }) }),
  )
  const main = pool(
    members.map(({ fetch }) => fetch),
    { clock, random, strategy: 'round_robin', ...options },
  )
  /** Who answered each conversation, turn by turn. */
  const homes = new Map<string, string[]>()
  const failed: number[] = []
  const talk = async (conversation: Conversation, count: number) => {
    const name = `${conversation.session}/${conversation.agent ?? ''}`
    for (let turn = 0; turn < count; turn++) {
      turns.set(name, turn)
      const { status, outcome } = await ask(main, conversation)
      if (status === 200) homes.set(name, [...(homes.get(name) ?? []), outcome!.endpoint])
      else failed.push(status)
      await clock.pass((10 + 80 * random()) * SECOND)
    }
  }
  for (let i = 0; i < sessions; i++) clock.after(random() * 8 * MINUTE, () => void talk({ session: `session-${i}` }, TURNS))
  return { ...world, main, homes, failed, caches, members, talk }
}

type Caches = readonly ReturnType<typeof promptCache>[]
const sum = (caches: Caches, what: 'asked' | 'hits' | 'written') => caches.reduce((total, { sums }) => total + sums[what], 0)
/** The share of later turns that found their prompt in the cache. */
const hitRate = (caches: Caches, conversations: number) => sum(caches, 'hits') / (sum(caches, 'asked') - conversations)
const counts = (names: readonly string[]): number[] => MEMBERS.map((name) => names.filter((each) => each === name).length)

describe('a thousand sessions', () => {
  test('keep their member, are spread evenly, and pay for less than half of the new tokens that taking turns costs', async () => {
    const { clock, homes, caches, failed } = await talks(1, SESSIONS, {})
    await clock.run()
    expect(failed).toEqual([])
    expect(sum(caches, 'asked')).toBe(SESSIONS * TURNS)
    expect([...homes.values()].every((answers) => new Set(answers).size === 1)).toBe(true)
    expect(hitRate(caches, SESSIONS)).toBe(1)
    for (const count of counts([...homes.values()].map(([first]) => first!)))
      expect(Math.abs(count - SESSIONS / 4)).toBeLessThan(SESSIONS / 20)

    const without = await talks(1, SESSIONS, { affinity: false })
    await without.clock.run()
    expect(hitRate(without.caches, SESSIONS)).toBeLessThan(0.6)
    expect(sum(without.caches, 'written')).toBeGreaterThan(2 * sum(caches, 'written'))
  })

  test('move when their member fails, and only those', async () => {
    const [from, to] = [START + 4 * MINUTE, START + 6 * MINUTE]
    const { clock, homes, caches, failed } = await talks(2, 500, {}, { a: during(from, to, 'server-error') })
    await clock.run()
    expect(failed).toEqual([])
    const moved = [...homes.values()].filter((answers) => new Set(answers).size > 1)
    expect(moved.length).toBeGreaterThan(20)
    // Each moved once, away from the one that failed, and stayed.
    for (const answers of moved) {
      expect(answers[0]).toBe('a')
      expect(answers.filter((name, turn) => turn > 0 && name !== answers[turn - 1])).toHaveLength(1)
    }
    expect(hitRate(caches, 500)).toBeGreaterThan(0.9)
    // The one that failed is used again.
    expect([...homes.values()].filter((answers) => answers.at(-1) === 'a').length).toBeGreaterThan(500 / 10)
  })
})

test('sub-agents of one session are spread, and each keeps its member', async () => {
  const { clock, homes, talk } = await talks(3, 100, {})
  for (let i = 0; i < 100; i++)
    clock.after(MINUTE + i * 50, () => void talk({ session: 'session-0', agent: i.toString(16), text: `task ${i}` }, 4))
  await clock.run()
  const agents = [...homes].filter(([name]) => /^session-0\/./.test(name)).map(([, answers]) => answers)
  expect(agents).toHaveLength(100)
  expect(agents.every((answers) => answers.length === 4 && new Set(answers).size === 1)).toBe(true)
  for (const count of counts(agents.map(([first]) => first!))) {
    expect(count).toBeGreaterThan(12)
    expect(count).toBeLessThan(38)
  }
})
