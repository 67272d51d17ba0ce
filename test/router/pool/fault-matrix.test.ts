import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { chaosProvider, FAULTS, seededRandom, virtualClock, type FaultName, type FaultSpec } from '../../../src/testing/index.ts'
import { ask, endsOf, startsOf, textOf } from './client.ts'

/** What the caller did wrong, or what concerns the question itself: nobody else is asked. */
const CALLERS: ReadonlySet<FaultName> = new Set<FaultName>([
  'bad-request',
  'unprocessable',
  'content-policy',
  'bad-signature',
])

/** An answer all the same: a refusal to say something, something that took its time, or damage that does no harm. */
const ANSWERS: ReadonlySet<FaultName> = new Set<FaultName>(['refusal', 'wrong-form', 'slow-headers', 'slow-first-token', 'slow-stream'])

/** What shows when the answer has begun; by default these strike in its midst. */
const LATE: ReadonlySet<FaultName> = new Set<FaultName>([
  'stall',
  'cut',
  'error-event',
  'malformed-event',
  'invalid-utf8',
  'missing-terminator',
])

const PROTOCOLS: readonly ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']

type Shape = 'single' | 'pool of two' | 'pool in a pool'
const SHAPES: readonly Shape[] = ['single', 'pool of two', 'pool in a pool']

function setUp(shape: Shape, fault: FaultName, upstream: ProtocolName) {
  const clock = virtualClock(1_800_000_000_000)
  const random = seededRandom(7)
  const bad = chaosProvider({ faults: { type: fault } as FaultSpec, clock, random })
  const good = chaosProvider({ clock, random })
  const timeouts = { headersMs: 40_000, firstTokenMs: 40_000, bytesMs: 20_000 }
  const member = (name: string, fetch: Fetch) =>
    endpoint({
      name,
      protocol: upstream,
      baseUrl: `https://${name}.example`,
      apiKey: `${name}-key`,
      model: 'm',
      fetch,
      clock,
      random,
      timeouts,
    })
  const first = member('bad', bad)
  const second = member('good', good)
  const two = () => pool([first, second], { clock, random })
  const app =
    shape === 'single'
      ? first
      : shape === 'pool of two'
        ? two()
        : pool([pool([first], { name: 'inner', clock, random }), second], { clock, random })
  return { app, bad, good, clock }
}

describe.each(SHAPES)('%s', (shape) => {
  describe.each(PROTOCOLS)('a client of %s', (protocol) => {
    describe.each([
      ['whole', false],
      ['streamed', true],
    ])('%s', (_, stream) => {
      it.each(FAULTS.map((fault) => [fault]))('%s', async (fault) => {
        const upstream: ProtocolName = protocol === 'claude' ? 'openai' : 'claude'
        const { app, bad, good, clock } = setUp(shape, fault, upstream)
        const asked = ask(app, protocol, { stream })
        await clock.advance(300_000)
        const { response, text, broken } = await asked
        const outcome = outcomeOf(response)!
        const ending = await outcome.ended

        // One end, whatever happened; and one start at most.
        if (stream && response.ok) {
          expect(startsOf(protocol, text)).toBeLessThanOrEqual(1)
          expect(endsOf(protocol, text) + Number(broken)).toBe(1)
        }
        // Everything is cleaned up.
        expect(clock.waiting).toBe(0)
        expect(bad.open + good.open).toBe(0)
        // Keys stay home.
        expect(new Set(bad.requests.map(({ key }) => key))).toEqual(new Set(bad.requests.length ? ['bad-key'] : []))
        expect(new Set(good.requests.map(({ key }) => key))).toEqual(new Set(good.requests.length ? ['good-key'] : []))
        // The record tells of every attempt.
        expect(outcome.attempts.length).toBeGreaterThan(0)

        const isLate = LATE.has(fault) && stream
        const alone = shape === 'single'
        if (ANSWERS.has(fault)) {
          expect(good.requests).toHaveLength(0)
          expect(['complete', 'recovered']).toContain(ending.how)
        } else if (CALLERS.has(fault)) {
          expect(good.requests).toHaveLength(0)
          expect(response.ok).toBe(false)
          expect(outcome.failure).toBeDefined()
        } else if (alone) {
          if (!isLate && !['malformed-event', 'invalid-utf8', 'missing-terminator'].includes(fault)) {
            expect(outcome.failure ?? ending.failure).toBeDefined()
          }
        } else if (!isLate && outcome.failure === undefined && good.requests.length) {
          // Failed over unseen.
          expect(response.ok).toBe(true)
          expect(textOf(protocol, text)).toContain('.')
          expect(outcome.attempts.at(-1)).toMatchObject({ endpoint: 'good' })
          expect(outcome.attempts[0]).toMatchObject({ endpoint: 'bad' })
          expect(ending.how).toBe('complete')
        } else if (!isLate) {
          expect([fault, ending.how]).toEqual([fault, 'complete'])
        }
      })
    })
  })
})
