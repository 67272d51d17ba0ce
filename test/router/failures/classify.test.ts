import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { fail, isFailureError, STATUS, type Failure, type FailureKind } from '../../../src/core/failure.ts'
import { createNotes } from '../../../src/core/notice.ts'
import { classify } from '../../../src/router/failures/classify.ts'
import { DECISIONS } from '../../../src/router/failures/decisions.ts'
import { networkFailure } from '../../../src/router/failures/network-failure.ts'
import { failureOfResponse } from '../../../src/router/failures/refusal.ts'
import { timeoutFailure } from '../../../src/router/endpoint/timeouts.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { NOW } from './bodies/case.ts'
import { amidCases, ownCases, refusals, thrown } from './bodies/index.ts'

const read = (protocol: ProtocolName, status: number, headers: Record<string, string>, body: unknown): Failure =>
  failureOfResponse(
    protocols[protocol],
    { status, headers: new Headers(headers) },
    typeof body === 'string' ? body : JSON.stringify(body),
    NOW,
    'endpoint "x"',
  )

describe.each(Object.entries(refusals) as [ProtocolName, (typeof refusals)[ProtocolName]][])('a refusal of %s', (protocol, cases) => {
  it.each(cases.map((one) => [one.class, one.of, one.status, one] as const))(
    '%s: %s, %i',
    (name, _of, status, { headers, body, seconds }) => {
      const failure = read(protocol, status, headers ?? {}, body)
      const verdict = classify(failure, NOW)
      expect(verdict.class).toBe(name)
      expect(failure.retryAfter).toBe(seconds)
      expect(verdict.cool).toEqual('cool' in DECISIONS[name] ? DECISIONS[name].cool : undefined)
      if (seconds !== undefined) expect(verdict.resetAt).toBe(NOW + seconds * 1000)
    },
  )
})

describe.each(Object.entries(amidCases) as [ProtocolName, (typeof amidCases)[ProtocolName]][])(
  'amid an answer of %s',
  (protocol, cases) => {
    it.each(cases.map((one) => [one.class, JSON.stringify(one.body), one.body] as const))('%s: %s', (name, _text, body) => {
      const upstream = protocols[protocol]
      const failures: Failure[] = []
      try {
        upstream
          .decodeStream(
            (event) => {
              if (event.type === 'error') failures.push(event.failure)
            },
            {
              chat: { stream: true, system: [], messages: [], tools: [] },
              model: '',
              dialect: { name: protocol },
              notes: createNotes('reply', upstream.fields),
              framing: 'sse',
              newId: (prefix: string) => prefix,
              now: () => NOW,
            },
          )
          .event(body, protocol === 'claude' ? 'error' : undefined)
      } catch (error) {
        if (!isFailureError(error)) throw error
        failures.push(error.failure)
      }
      expect(failures.map((failure) => [classify(failure, NOW).class, failure.amid])).toEqual([[name, true]])
    })
  },
)

describe('what fetch throws', () => {
  it.each(thrown.map((one) => [one.class, one.of, one] as const))('%s: %s', (name, _of, { error, amid }) => {
    expect(classify(networkFailure(error, 'endpoint "x": no answer', amid), NOW).class).toBe(name)
  })
  it('tells the code and the words that fetch hides', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
    expect(networkFailure(new TypeError('fetch failed', { cause }), 'no answer')).toEqual({
      kind: 'network',
      status: 502,
      code: 'ECONNREFUSED',
      message: 'no answer: connect ECONNREFUSED 127.0.0.1:1',
    })
    expect(networkFailure('gone', 'no answer').message).toBe('no answer: gone')
  })
})

describe('what this program says itself', () => {
  it.each(ownCases.map((one) => [one.class, one.kind, one] as const))('%s: %s', (name, kind, { failure }) => {
    expect(classify({ kind, status: STATUS[kind], message: 'm', ...failure }, NOW).class).toBe(name)
  })
  it.each([
    ['connect-timeout', 'connect'],
    ['headers-timeout', 'headers'],
    ['first-token-timeout', 'first-token'],
    ['silence-timeout', 'bytes'],
    ['silence-timeout', 'events'],
    ['total-timeout', 'total'],
  ] as const)('%s: nothing within the time for %s', (name, phase) => {
    expect(classify(timeoutFailure('x', phase, 1000), NOW).class).toBe(name)
  })
})

