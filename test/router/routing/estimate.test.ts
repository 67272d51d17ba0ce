import { describe, expect, it } from 'vitest'
import { createEstimator, type Counter } from '../../../src/router/estimate.ts'
import { factsOf } from '../../../src/router/facts.ts'
import { router } from '../../../src/router/routing/router.ts'
import { memoryState, type State } from '../../../src/router/state.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { requestWith, scene, whoAnswers } from './scene.ts'

const facts = (words = 1000, text = 'word ') => factsOf(requestWith({ text: text.repeat(words) }))
const gpt: Counter = { endpoint: 'openai', model: 'gpt-5' }
const opus: Counter = { endpoint: 'anthropic', model: 'claude-opus-5' }

/** Teaches an estimator that a counter counts so many times the plain estimate. */
async function teach(estimator: ReturnType<typeof createEstimator>, counter: Counter, ratio: number, times: number) {
  for (let n = 0; n < times; n++) {
    const asked = await facts(500 + n)
    const { tokens: plain } = createEstimator().estimate(asked)
    estimator.estimate(asked, counter)
    await estimator.learn(asked, { input: Math.round(plain * ratio) }, counter)
  }
}

describe('an estimate', () => {
  it('of what nobody has counted yet is plain, and not sure', async () => {
    const { tokens, atLeast, atMost, confidence } = createEstimator().estimate(await facts())
    expect(tokens).toBeGreaterThan(1000)
    expect(tokens).toBeLessThan(1500)
    expect(atLeast / tokens).toBeCloseTo(0.51, 1)
    expect(atMost / tokens).toBeCloseTo(1.49, 1)
    expect(confidence).toBe(0)
  })

  it.each([0.7, 1, 1.47, 2])('learns that a counter counts %s times as much', async (ratio) => {
    const estimator = createEstimator()
    const asked = await facts()
    const plain = estimator.estimate(asked).tokens
    await teach(estimator, opus, ratio, 50)
    const learnt = estimator.estimate(asked, opus)
    expect(learnt.tokens / plain).toBeCloseTo(ratio, 1)
    expect(learnt.confidence).toBeGreaterThan(0.9)
    expect(learnt.atLeast).toBeLessThanOrEqual(plain * ratio)
    expect(learnt.atMost).toBeGreaterThanOrEqual(plain * ratio)
    expect(learnt.atMost - learnt.atLeast).toBeLessThan(plain / 2)
  })

  it('of each counter is its own; of one that is not known it is that of all', async () => {
    const estimator = createEstimator()
    const asked = await facts()
    const plain = estimator.estimate(asked).tokens
    await teach(estimator, opus, 1.5, 30)
    await teach(estimator, gpt, 0.9, 30)
    expect(estimator.estimate(asked, opus).tokens / plain).toBeCloseTo(1.47, 1)
    expect(estimator.estimate(asked, gpt).tokens / plain).toBeCloseTo(0.91, 1)
    const all = estimator.estimate(asked, { endpoint: 'new' })
    expect(all).toEqual(estimator.estimate(asked))
    expect(all.tokens / plain).toBeGreaterThan(0.9)
    expect(all.tokens / plain).toBeLessThan(1.5)
  })

  it('follows a counter that changes its ways', async () => {
    const estimator = createEstimator()
    const asked = await facts()
    const plain = estimator.estimate(asked).tokens
    await teach(estimator, opus, 1, 100)
    await teach(estimator, opus, 1.4, 100)
    expect(estimator.estimate(asked, opus).tokens / plain).toBeCloseTo(1.4, 1)
  })

  it('learns nothing from one answer that it would believe at once', async () => {
    const estimator = createEstimator()
    const asked = await facts()
    const plain = estimator.estimate(asked).tokens
    await teach(estimator, opus, 1.9, 1)
    expect(estimator.estimate(asked, opus).tokens / plain).toBeCloseTo(1.3, 1)
  })

  it.each([
    ['a guess', { input: 5000, estimated: true }, 1000],
    ['nothing', {}, 1000],
    ['counts that cannot be meant', { input: 12 }, 1000],
    ['counts of bytes', { input: 9000 }, 1000],
    ['too short a request', { input: 40 }, 1],
  ])('learns nothing from %s', async (_, usage, words) => {
    const estimator = createEstimator()
    const asked = await facts(words)
    const before = estimator.estimate(asked, opus)
    for (let n = 0; n < 20; n++) await estimator.learn(asked, usage, opus)
    expect(estimator.estimate(asked, opus)).toEqual(before)
  })

  it('learns nothing of a request that nobody has estimated: to read it would cost', async () => {
    const estimator = createEstimator()
    await estimator.learn(await factsOf(requestWith({ body: { messages: 'cannot be read' } })), { input: 5000 }, opus)
    expect(estimator.estimate(await facts(), opus).confidence).toBe(0)
  })

  it('counts what was read from and written to caches', async () => {
    const estimator = createEstimator()
    const asked = await facts()
    const plain = estimator.estimate(asked).tokens
    for (let n = 0; n < 30; n++) await estimator.learn(asked, { input: 10, cacheRead: plain - 110, cacheWrite: 100 }, opus)
    expect(estimator.estimate(asked, opus).tokens / plain).toBeCloseTo(1, 1)
  })

  it('of a conversation that goes on is never less than its last answer counted', async () => {
    const estimator = createEstimator()
    const first = await facts(1000)
    const plain = estimator.estimate(first).tokens
    await estimator.learn(first, { input: plain * 2 }, opus, 'c')
    expect(estimator.estimateIn('c', await facts(1000))).toBeGreaterThanOrEqual(plain * 2)
    expect(estimator.estimateIn('c', await facts(1500))).toBeGreaterThan(plain * 2.4)
    expect(estimator.estimateIn('other', await facts(1000))).toBeLessThan(plain * 2)
    // compacted
    expect(estimator.estimateIn('c', await facts(500))).toBeLessThan(plain)
  })

  it('is shared through a state, also one that takes its time', async () => {
    const clock = virtualClock()
    const kept = memoryState({ clock })
    const later: State = {
      read: async (names) => kept.read(names),
      write: async (name, value, options) => kept.write(name, value, options),
      add: async (name, by, ttlMs) => kept.add(name, by, ttlMs),
      remove: async (name) => kept.remove(name),
      list: async (prefix) => kept.list(prefix),
    }
    await teach(createEstimator({ state: later, clock }), opus, 1.5, 30)
    const here = createEstimator({ state: kept, clock })
    const there = createEstimator({ state: later, clock })
    const asked = await facts()
    const { confidence } = here.estimate(asked, opus)
    expect(confidence).toBeGreaterThan(0.9)
    expect(there.estimate(asked, opus).confidence).toBe(0)
    await clock.advance(0)
    expect(there.estimate(asked, opus).confidence).toBe(confidence)
  })

  it('does without a state that is away', async () => {
    const away = () => Promise.reject(new Error('away'))
    const estimator = createEstimator({ state: { read: away, write: away, add: away, remove: away, list: away } })
    const asked = await facts()
    expect(estimator.estimate(asked, opus).confidence).toBe(0)
    await estimator.learn(asked, { input: 1000 }, opus, 'c')
    expect(estimator.estimateIn('c', asked)).toBeGreaterThan(0)
  })
})

