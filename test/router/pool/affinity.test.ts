import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealOpaque } from '../../../src/core/envelope.ts'
import { createAffinity } from '../../../src/router/pool/affinity.ts'
import { minterOf } from '../../../src/router/pool/minter.ts'
import { memoryState } from '../../../src/router/state.ts'
import { VALUE_OF_TIME, waitOrMove } from '../../../src/router/pool/wait-or-move.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const MINUTE = 60_000

function setUp(options = {}, maxEntries = 1000) {
  const clock = virtualClock(1_000_000)
  const state = memoryState({ clock, maxEntries })
  return { clock, state, affinity: createAffinity(state, 'main', options, clock) }
}

describe('affinity', () => {
  test('finds the member that answered last, with what is warm there', async () => {
    const { clock, affinity } = setUp()
    expect(await affinity.find('s')).toBeUndefined()
    await affinity.keep('s', 'a', { warmTokens: 5000 })
    await affinity.keep('s', 'b', { warmTokens: 9000 })
    expect(await affinity.find('s')).toMatchObject({ member: 'b', warmTokens: 9000, warmUntil: clock.now() + 5 * MINUTE })
    expect(await affinity.find('t')).toBeUndefined()
  })

  test('knows that caches go cold long before a conversation is forgotten', async () => {
    const { clock, affinity } = setUp()
    await affinity.keep('s', 'a', { warmTokens: 5000 })
    await clock.advance(5 * MINUTE)
    expect(await affinity.find('s')).toMatchObject({ member: 'a', warmTokens: 0 })
    await clock.advance(54 * MINUTE)
    expect(await affinity.find('s')).toMatchObject({ member: 'a' })
    await affinity.keep('s', 'a', { warmTokens: 6000 })
    await clock.advance(59 * MINUTE)
    expect(await affinity.find('s')).toMatchObject({ member: 'a' })
    await clock.advance(MINUTE)
    expect(await affinity.find('s')).toBeUndefined()
  })

  test('knows which members that were left are still warm', async () => {
    const { clock, affinity } = setUp()
    await affinity.keep('s', 'a', { warmTokens: 5000 })
    await clock.advance(2 * MINUTE)
    await affinity.keep('s', 'b', { warmTokens: 7000 })
    const home = (await affinity.find('s'))!
    expect(['a', 'b', 'c'].map((name) => home.warmAt(name))).toEqual([5000, 7000, 0])
    await clock.advance(3 * MINUTE)
    expect((await affinity.find('s'))!.warmAt('a')).toBe(0)
    for (const member of 'cdefg') await affinity.keep('s', member, { warmTokens: 1 })
    expect((await affinity.find('s'))!.warmAt('c')).toBe(0)
    expect((await affinity.find('s'))!.warmAt('d')).toBe(1)
  })

  test('keeps what was known of a member while its next answer is on its way', async () => {
    const { clock, affinity } = setUp()
    await affinity.keep('s', 'a', { warmTokens: 5000 })
    await clock.advance(4 * MINUTE)
    await affinity.keep('s', 'a', {})
    expect(await affinity.find('s')).toMatchObject({ member: 'a', warmTokens: 5000, warmUntil: clock.now() + 5 * MINUTE })
    await affinity.keep('s', 'b', {})
    expect(await affinity.find('s')).toMatchObject({ member: 'b', warmTokens: 0 })
  })

  test('counts the cache from when the answer came, which may be a while ago', async () => {
    const { clock, affinity } = setUp({ cacheTtlMs: 60 * MINUTE })
    await affinity.keep('s', 'a', { warmTokens: 1, at: clock.now() - 10 * MINUTE })
    expect((await affinity.find('s'))!.warmUntil).toBe(clock.now() + 50 * MINUTE)
  })

  test('is bounded: a client that names a new session each time pushes out the oldest', async () => {
    const { affinity } = setUp({}, 100)
    for (let i = 0; i < 250; i++) await affinity.keep(`s${i}`, 'a', { warmTokens: 0 })
    expect(await affinity.show()).toEqual({ a: 100 })
    expect(await affinity.find('s149')).toBeUndefined()
    expect(await affinity.find('s150')).toBeDefined()
  })

  test('forgets one or all of its pool, and no others', async () => {
    const { clock, state, affinity } = setUp()
    const other = createAffinity(state, 'other', {}, clock)
    for (const each of ['s', 't', 'u']) await affinity.keep(each, 'a', { warmTokens: 0 })
    await other.keep('s', 'z', { warmTokens: 0 })
    await affinity.forget('s')
    expect(await affinity.find('s')).toBeUndefined()
    expect(await affinity.flush()).toBe(2)
    expect(await affinity.show()).toEqual({})
    expect(await other.show()).toEqual({ z: 1 })
  })

  test('can be turned off', async () => {
    const { state, affinity } = setUp({ enabled: false })
    await affinity.keep('s', 'a', { warmTokens: 0 })
    expect(await affinity.find('s')).toBeUndefined()
    expect(await state.list('')).toEqual([])
  })
})

