import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint, outcomeOf, pool, type Fetch } from '../../../src/router/index.ts'
import {
  chaosProvider,
  FAULTS,
  virtualClock,
  type ChaosProvider,
  type Fault,
  type FaultName,
  type VirtualClock,
} from '../../../src/testing/index.ts'
import { ask, endsOf, readStream, readWhole, startsOf } from './client.ts'

const PROTOCOLS: readonly ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']
const SHAPES = ['single', 'pool of two', 'pool in a pool'] as const
type Shape = (typeof SHAPES)[number]
const START = 1_800_000_000_000
const SAID = 'All is well. This answer comes in several pieces, so that there is something to break off.'

/** Who asks, and whom: the failing provider speaks the client's protocol, so that bytes pass untouched, or another one. */
interface Case {
  client: ProtocolName
  same: boolean
  stream: boolean
}

/** The failing member has failed: with which keys it was tried, how long that took, and what a client sees that has nobody else. */
interface Fails {
  class: string
  status: number
  /** The numbers of the keys, in the order in which they are used. Default: the first one, once. */
  keys?: readonly number[]
  /** Milliseconds until each attempt fails. */
  afterMs?: number
  /** The caller's own mistake: nobody else is asked. */
  callers?: true
}
/** It has answered: how the answer ended, and after how many milliseconds it began. */
interface Answers {
  how: 'complete' | 'recovered' | 'truncated'
  afterMs?: number
  said?: RegExp
}
type Expected = Fails | Answers

const fails = (name: string, status: number, more: Partial<Fails> = {}): Fails => ({ class: name, status, ...more })
const callers = (name: string, status: number, more: Partial<Fails> = {}) => fails(name, status, { ...more, callers: true })
const BOTH = { keys: [1, 2] }
const TWICE = { keys: [1, 1] }
const COMPLETE: Answers = { how: 'complete' }
const BROKEN: Answers = { how: 'truncated' }
/** A client of Claude knows no 503. */
const busy = ({ client }: Case) => (client === 'claude' ? 529 : 503)
/** A status that Claude does not have becomes the nearest that it has, where the answer is translated. */
const forClaude = ({ client, same }: Case, claudes: number, usual: number) => (client === 'claude' && !same ? claudes : usual)

