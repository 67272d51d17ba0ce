import { describe, expect, it } from 'vitest'
import type { ByteSink, ByteSource } from '../../../src/core/byte-source.ts'
import type { Failure } from '../../../src/core/failure.ts'
import type { Emit } from '../../../src/core/reply.ts'
import { createRelay, type Passage, type RelayOptions } from '../../../src/router/endpoint/relay.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const failure: Failure = { kind: 'overloaded', status: 529, message: 'busy' }

/** An upstream driven by hand, whose bytes are words: `start`, `error`, `finish`, anything else is text. */
function setUp(options: Partial<RelayOptions> = {}) {
  const clock = virtualClock()
  const calls: string[] = []
  let upstream!: ByteSink
  const source: ByteSource = {
    start: (sink) => void (upstream = sink),
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    cancel: () => void calls.push('cancel'),
  }
  const passage = (observe: Emit): Passage => {
    const state = { ended: false }
    return {
      push(bytes) {
        const word = new TextDecoder().decode(bytes)
        if (word === 'start') observe({ type: 'start' })
        else if (word === 'error') observe({ type: 'error', failure })
        else if (word === 'finish') observe({ type: 'finish', stop: { reason: 'end' }, usage: { output: 3 } })
        else observe({ type: 'delta', index: 0, text: word })
        state.ended = word === 'error' || word === 'finish'
        return `<${word}>`
      },
      end: () => (state.ended ? '' : '<cut>'),
      fail(broken) {
        observe({ type: 'error', failure: broken })
        return '<broken>'
      },
      get ended() {
        return state.ended
      },
    }
  }
  const relay = createRelay(source, {
    passage,
    clock,
    heartbeat: '<within>',
    heartbeatMs: 10_000,
    ...options,
  })
  let text = ''
  let over: string | undefined
  const read = () =>
    relay.body.start({
      write: (chunk) => void (text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)),
      end: () => void (over = 'end'),
      fail: (error) => void (over = String(error)),
    })
  return {
    clock,
    calls,
    relay,
    read,
    say: (word: string) => upstream.write(new TextEncoder().encode(word)),
    get upstream() {
      return upstream
    },
    get text() {
      return text
    },
    get over() {
      return over
    },
  }
}