describe('an answer that is none', () => {
  it('is a redirect', () => {
    const failure = read('claude', 307, { location: 'https://elsewhere.test/' }, '')
    expect(failure.message).toBe(
      'endpoint "x": the upstream redirects to https://elsewhere.test/. Keys are not sent along redirects: put the final URL into baseUrl.',
    )
    expect(classify(failure, NOW)).toMatchObject({ class: 'bad-response', nextEndpoint: true })
  })
  it('has a good status and says nothing', () => expect(classify(read('claude', 204, {}, ''), NOW).class).toBe('bad-response'))
})

describe('a provider that says whether to retry', () => {
  const verdict = (status: number, retry: string, headers = {}) =>
    classify(read('claude', status, { 'x-should-retry': retry, ...headers }, {}), NOW)
  it.each(Object.keys(protocols) as ProtocolName[])('is heard in %s', (protocol) => {
    const told = (retry: string) => read(protocol, 500, { 'x-should-retry': retry }, {}).retryable
    expect([told('true'), told('false'), told('perhaps')]).toEqual([true, false, undefined])
  })
  it('spares it a second try, and nobody else', () => {
    expect(classify(read('claude', 500, {}, {}), NOW).sameKey).toEqual({ tries: 2, after: 'backoff' })
    expect(verdict(500, 'false')).toMatchObject({ class: 'server-error', nextEndpoint: true, breaker: 'full' })
    expect(verdict(500, 'false').sameKey).toBeUndefined()
  })
  it('gets one where the table has none', () => {
    const spent = classify({ kind: 'billing', status: 429, message: 'm', retryable: true, source: { protocol: 'openai', body: {} } }, NOW)
    expect(spent).toMatchObject({ class: 'out-of-credit', sameKey: { tries: 1, after: 'backoff' } })
    expect(verdict(429, 'true', { 'retry-after': '7200' })).toMatchObject({
      class: 'quota-exhausted',
      sameKey: { tries: 1, after: 'reset' },
    })
    expect(verdict(500, 'true').sameKey).toEqual({ tries: 2, after: 'backoff' })
  })
  it('gets none for what is the fault of the caller, or of the key', () => {
    expect(verdict(400, 'true')).toEqual({ class: 'invalid-request', ...DECISIONS['invalid-request'] })
    expect(verdict(401, 'true').sameKey).toBeUndefined()
  })
})

describe('a time that the provider names', () => {
  const verdict = (kind: FailureKind, status: number, retryAfter: number) =>
    classify({ kind, status, message: 'm', retryAfter, source: { protocol: 'claude', body: {} } }, NOW)
  it('is believed of a quota, however long', () => {
    expect(verdict('rate-limit', 429, 30)).toMatchObject({ class: 'rate-limited', resetAt: NOW + 30_000 })
    expect(verdict('rate-limit', 429, 500_000)).toMatchObject({ class: 'quota-exhausted', resetAt: NOW + 500_000_000 })
  })
  it('is believed of an overload for a minute only', () => {
    expect(verdict('overloaded', 529, 20).resetAt).toBe(NOW + 20_000)
    expect(verdict('overloaded', 529, 36_000).resetAt).toBe(NOW + 60_000)
    expect(verdict('server-error', 500, 36_000).resetAt).toBe(NOW + 60_000)
  })
  it('is not in the past', () => {
    expect(verdict('rate-limit', 429, -5).resetAt).toBe(NOW)
    expect(verdict('rate-limit', 429, Number.POSITIVE_INFINITY).resetAt).toBeUndefined()
  })
})

it('never changes the table', () => {
  const before = structuredClone(DECISIONS)
  const verdict = classify(
    { kind: 'server-error', status: 500, message: 'm', retryable: false, source: { protocol: 'claude', body: {} } },
    NOW,
  )
  expect(verdict.sameKey).toBeUndefined()
  expect(DECISIONS).toEqual(before)
})

it('judges what our own code throws', () => {
  try {
    fail({ kind: 'bad-response', message: 'not JSON' })
  } catch (error) {
    expect(isFailureError(error) && classify(error.failure, NOW).class).toBe('bad-response')
  }
  expect.assertions(1)
})