describe('waitOrMove', () => {
  const opus = { input: 5, cacheRead: 0.5, cacheWrite: 6.25 }

  test('weighs (write - read) x tokens against the time', () => {
    expect(waitOrMove({ warmTokens: 100_000, waitMs: 30_000, price: opus })).toEqual({ choice: 'wait', moveCost: 0.575, waitCost: 0.3 })
    expect(waitOrMove({ warmTokens: 100_000, waitMs: 60_000, price: opus })).toEqual({ choice: 'move', moveCost: 0.575, waitCost: 0.6 })
    expect(waitOrMove({ warmTokens: 100_000, waitMs: 30_000, price: opus, valueOfTime: 0.1 }).choice).toBe('move')
  })

  test('moves where nothing is warm, or will be when the wait is over', () => {
    expect(waitOrMove({ warmTokens: 0, waitMs: 0 }).choice).toBe('move')
    expect(waitOrMove({ warmTokens: 1e6, waitMs: 20_000, warmMs: 20_000, price: opus })).toMatchObject({ choice: 'move', moveCost: 0 })
    expect(waitOrMove({ warmTokens: 1e6, waitMs: 20_000, warmMs: 20_001, price: opus })).toMatchObject({ choice: 'wait', moveCost: 5.75 })
  })

  test('moves where the other takes less for new input than this one for cached', () => {
    expect(waitOrMove({ warmTokens: 1e6, waitMs: 1, price: { cacheRead: 1, cacheWrite: 0.5 } })).toMatchObject({
      choice: 'move',
      moveCost: 0,
    })
  })

  test('guesses where prices are unknown', () => {
    expect(waitOrMove({ warmTokens: 1e6, waitMs: 0, price: { input: 10 } }).moveCost).toBeCloseTo(11.5)
    expect(waitOrMove({ warmTokens: 1e6, waitMs: 0 }).moveCost).toBeCloseTo(3.45)
  })

  test('never waits longer for less, and never waits for more than moving costs', () => {
    const tokens = fc.integer({ min: 0, max: 1_000_000 })
    const ms = fc.integer({ min: 0, max: 600_000 })
    fc.assert(
      fc.property(tokens, tokens, ms, ms, (someTokens, otherTokens, someMs, otherMs) => {
        const [fewer, more] = [someTokens, otherTokens].sort((a, b) => a - b) as [number, number]
        const [sooner, later] = [someMs, otherMs].sort((a, b) => a - b) as [number, number]
        const worst = waitOrMove({ warmTokens: fewer, waitMs: later, price: opus })
        const best = waitOrMove({ warmTokens: more, waitMs: sooner, price: opus })
        if (worst.choice === 'wait') expect(best.choice).toBe('wait')
        if (best.choice === 'wait') expect((sooner / 1000) * VALUE_OF_TIME).toBeLessThan((more * 5.75) / 1e6)
      }),
    )
  })
})

describe('minterOf', () => {
  const sealed = (origin: string | undefined, data = 'x') =>
    sealOpaque({ by: 'openai-responses', ...(origin !== undefined && { origin }), data })
  const body = (...signatures: string[]) =>
    JSON.stringify({
      messages: signatures.map((signature) => ({ role: 'assistant', content: [{ type: 'thinking', thinking: '', signature }] })),
    })

  test('names who minted the newest reasoning', () => {
    expect(minterOf(body(sealed('a.example'), sealed('b.example')))).toEqual({ protocol: 'openai-responses', origin: 'b.example' })
    expect(minterOf(body(sealed(undefined)))).toEqual({ protocol: 'openai-responses' })
  })

  test('passes over what is damaged or no envelope', () => {
    expect(minterOf(body(sealed('a.example'), 'ccr1broken', 'ErUB'))).toEqual({ protocol: 'openai-responses', origin: 'a.example' })
    expect(minterOf(body('ErUB'))).toBeUndefined()
    expect(minterOf(body(...Array.from({ length: 50 }, () => 'ccr1broken')))).toBeUndefined()
    expect(minterOf('{}')).toBeUndefined()
    expect(minterOf('"ccr1')).toBeUndefined()
  })
})