describe('createRelay', () => {
  it('is ready at the first word, and gives what came before it too', async () => {
    const test = setUp()
    test.say('start')
    test.say('hello')
    expect(await test.relay.ready).toBeUndefined()
    test.read()
    test.say('finish')
    expect([test.text, test.over]).toEqual(['<start><hello><finish>', 'end'])
    expect(await test.relay.ended).toMatchObject({ how: 'complete', usage: { output: 3 } })
    test.upstream.end()
    expect(test.clock.waiting).toBe(0)
    expect(test.calls).not.toContain('cancel')
  })

  it('is ready with the failure, where an error comes before the first word', async () => {
    const test = setUp()
    test.say('start')
    test.say('error')
    expect(await test.relay.ready).toEqual(failure)
  })

  it('cancels an upstream that does not end its body though its answer is complete', async () => {
    const test = setUp()
    test.say('finish')
    await test.clock.advance(1000)
    expect(test.calls).toContain('cancel')
    expect(test.clock.waiting).toBe(0)
  })

  it('is ready with the failure, where the connection breaks before the first word', async () => {
    const test = setUp({ failureOf: (error) => ({ kind: 'network', status: 502, message: String(error) }) })
    test.upstream.fail('reset')
    expect(await test.relay.ready).toMatchObject({ kind: 'network', message: 'reset' })
  })

  it('tells the client in its own words where the upstream breaks later', async () => {
    const test = setUp()
    test.say('hello')
    await test.relay.ready
    test.read()
    test.upstream.fail(new Error('reset'))
    expect([test.text, test.over]).toEqual(['<hello><broken>', 'end'])
    expect((await test.relay.ended).how).toBe('truncated')
  })

  it('breaks the connection where the client cannot be told', async () => {
    const silent: RelayOptions['passage'] = (observe) => ({
      push: (bytes) => (observe({ type: 'delta', index: 0, text: 'x' }), bytes),
      end: () => '',
      fail: () => '',
      ended: false,
    })
    const test = setUp({ passage: silent })
    test.say('hello')
    await test.relay.ready
    test.read()
    test.upstream.fail(new Error('reset'))
    expect(test.text).toBe('hello')
    expect(test.over).toMatch(/Error/)
  })

  it('sends a sign of life for each stretch of silence, and none while there are words', async () => {
    const test = setUp()
    test.say('start')
    test.say('a')
    test.read()
    await test.clock.advance(9_000)
    expect(test.text).toBe('<start><a>')
    await test.clock.advance(1_000)
    expect(test.text).toBe('<start><a><within>')
    await test.clock.advance(20_000)
    expect(test.text).toBe('<start><a><within><within><within>')
    test.say('finish')
    test.upstream.end()
    expect(test.clock.waiting).toBe(0)
  })

  describe('where the time of day is set meanwhile', () => {
    const setUpSkewed = () => {
      const inner = virtualClock(1e12)
      const skew = { ms: 0 }
      const clock = { now: () => inner.now() + skew.ms, after: inner.after }
      const timeout = { kind: 'timeout', status: 504, message: 'silent' } as const
      const test = setUp({ clock, silence: { bytesMs: 60_000, eventsMs: 0, failure: () => timeout } })
      test.say('hello')
      test.read()
      return { ...test, told: () => test.text, inner, skew }
    }

    it('does not take the difference for silence', async () => {
      const { inner, skew, say, told } = setUpSkewed()
      await inner.advance(50_000)
      say('more')
      skew.ms = 3_600_000
      await inner.advance(59_000)
      expect(told()).not.toContain('broken')
      await inner.advance(2_000)
      expect(told()).toContain('broken')
    })

    it('still gives signs of life, and still ends what is silent', async () => {
      const { inner, skew, told } = setUpSkewed()
      skew.ms = -3_600_000
      await inner.advance(30_000)
      expect(told().split('<within>').length).toBeGreaterThan(2)
      await inner.advance(91_000)
      expect(told()).toContain('broken')
    })
  })

  it('puts no sign of life into an event that bytes passed on untouched have begun', async () => {
    const passage: RelayOptions['passage'] = (observe) => ({
      push: (bytes) => (observe({ type: 'delta', index: 0, text: 'x' }), bytes),
      end: () => '',
      fail: () => '',
      ended: false,
    })
    const test = setUp({ passage })
    test.read()
    test.say('data: {"half')
    await test.clock.advance(10_000)
    expect(test.text).toBe('data: {"half')
    test.say('"}\n\n')
    await test.clock.advance(10_000)
    expect(test.text).toBe('data: {"half"}\n\n<within>')
  })

  it('cancels the upstream at once when the client goes, and leaves no timer', async () => {
    const test = setUp()
    test.say('hello')
    await test.relay.ready
    test.read()
    test.relay.body.cancel()
    expect(test.calls).toEqual(['cancel'])
    expect(await test.relay.ended).toMatchObject({ how: 'cancelled' })
    expect(test.clock.waiting).toBe(0)
  })

  it('pauses the upstream while nobody reads, and as the client does', async () => {
    const test = setUp()
    test.say('x'.repeat(70_000))
    expect(test.calls).toEqual(['pause'])
    test.read()
    expect(test.calls).toEqual(['pause', 'resume'])
    test.relay.body.pause()
    test.relay.body.resume()
    expect(test.calls).toEqual(['pause', 'resume', 'pause', 'resume'])
  })

  it('gives nothing after the end', async () => {
    const test = setUp()
    test.say('finish')
    test.say('late')
    test.upstream.fail(new Error('late'))
    await test.relay.ready
    test.read()
    expect([test.text, test.over]).toEqual(['<finish>', 'end'])
  })
})
