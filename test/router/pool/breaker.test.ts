import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBreaker } from '../../../src/router/pool/breaker.ts'
import { BREAKER_PRESETS, type BreakerOptions, type BreakerPreset } from '../../../src/router/pool/breaker-options.ts'
import type { BreakerResult } from '../../../src/router/pool/breaker-rules.ts'
import { memoryState, type State } from '../../../src/router/state.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { seededRandom } from '../../../src/testing/random.ts'

const START = 1_000_000
const RESULTS: Record<string, BreakerResult> = { o: 'ok', h: 'half', x: 'full' }

function setUp(options: BreakerOptions | BreakerPreset = 'default') {
  const clock = virtualClock(START)
  const state = counting(memoryState({ clock }))
  const breaker = createBreaker(state, options, clock, seededRandom(1))
  /** `o`: answered, `h`: failed softly, `x`: failed. */
  const feed = async (results: string, name = 'a') => {
    for (const result of results) await breaker.record(name, RESULTS[result]!)
  }
  const stands = async (name = 'a') => (await breaker.allows(name)).state
  return { clock, state, breaker, feed, stands }
}

function counting(state: State): State & { writes: number } {
  const counted = {
    ...state,
    writes: 0,
    write: (...args: Parameters<State['write']>) => {
      counted.writes++
      return state.write(...args)
    },
  }
  return counted
}

/** A store far away: each operation takes effect when the scheduler says, in any order among those under way. */
function farAway(scheduler: fc.Scheduler, state: State): State {
  const later = <T>(run: () => T): Promise<Awaited<T>> => scheduler.schedule(Promise.resolve()).then(run) as Promise<Awaited<T>>
  return {
    read: (names) => later(() => state.read(names)),
    write: (...args) => later(() => state.write(...args)),
    add: (...args) => later(() => state.add(...args)),
    remove: (name) => later(() => state.remove(name)),
    list: (prefix) => later(() => state.list(prefix)),
  }
}

describe('opening', () => {
  test.each([
    ['default', 'xxxx', 'closed'],
    ['default', 'xxxxx', 'open'],
    ['default', 'ooooooooooxxxx', 'closed'],
    ['default', 'ooooooooooxxxxx', 'open'],
    ['default', 'ooooooooooxoxoxoxo', 'closed'],
    ['default', 'ooooooooooxoxoxoxox', 'open'],
    ['default', 'ohhhhh', 'closed'],
    ['default', 'hhhhh', 'open'],
    ['cc-bridge', 'xoxox', 'open'],
    ['cc-bridge', 'xoxo', 'closed'],
    ['ccproxy', 'xxxx', 'closed'],
    ['ccproxy', 'xxxxx', 'open'],
    ['ccproxy', 'xoxoxoxoxo', 'closed'],
    ['ccproxy', 'xoxoxoxoxox', 'open'],
    ['consecutive', 'xxxxoxxxxoxxxx', 'closed'],
    ['consecutive', 'oxxxxx', 'open'],
    ['consecutive', 'hhhhhhhhh', 'closed'],
    ['consecutive', 'hhhhhhhhhh', 'open'],
  ] as const)('%s: %s leaves it %s', async (preset, results, expected) => {
    const { feed, stands } = setUp(preset)
    await feed(results)
    expect(await stands()).toBe(expected)
    expect(await stands('b')).toBe('closed')
  })

  test('counts a window of time by what happened in it', async () => {
    const { clock, feed, stands } = setUp({ kind: 'time', windowMs: 10_000, rate: 0.5, minimum: 4 })
    await feed('xxx')
    await clock.advance(10_000)
    await feed('x')
    expect(await stands()).toBe('closed')
    await clock.advance(4000)
    await feed('xoo')
    expect(await stands()).toBe('open')
  })

  test('does what a plain reading of the rule says, for any results', async () => {
    const results = fc.string({ unit: fc.constantFrom('o', 'o', 'x', 'h'), maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        results,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(0.3, 0.5, 1),
        async (all, size, minimum, rate) => {
          const { feed, stands } = setUp({ kind: 'window', size, minimum, rate })
          let opened = false
          for (let i = 1; i <= all.length && !opened; i++) {
            await feed(all[i - 1]!)
            const last = Array.from(all.slice(0, i))
              .slice(-size)
              .map((result) => ({ o: 0, h: 0.5, x: 1 })[result]!)
            opened = last.length >= Math.min(minimum, size) && last.reduce((sum, each) => sum + each, 0) / last.length >= rate
            expect(await stands()).toBe(opened ? 'open' : 'closed')
          }
        },
      ),
    )
  })

  test.each([
    [{ kind: 'window', size: 0 }, 'size is 0'],
    [{ kind: 'window', rate: 2 }, 'rate is 2'],
    [{ kind: 'time', windowMs: -1 }, 'windowMs is -1'],
    [{ kind: 'consecutive', failures: 0 }, 'failures is 0'],
    [{ kind: 'consecutive', recoveryMs: 0 }, 'recoveryMs is 0'],
    [{ kind: 'consecutive', factor: 0.5 }, 'factor is 0.5'],
  ] as const)('refuses %o', (options, message) => {
    expect(() => setUp(options)).toThrow(message)
  })
})

