import { describe, expect, it } from 'vitest'
import { attendanceOf, attends } from '../../../src/router/endpoint/connection.ts'
import { DEFAULT_TIMEOUTS, watch } from '../../../src/router/endpoint/timeouts.ts'
import { endpoint, outcomeOf, type EndpointOptions } from '../../../src/router/index.ts'
import { chaosProvider, virtualClock, type Fault } from '../../../src/testing/index.ts'
import { ask, endsOf } from '../pool/client.ts'

type Timeouts = NonNullable<EndpointOptions['timeouts']>

/** Asks a provider that does something wrong, and tells when it was given up and of what. */
async function givenUp(fault: Fault, timeouts: Timeouts, stream = true) {
  const clock = virtualClock()
  const provider = chaosProvider({ clock, faults: fault, eventMs: 100 })
  const app = endpoint({ protocol: 'openai', baseUrl: 'https://a.example', fetch: provider, clock, timeouts, patienceMs: 1e6 })
  const asked = ask(app, 'claude', { stream })
  await clock.advance(1_000_000)
  const { response, text } = await asked
  const { failure, ended } = outcomeOf(response)!
  const ending = await ended
  const [request] = provider.requests
  return {
    phase: (failure ?? ending.failure)?.code,
    at: request!.endedAt,
    state: request!.state,
    ends: stream ? endsOf('claude', text) : 1,
    left: clock.waiting + provider.open,
  }
}

describe('a provider is given up that', () => {
  it.each<[string, Fault, Timeouts, string, number]>([
    ['does not answer', 'hang', { headersMs: 5000 }, 'headers', 5000],
    ['answers and says nothing', { type: 'slow-first-token', ms: 60_000 }, { firstTokenMs: 5000 }, 'first-token', 5000],
    ['gives signs of life alone', { type: 'slow-first-token', ms: 60_000, pingMs: 1000 }, { firstTokenMs: 5000 }, 'first-token', 5000],
    ['falls silent', { type: 'stall', at: { event: 3 } }, { bytesMs: 5000 }, 'bytes', 5300],
    ['gives signs of life alone amid its answer', { type: 'stall', at: { event: 3 }, pingMs: 1000 }, { eventsMs: 5000 }, 'events', 5300],
    ['takes too long for all of it', { type: 'slow-stream', ms: 1000 }, { totalMs: 5000 }, 'total', 5000],
  ])('%s', async (_, fault, timeouts, phase, at) => {
    const found = await givenUp(fault, timeouts)
    expect(found).toMatchObject({ phase, state: 'aborted', left: 0 })
    expect(Math.abs(found.at! - at)).toBeLessThanOrEqual(100)
    expect(found.ends).toBe(phase === 'headers' || phase === 'first-token' ? 0 : 1)
  })

  it('cannot be reached, where the fetch tells when its connection stands', async () => {
    for (const [connectsAfter, phase] of [
      [undefined, 'connect'],
      [1000, 'headers'],
    ] as const) {
      const clock = virtualClock()
      const fetch = attends((_, init) => {
        const attendance = attendanceOf(init)!
        if (connectsAfter !== undefined) clock.after(connectsAfter, () => attendance.connected())
        return new Promise<Response>((__, reject) => (attendance.stop = reject))
      })
      const timeouts = { connectMs: 2000, headersMs: 5000 }
      const asked = ask(endpoint({ protocol: 'openai', baseUrl: 'https://a.example', fetch, clock, timeouts }), 'claude')
      await clock.advance(10_000)
      const { attempts, failure } = outcomeOf((await asked).response)!
      expect([failure!.code, attempts[0]!.tookMs]).toEqual([phase, phase === 'connect' ? 2000 : 6000])
    }
  })

  it('and not one whose signs of life are enough', async () => {
    const found = await givenUp({ type: 'stall', at: { event: 3 }, pingMs: 1000, ms: 20_000 }, { bytesMs: 5000 })
    expect(found).toMatchObject({ phase: undefined, state: 'complete', ends: 1, left: 0 })
  })

  it('does not finish a whole answer in time', async () => {
    expect(await givenUp('stall', { headersMs: 5000 }, false)).toMatchObject({ phase: 'headers', at: 5000, state: 'aborted', left: 0 })
    expect(await givenUp('stall', { totalMs: 5000 }, false)).toMatchObject({ phase: 'total', at: 5000, state: 'aborted', left: 0 })
  })
})

describe('the watch of an attempt', () => {
  const LIMITS = { ...DEFAULT_TIMEOUTS, connectMs: 100, headersMs: 50, firstTokenMs: 500 }
  const watched = () => {
    const clock = virtualClock()
    const expired: [number, string][] = []
    return { clock, expired, watching: watch('x', LIMITS, clock, ({ code }) => expired.push([clock.now(), code!])) }
  }

  it('gives each phase its own time, whatever was left of the one before', async () => {
    const { clock, expired, watching } = watched()
    watching.phase('connect')
    await clock.advance(90)
    watching.phase('first-token')
    await clock.advance(499)
    expect(expired).toEqual([])
    await clock.advance(1)
    expect(expired).toEqual([[590, 'first-token']])
    expect(clock.waiting).toBe(0)
  })

  it('ends a phase in time that ends before the one that went before would have', async () => {
    const { clock, expired, watching } = watched()
    watching.phase('connect')
    watching.phase('headers')
    await clock.advance(1000)
    expect(expired).toEqual([[50, 'headers']])
  })

  it('watches nothing between phases, and nothing once it is stopped', async () => {
    const { clock, expired, watching } = watched()
    watching.phase('connect')
    watching.phase(undefined)
    await clock.advance(1000)
    watching.phase('headers')
    watching.stop()
    expect(clock.waiting).toBe(0)
    await clock.advance(1000)
    expect(expired).toEqual([])
  })
})