const MATRIX: Record<FaultName, Expected | ((asked: Case) => Expected)> = {
  refuse: fails('unreachable', 502, TWICE),
  dns: fails('unreachable', 502, TWICE),
  tls: fails('unreachable', 502, TWICE),
  'connect-timeout': fails('connect-timeout', 502, { afterMs: 10_000 }),
  reset: fails('reset', 502, BOTH),
  'hang-up': fails('reset', 502, BOTH),
  hang: fails('headers-timeout', 504, { afterMs: 40_000 }),
  'bad-request': callers('invalid-request', 400),
  'context-overflow': fails('context-overflow', 400),
  'bad-signature': callers('reasoning-refused', 400, TWICE),
  'spend-limit': fails('out-of-credit', 400, BOTH),
  'bad-key': ({ client, same }) => fails('key-rejected', client === 'gemini' && same ? 400 : 401, BOTH),
  'expired-login': fails('key-rejected', 401, BOTH),
  'payment-required': fails('out-of-credit', 402, BOTH),
  forbidden: fails('forbidden', 403, BOTH),
  'model-not-found': fails('model-missing', 404),
  'request-timeout': (asked) => fails('request-timeout', forClaude(asked, 504, 408)),
  conflict: fails('conflict', 409),
  'too-large': fails('too-large', 413),
  unprocessable: (asked) => callers('invalid-request', forClaude(asked, 400, 422)),
  'rate-limit': fails('rate-limited', 429, BOTH),
  'insufficient-quota': (asked) =>
    asked.client === 'gemini' && asked.same
      ? fails('quota-exhausted', 429, BOTH)
      : fails('out-of-credit', forClaude(asked, 402, 429), BOTH),
  'content-policy': callers('content-policy', 400),
  'server-error': fails('server-error', 500),
  'bad-gateway': fails('server-error', 502),
  unavailable: (asked) => fails('server-error', busy(asked)),
  'gateway-timeout': fails('server-error', 504),
  overloaded: (asked) => fails('overloaded', busy(asked)),
  'slow-headers': { ...COMPLETE, afterMs: 30_000 },
  'slow-first-token': { ...COMPLETE, afterMs: 30_000 },
  'slow-stream': COMPLETE,
  html: fails('bad-response', 502),
  empty: ({ stream }) => fails(stream ? 'truncated' : 'bad-response', 502),
  'wrong-form': COMPLETE,
  refusal: { ...COMPLETE, said: /^I'm sorry/ },
  stall: ({ stream }) => (stream ? BROKEN : fails('headers-timeout', 504, { afterMs: 40_000 })),
  cut: ({ stream }) => (stream ? BROKEN : fails('truncated', 502)),
  'missing-terminator': ({ stream, client, same }) => {
    if (!stream) return fails('bad-response', 502)
    // What these two lack with their last event is the stop reason itself.
    return same && (client === 'gemini' || client === 'openai-responses') ? BROKEN : { how: 'recovered' }
  },
  'malformed-event': ({ stream }) => (stream ? COMPLETE : fails('bad-response', 502)),
  'invalid-utf8': { ...COMPLETE, said: /\ufffd/ },
  'error-event': (asked) => fails('overloaded', busy(asked)),
}

interface Scene {
  app: Fetch
  bad: ChaosProvider
  good: ChaosProvider
}

function setUp(shape: Shape, fault: Fault, clock: VirtualClock, protocol: ProtocolName, retry?: object): Scene {
  const random = () => 0.5
  const bad = chaosProvider({ faults: fault, clock, random })
  const good = chaosProvider({ clock, random })
  const member = (name: string, fetch: Fetch) =>
    endpoint({
      name,
      protocol,
      baseUrl: `https://${name}.example`,
      apiKeys: [`${name}-1`, `${name}-2`],
      keyStrategy: 'priority',
      model: 'm',
      fetch,
      clock,
      random,
      timeouts: { headersMs: 40_000, firstTokenMs: 40_000, bytesMs: 20_000 },
      ...(retry && { retry }),
    })
  const [first, second] = [member('bad', bad), member('good', good)]
  const shapes: Record<Shape, () => Fetch> = {
    single: () => first,
    'pool of two': () => pool([first, second], { clock, random }),
    'pool in a pool': () => pool([pool([first], { name: 'inner', clock, random }), second], { clock, random }),
  }
  return { app: shapes[shape](), bad, good }
}

/** What was asked of both providers, in order: whom, with which key, when. */
const callsOf = ({ bad, good }: Scene): string[] =>
  [...bad.requests, ...good.requests].toSorted((a, b) => a.at - b.at).map(({ key, at }) => `${key} at ${at - START}`)

/** What the client saw and what the record tells, next to what it should be. */
async function compared(fault: FaultName, shape: Shape, asked: Case, clock: VirtualClock): Promise<{ found: object; wanted: object }> {
  const { client, same, stream } = asked
  const scene = setUp(shape, fault, clock, same ? client : client === 'claude' ? 'openai' : 'claude')
  const { response, text, broken } = await ask(scene.app, client, { stream })
  const outcome = outcomeOf(response)!
  const { how } = await outcome.ended
  const isStream = response.headers.get('content-type')!.includes('event-stream')
  const { said, failure } = isStream ? readStream(client, text) : readWhole(client, response, text)

  const row = MATRIX[fault]
  const expected = typeof row === 'function' ? row(asked) : row
  const answered = 'how' in expected
  const elsewhere = !answered && !expected.callers && shape !== 'single'
  const { keys = [1], afterMs = 0 } = answered ? {} : expected
  const at = (count: number) => count * afterMs
  // Who waits longer than ten seconds has its headers by then.
  const late = stream && !answered && at(keys.length) >= 10_000
  const fine = answered || elsewhere
  const ending = answered ? expected.how : elsewhere ? 'complete' : 'error'
  const words = (answered && expected.said) || (ending === 'truncated' ? /^All is/ : ending === 'error' ? /^$/ : new RegExp(`^${SAID}$`))
  const begun = client === 'gemini' ? 0 : Number(fine || (late && client === 'openai-responses'))

  const attempts = outcome.attempts.map(({ endpoint: name, key, startedAt, tookMs, failure: told }) => ({
    who: `${name} ${key} at ${startedAt - START}`,
    ...(told ? { class: told.class, tookMs } : answered && expected.afterMs !== undefined && { tookMs }),
  }))
  const who = [...keys.map((key, index) => `bad-${key} at ${at(index)}`), ...(elsewhere ? [`good-1 at ${at(keys.length)}`] : [])]
  return {
    found: {
      ...asked,
      status: response.status,
      how,
      said: words.test(said) || said,
      failed: failure !== undefined,
      broken,
      starts: isStream ? startsOf(client, text) : 0,
      ends: isStream ? endsOf(client, text) : 1,
      calls: callsOf(scene),
      attempts,
      open: scene.bad.open + scene.good.open,
    },
    wanted: {
      ...asked,
      status: fine || late ? 200 : expected.status,
      how: ending,
      said: true,
      failed: ending === 'error' || ending === 'truncated',
      broken: false,
      starts: stream ? begun : 0,
      ends: 1,
      calls: who,
      attempts: who.map((each, index) => ({
        who: each.replace(/^(\w+)-/, '$1 key-'),
        ...(answered
          ? expected.afterMs !== undefined && { tookMs: expected.afterMs }
          : index < keys.length && { class: expected.class, tookMs: afterMs }),
      })),
      open: 0,
    },
  }
}

const CASES: readonly Case[] = PROTOCOLS.flatMap((client) =>
  [true, false].flatMap((same) => [true, false].map((stream) => ({ client, same, stream }))),
)

describe.each(SHAPES)('%s', (shape) => {
  it.each(FAULTS)('%s', async (fault) => {
    const clock = virtualClock(START)
    const all = Promise.all(CASES.map((asked) => compared(fault, shape, asked, clock)))
    await clock.advance(300_000)
    for (const { found, wanted } of await all) expect(found).toEqual(wanted)
    expect(clock.waiting).toBe(0)
  })
})

/** Where nobody else is left: when the same member, and the same key, is tried again. Waits are drawn by half of what they may be. */
const GAPS: readonly [string, Fault, alone: readonly string[]][] = [
  ['refuse', 'refuse', ['1 at 0', '1 at 0', '1 at 500', '1 at 500']],
  ['reset', 'reset', ['1 at 0', '2 at 0']],
  ['connect-timeout', 'connect-timeout', ['1 at 0', '1 at 10250']],
  ['hang', 'hang', ['1 at 0']],
  ['bad-key', 'bad-key', ['1 at 0', '2 at 0']],
  ['request-timeout', 'request-timeout', ['1 at 0', '1 at 250']],
  ['server-error', 'server-error', ['1 at 0', '1 at 250', '1 at 750']],
  ['overloaded', 'overloaded', ['1 at 0', '1 at 250']],
  ['html', 'html', ['1 at 0', '1 at 250']],
  ['bad-request', 'bad-request', ['1 at 0']],
]

describe('gaps', () => {
  it.each(GAPS)('%s: the same member again, after others', async (_, fault, alone) => {
    for (const several of [false, true]) {
      const clock = virtualClock(START)
      const random = () => 0.5
      const provider = chaosProvider({ faults: fault, clock, random })
      const member = (name: string) =>
        endpoint({
          name,
          protocol: 'openai',
          baseUrl: `https://${name}.example`,
          apiKeys: ['1', '2'],
          keyStrategy: 'priority',
          fetch: provider,
          clock,
          random,
          timeouts: { headersMs: 40_000 },
        })
      const inner = pool([member('a')], { name: 'inner', clock, random })
      const app = several ? pool([inner, member('b')], { clock, random, retry: { attempts: 20 } }) : inner
      const asked = ask(app, 'claude')
      await clock.advance(300_000)
      await asked
      const calls = provider.requests.map(({ url, key, at }) => ({ host: new URL(url).hostname[0], call: `${key} at ${at - START}` }))
      if (!several) expect(calls.map(({ call }) => call)).toEqual(alone)
      // Nobody waits before everybody idle was asked, and then for the first one that may be asked again.
      else if (fault !== 'bad-request') {
        const rounds = calls
          .map(({ host }) => host)
          .join('')
          .replace(/(.)\1+/g, '$1')
        expect(rounds).toMatch(/^(ab)+$/)
        expect(calls.find(({ host }) => host === 'b')!.call).toBe(
          `1 at ${fault === 'hang' ? 40_000 : fault === 'connect-timeout' ? 10_000 : 0}`,
        )
      } else expect(calls).toHaveLength(1)
    }
  })
})