describe('writing', () => {
  test('an answer of a member that did not fail costs none, a failure one', async () => {
    const { state, feed } = setUp()
    await feed('oooooooooo')
    expect(state.writes).toBe(0)
    await feed('x')
    expect(state.writes).toBe(1)
    await feed('o')
    expect(state.writes).toBe(2)
  })

  test('none again once the failure has left the window', async () => {
    const { state, feed } = setUp()
    await feed('x' + 'o'.repeat(10))
    const { writes } = state
    expect(writes).toBe(11)
    await feed('o'.repeat(50))
    expect(state.writes).toBe(writes)
  })

  test('no result costs more than one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(BREAKER_PRESETS) as BreakerPreset[])),
        fc.string({ unit: fc.constantFrom('o', 'x', 'h', 'w'), maxLength: 60 }),
        async (preset, all) => {
          const { clock, state, feed } = setUp(preset)
          for (const result of all) {
            const { writes } = state
            if (result === 'w') await clock.advance(20_000)
            else await feed(result)
            expect(state.writes - writes).toBeLessThanOrEqual(1)
          }
        },
      ),
      { numRuns: 30 },
    )
  })

  test('machines that share a state judge together', async () => {
    const clock = virtualClock(START)
    const state = memoryState({ clock })
    const [one, two] = [createBreaker(state, 'default', clock), createBreaker(state, 'default', clock)]
    for (let i = 0; i < 5; i++) await (i % 2 ? one : two).record('a', 'full')
    expect(await one.allows('a')).toEqual({ state: 'open', until: START + 30_000 })
    expect(await two.allows('a')).toEqual({ state: 'open', until: START + 30_000 })
  })

  test('loses no failure when they come at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const clock = virtualClock(START)
        const state = memoryState({ clock })
        const far = createBreaker(farAway(scheduler, state), { kind: 'window', size: 20, minimum: 20 }, clock)
        const all = Promise.all(Array.from({ length: 5 }, async () => far.record('a', 'full')))
        await scheduler.waitFor(all)
        expect(await createBreaker(state, 'default', clock).show()).toMatchObject([{ name: 'a', results: 5, failureRate: 1 }])
      }),
      { numRuns: 30 },
    )
  })
})

