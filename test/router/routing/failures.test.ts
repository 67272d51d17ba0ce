import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/router/explain.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { router, type RouterOptions } from '../../../src/router/routing/router.ts'
import type { OnError, TargetFailure } from '../../../src/router/routing/send.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { requestWith, scene, whoAnswers, type TargetOptions } from './scene.ts'

const DOWN: TargetOptions = { answers: [{ kind: 'overloaded', status: 529 }] }
const REFUSES: TargetOptions = { answers: [{ kind: 'content-policy', status: 400 }] }
const WRONG: TargetOptions = { answers: [{ kind: 'invalid-request', status: 400 }] }

function setUp(onError: OnError, a: TargetOptions = DOWN, more: Partial<RouterOptions> = {}) {
  const { target, seen } = scene()
  const endpoints = {
    a: target('a', { model: 'm', ...a }),
    b: target('b', DOWN),
    c: target('c'),
    blind: target('blind', { can: { lacks: ['tools'] } }),
  }
  const app = router({ default: { to: 'a', fallbacks: ['b'] }, endpoints, onError, ...more })
  return { app, order: () => seen.map(({ name, model }) => (model === undefined ? name : `${name}/${model}`)) }
}

describe("a function of the user's own after a failure", () => {
  it('sees what failed, and what is known of the request', async () => {
    const told: [TargetFailure, string | undefined][] = []
    const { app } = setUp((failure, { client }) => void told.push([failure, client]))
    expect(await whoAnswers(app, { headers: { 'user-agent': 'claude-cli/2' } })).toMatch(/^529/)
    const failure = { class: 'overloaded', status: 529 } as const
    expect(told).toEqual([
      [{ target: 'a', model: 'm', ...failure, message: 'a failed' }, 'claude-code'],
      [{ target: 'b', ...failure, message: 'b failed' }, 'claude-code'],
    ])
  })

  it('names who is asked next, with changes, before the fallbacks', async () => {
    const { app, order } = setUp(({ target }) => (target === 'a' ? { to: 'c', model: 'other(high)' } : undefined))
    const answer = await app(requestWith())
    expect(order()).toEqual(['a/m', 'c/other'])
    expect(outcomeOf(answer)!.explain!().candidates).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'c', model: 'other' }])
  })

  it('may send elsewhere what the table would not, and may end what it would go on with', async () => {
    expect(await whoAnswers(setUp(({ class: name }) => (name === 'invalid-request' ? 'c' : undefined), WRONG).app)).toBe('c by default')
    const ends = setUp(() => false)
    expect(await whoAnswers(ends.app)).toMatch(/^529/)
    expect(ends.order()).toEqual(['a/m'])
  })

  it('that names one which cannot take the request leaves it to the fallbacks', async () => {
    const { app, order } = setUp(({ target }) => (target === 'a' ? 'blind' : 'c'))
    expect(await whoAnswers(app, { body: { tools: [{ name: 'Read', input_schema: {} }] } })).toBe('c by default')
    expect(order()).toEqual(['a/m', 'b/some-model', 'c/some-model'])
  })

  it('cannot go on for ever', async () => {
    const { app, order } = setUp(() => 'b')
    expect(await whoAnswers(app)).toMatch(/^529/)
    expect(order()).toHaveLength(8)
    const few = setUp(() => 'b', DOWN, { retry: { attempts: 3 } })
    await whoAnswers(few.app)
    expect(few.order()).toHaveLength(3)
  })

  it.each<[string, OnError]>([
    [
      'throws',
      () => {
        throw new Error('oh')
      },
    ],
    ['names nobody that there is', () => 'nobody'],
  ])('that %s is named in the error', async (_, onError) => {
    expect(await whoAnswers(setUp(onError).app)).toMatch(/^500: .*router: onError failed: /)
  })
})

describe('what a request may use up', () => {
  it('goes on after a refusal by a content policy where that is wanted, and explains so', async () => {
    for (const contentPolicy of [false, true]) {
      const { target } = scene()
      const app = router({ default: { to: target('a', REFUSES), fallbacks: [target('b')] }, retry: { contentPolicy } })
      expect(await whoAnswers(app)).toMatch(contentPolicy ? /^b by default$/ : /^400/)
      expect((await explain(app, requestWith())).onFailure?.['content-policy'].next).toEqual(contentPolicy ? ['b'] : [])
    }
  })

  it('is bounded over all requests where that is wanted', async () => {
    let asked = ''
    const broken = (name: string): Fetch => {
      return async () => {
        asked += name
        return Response.json({ type: 'error', error: { type: 'overloaded_error', message: name } }, { status: 529 })
      }
    }
    const app = router({
      default: { to: broken('a'), fallbacks: [broken('b')] },
      retry: { throttle: { tokens: 8 } },
      clock: virtualClock(),
    })
    for (let n = 0; n < 10; n++) await app(requestWith())
    // after four failures the bucket is half empty, and no request is tried twice any more
    expect(asked).toBe('ababaaaaaaaa')
  })
})

describe('an explanation of failures', () => {
  it('tells for each class who would be asked next', async () => {
    const { target } = scene()
    const app = router({
      default: {
        to: target('a', { can: { contextWindow: 10_000 } }),
        fallbacks: [target('small', { can: { contextWindow: 9000 } }), target('b', { model: 'm' })],
      },
      longContext: target('long'),
    })
    const { onFailure } = await explain(app, requestWith())
    expect(onFailure).toMatchObject({
      overloaded: { fault: 'capacity', next: ['small', 'b/m'] },
      'context-overflow': { fault: 'caller', next: ['b/m', 'long'] },
      'invalid-request': { next: [] },
      cancelled: { next: [] },
    })
  })

  it('tells of nobody where nobody is asked at all', async () => {
    const { target } = scene()
    const { onFailure } = await explain(router({ default: target('a') }), requestWith())
    expect(Object.values(onFailure!).flatMap(({ next }) => next)).toEqual([])
  })
})
