import { describe, expect, it } from 'vitest'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate } from '../../../src/transformers/translate.ts'

const decode = (status: number, body: unknown, headers = {}) => gemini.decodeError({ status, headers: new Headers(headers), body })
const error = (code: number, status: string, message: string, details?: object[]) => ({
  error: { code, message, status, ...(details && { details }) },
})
const detail = (type: string, fields: object) => ({ '@type': `type.googleapis.com/google.rpc.${type}`, ...fields })

it.each([
  [400, 'INVALID_ARGUMENT', 'invalid-request'],
  [401, 'UNAUTHENTICATED', 'authentication'],
  [403, 'PERMISSION_DENIED', 'permission'],
  [404, 'NOT_FOUND', 'not-found'],
  [429, 'RESOURCE_EXHAUSTED', 'rate-limit'],
  [500, 'INTERNAL', 'server-error'],
  [503, 'UNAVAILABLE', 'overloaded'],
  [504, 'DEADLINE_EXCEEDED', 'timeout'],
])('reads %s %s', (status, rpc, kind) => expect(decode(status, error(status, rpc, 'x'))).toMatchObject({ kind, status, message: 'x' }))

describe('case 20: when to try again', () => {
  const quota = (quotaId: string) => detail('QuotaFailure', { violations: [{ quotaId }] })
  const retry = detail('RetryInfo', { retryDelay: '34.4s' })
  it('is what RetryInfo says', () => {
    expect(decode(429, error(429, 'RESOURCE_EXHAUSTED', 'x', [quota('RequestsPerMinute'), retry]))).toMatchObject({ retryAfter: 35 })
  })
  it('is what the words say', () => {
    expect(decode(429, error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 38.601658672s.'))).toMatchObject({ retryAfter: 39 })
    expect(decode(429, error(429, 'RESOURCE_EXHAUSTED', 'Please retry in 900ms.'))).toMatchObject({ retryAfter: 1 })
  })
  it('is not soon for a quota of the day', () => {
    const failure = decode(429, error(429, 'RESOURCE_EXHAUSTED', 'x', [quota('GenerateRequestsPerDayPerProject'), retry]))
    expect(failure).toMatchObject({ retryable: false })
    expect(failure.retryAfter).toBeUndefined()
  })
})

it('case 19: finds the error in a list, in a text, and inside the message of another', () => {
  const real = error(400, 'INVALID_ARGUMENT', 'The real one.')
  expect(decode(400, [real])).toMatchObject({ message: 'The real one.' })
  expect(decode(400, JSON.stringify(real))).toMatchObject({ message: 'The real one.' })
  expect(decode(400, { error: { message: JSON.stringify({ error: { message: JSON.stringify(real) } }) } })).toMatchObject({
    message: 'The real one.',
  })
  expect(decode(502, '<html>')).toMatchObject({ kind: 'server-error', message: '<html>' })
})

describe('case 21: a bad key', () => {
  const body = error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    detail('ErrorInfo', { reason: 'API_KEY_INVALID' }),
  ])
  it('is 401 for other clients', () => {
    const ask = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
    const answer = translate(ask, { from: 'claude', to: 'gemini', model: 'g' }).error(400, body)
    expect(answer).toMatchObject({ status: 401, body: { error: { type: 'authentication_error' } } })
  })
  it('is what it was for Gemini clients', () => expect(gemini.encodeError(decode(400, body))).toMatchObject({ status: 400, body }))
})

it('reads how many tokens were too many', () => {
  const body = error(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).')
  expect(decode(400, body)).toMatchObject({ kind: 'context-overflow', tokens: { used: 1_200_000, limit: 1_048_576 } })
})

describe('for Gemini clients', () => {
  it('has a status that they know', () => {
    expect(gemini.encodeError({ kind: 'overloaded', status: 529, message: 'x' })).toMatchObject({
      status: 503,
      body: { error: { code: 503, status: 'UNAVAILABLE' } },
    })
  })
  it('tells when to try again', () => {
    const { headers, body } = gemini.encodeError({ kind: 'rate-limit', status: 429, message: 'x', retryAfter: 7 })
    expect(headers).toEqual({ 'retry-after': '7' })
    expect(JSON.stringify(body)).toContain('"retryDelay":"7s"')
  })
  it('tells that a retry is of no use', () => {
    expect(JSON.stringify(gemini.encodeError({ kind: 'rate-limit', status: 429, message: 'x', retryable: false }).body)).toContain('PerDay')
  })
})