describe('recovering', () => {
  test('stays open for the recovery time, then takes one probe at a time, and closes after a good one', async () => {
    const { clock, breaker, feed } = setUp()
    await feed('xxxxx')
    expect(await breaker.allows('a')).toEqual({ state: 'open', until: START + 30_000 })
    expect(await breaker.enter('a')).toBe(false)
    await clock.advance(30_000)
    // Reading takes nothing.
    expect(await breaker.allows('a')).toEqual({ state: 'half-open', probe: true })
    expect(await breaker.allows('a')).toEqual({ state: 'half-open', probe: true })
    expect(await breaker.enter('a')).toBe(true)
    expect(await breaker.allows('a')).toEqual({ state: 'half-open', until: START + 150_000 })
    expect(await breaker.enter('a')).toBe(false)
    await feed('o')
    expect(await breaker.allows('a')).toEqual({ state: 'closed' })
    // What was seen before is forgotten.
    await feed('xxxx')
    expect(await breaker.allows('a')).toEqual({ state: 'closed' })
  })

  test('enters freely while closed', async () => {
    const { breaker, state } = setUp()
    expect(await breaker.enter('a')).toBe(true)
    expect(await breaker.enter('a')).toBe(true)
    expect(state.writes).toBe(0)
  })

  test('needs as many good probes in a row as were asked for', async () => {
    const { clock, breaker, feed, stands } = setUp('ccproxy')
    await feed('xxxxx')
    await clock.advance(30_000)
    for (const result of ['o', 'o', 'x']) {
      expect(await breaker.enter('a')).toBe(true)
      await feed(result)
    }
    expect(await stands()).toBe('open')
    await clock.advance(30_000)
    for (const result of ['o', 'o', 'o']) {
      expect(await stands()).toBe('half-open')
      expect(await breaker.enter('a')).toBe(true)
      await feed(result)
    }
    expect(await stands()).toBe('closed')
  })

  test('takes longer each time a probe fails, spread by a fifth, up to a bound', async () => {
    const { clock, breaker, feed } = setUp({ kind: 'consecutive', failures: 1, recoveryMs: 10_000, maxRecoveryMs: 60_000 })
    await feed('x')
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      const { until } = await breaker.allows('a')
      waits.push(until! - clock.now())
      await clock.advance(until! - clock.now())
      expect(await breaker.enter('a')).toBe(true)
      await feed('x')
    }
    const longest = [10_000, 20_000, 40_000, 60_000, 60_000, 60_000]
    expect(waits[0]).toBe(10_000)
    waits.forEach((wait, index) => {
      expect(wait).toBeLessThanOrEqual(longest[index]!)
      expect(wait).toBeGreaterThanOrEqual(longest[index]! * 0.8)
    })
    expect(new Set(waits.slice(3)).size).toBe(3)
    expect((await breaker.show())[0]).toMatchObject({ name: 'a', state: 'open', reopened: 6 })
    // Closed and opened again it begins anew.
    await clock.advance(60_000)
    await feed('o')
    await feed('x')
    expect((await breaker.allows('a')).until! - clock.now()).toBe(10_000)
  })

  test('does not grow upon soft failures', async () => {
    const { clock, breaker, feed } = setUp('consecutive')
    await feed('xxxxx')
    await clock.advance(30_000)
    await feed('h')
    expect(await breaker.allows('a')).toEqual({ state: 'open', until: clock.now() + 30_000 })
  })

  test('gives a probe that ended undecided to the next one', async () => {
    const { clock, breaker, feed, state } = setUp()
    await feed('xxxxx')
    await clock.advance(30_000)
    await breaker.enter('a')
    await breaker.release('a')
    expect(await breaker.allows('a')).toEqual({ state: 'half-open', probe: true })
    const { writes } = state
    await breaker.release('a')
    await breaker.release('b')
    expect(state.writes).toBe(writes)
  })

  test('does not wait for ever for a probe that says nothing', async () => {
    const { clock, breaker, feed } = setUp()
    await feed('xxxxx')
    await clock.advance(30_000)
    await breaker.enter('a')
    await clock.advance(120_000)
    expect(await breaker.enter('a')).toBe(true)
  })

  test('learns nothing from requests that were on their way when it opened', async () => {
    const { clock, breaker, feed } = setUp()
    await clock.advance(1000)
    await feed('xxxxx')
    await breaker.record('a', 'ok', START)
    await feed('ox')
    expect(await breaker.allows('a')).toEqual({ state: 'open', until: START + 31_000 })
    await clock.advance(30_000)
    await breaker.record('a', 'full', START)
    await breaker.record('a', 'ok', START)
    expect(await breaker.allows('a')).toEqual({ state: 'half-open', probe: true })
  })

  test('closes upon an answer to an attempt made in spite of it, and a failure of one changes nothing', async () => {
    const { clock, breaker, feed, stands } = setUp('cc-bridge')
    await feed('xxxxx')
    await clock.advance(1000)
    await breaker.record('a', 'full', clock.now())
    expect(await breaker.allows('a')).toEqual({ state: 'open', until: START + 900_000 })
    await breaker.record('a', 'ok', clock.now())
    expect(await stands()).toBe('closed')
  })

  test('lets one of many in, however a shared store answers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const clock = virtualClock(START)
        const state = memoryState({ clock })
        const near = createBreaker(state, 'consecutive', clock)
        for (let i = 0; i < 5; i++) await near.record('a', 'full')
        await clock.advance(30_000)
        const machines = Array.from({ length: 6 }, () => createBreaker(farAway(scheduler, state), 'consecutive', clock))
        const entered = Promise.all(machines.map(async (machine) => machine.enter('a')))
        await scheduler.waitFor(entered)
        expect((await entered).filter(Boolean)).toHaveLength(1)
      }),
      { numRuns: 30 },
    )
  })
})

describe('show and clear', () => {
  test('tell how each stands, and forget', async () => {
    const { breaker, feed, stands } = setUp()
    await feed('oxo')
    await feed('xxxxx', 'b')
    expect(await breaker.show()).toEqual([
      { name: 'a', state: 'closed', results: 3, failureRate: 1 / 3, reopened: 0 },
      { name: 'b', state: 'open', until: START + 30_000, results: 5, failureRate: 1, reopened: 0 },
    ])
    await breaker.clear('b')
    expect(await stands('b')).toBe('closed')
    await breaker.clear()
    expect(await breaker.show()).toEqual([])
  })

  test('nothing is kept for ever', async () => {
    const { clock, breaker, feed } = setUp()
    await feed('xxxxx')
    await clock.advance(300_000 + 60 * 60_000 + 1)
    expect(await breaker.show()).toEqual([])
  })
})