describe('a router', () => {
  const words = (tokens: number) => 'word '.repeat(Math.ceil(tokens / 1.35))

  it('learns from its answers, and finds a conversation long that was counted so', async () => {
    const { target } = scene()
    const app = router({ default: target('default', { answers: [{ input: 70_000 }, 'ok'] }), longContext: target('long') })
    const ask = (session: string) => whoAnswers(app, { text: words(40_000), headers: { 'x-claude-code-session-id': session } })
    expect(await ask('one')).toBe('default by default')
    await Promise.resolve()
    expect(await ask('one')).toBe('long by longContext')
    expect(await ask('two')).toBe('default by default')
  })

  it('finds a target too small whose tokens are smaller', async () => {
    const { target } = scene()
    const usage = { input: 2 * 2700 }
    const estimator = createEstimator()
    const small = target('small', { answers: [usage], can: { contextWindow: 5000 }, model: 'm' })
    const app = router({ default: { to: small, fallbacks: [target('large')] }, estimator })
    const answers: string[] = []
    for (let n = 0; n < 20; n++) answers.push(await whoAnswers(app, { text: `${n} ${words(2700)}` }))
    expect(answers[0]).toBe('small/m by default')
    expect(answers.at(-1)).toBe('large by default')
  })

  it('learns nothing from strangers', async () => {
    const estimator = createEstimator()
    const app = router({
      default: async () => Response.json({ usage: { input_tokens: 9 } }),
      longContext: async () => Response.json({}),
      estimator,
    })
    const request = requestWith({ text: words(2000) })
    const asked = await factsOf(request)
    await (await app(request)).text()
    expect(estimator.estimate(asked).confidence).toBe(0)
  })
})
