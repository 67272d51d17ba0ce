import { describe, expect, it } from 'vitest'
import type { FailureKind } from '../../../src/core/failure.ts'
import { claude } from '../../../src/transformers/claude/index.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  claude.decodeError({ status, body, headers: new Headers(headers) })
const wire = (type: string, message: string, more: object = {}) => ({
  type: 'error',
  error: { type, message, ...more },
  request_id: 'req_1',
})
const write = (kind: FailureKind, status: number, more: object = {}) => claude.encodeError({ kind, status, message: 'why', ...more })

describe('an upstream error', () => {
  it.each<[number, string, FailureKind]>([
    [400, 'invalid_request_error', 'invalid-request'],
    [401, 'authentication_error', 'authentication'],
    [402, 'billing_error', 'billing'],
    [403, 'permission_error', 'permission'],
    [404, 'not_found_error', 'not-found'],
    [409, 'conflict_error', 'conflict'],
    [413, 'request_too_large', 'too-large'],
    [429, 'rate_limit_error', 'rate-limit'],
    [500, 'api_error', 'server-error'],
    [501, 'not_supported', 'unsupported'],
    [504, 'timeout_error', 'timeout'],
    [529, 'overloaded_error', 'overloaded'],
  ])('%i %s', (status, type, kind) =>
    expect(read(status, wire(type, 'why'))).toMatchObject({ kind, status, message: 'why', requestId: 'req_1' }),
  )
  it('of too long a prompt tells the numbers', () => {
    const told = (message: string) => read(400, wire('invalid_request_error', message))
    expect(told('prompt is too long: 210000 tokens > 200000 maximum')).toMatchObject({
      kind: 'context-overflow',
      tokens: { used: 210_000, limit: 200_000 },
    })
    expect(told('input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease')).toMatchObject({
      kind: 'context-overflow',
      tokens: { used: 210_000, limit: 200_000 },
    })
  })
  it('of an empty purse is told from one that passes', () => {
    expect(read(400, wire('invalid_request_error', 'Your credit balance is too low'))).toMatchObject({
      kind: 'billing',
      status: 400,
      retryable: false,
    })
    const details = { error_code: 'enforced_spend_limit_reached' }
    expect(read(429, wire('rate_limit_error', 'limit', { details }))).toMatchObject({
      kind: 'billing',
      code: 'enforced_spend_limit_reached',
    })
  })
  it('tells when to try again', () => {
    expect(read(429, wire('rate_limit_error', 'x'), { 'retry-after': '7', 'request-id': 'req_2' })).toMatchObject({
      retryAfter: 7,
      requestId: 'req_2',
    })
    expect(read(429, '', { 'retry-after-ms': '1500' }).retryAfter).toBe(1.5)
    const headers = { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', 'x-should-retry': 'false' }
    expect(read(529, '', headers)).toMatchObject({ retryAfter: 30, retryable: false })
  })
  it('of a proxy on the way need not have the form', () => {
    expect(read(502, '<html><h1>Bad gateway</h1></html>').message).toBe('The upstream answered with status 502 and no explanation.')
    expect(read(503, 'try later')).toMatchObject({ kind: 'overloaded', message: 'try later' })
    expect(read(422, { detail: 'bad field' })).toMatchObject({ kind: 'invalid-request', message: 'bad field' })
    expect(read(429, { error: { message: 'slow down', code: 'rate_limited' } })).toMatchObject({ kind: 'rate-limit', code: 'rate_limited' })
  })
})

describe('an error for a client', () => {
  it.each<[FailureKind, number, string, number]>([
    ['invalid-request', 400, 'invalid_request_error', 400],
    ['invalid-request', 422, 'invalid_request_error', 400],
    ['authentication', 400, 'authentication_error', 401],
    ['billing', 429, 'billing_error', 402],
    ['content-policy', 400, 'invalid_request_error', 400],
    ['content-policy', 403, 'permission_error', 403],
    ['not-found', 404, 'not_found_error', 404],
    ['too-large', 413, 'request_too_large', 413],
    ['rate-limit', 429, 'rate_limit_error', 429],
    ['overloaded', 503, 'overloaded_error', 529],
    ['timeout', 408, 'timeout_error', 504],
    ['server-error', 500, 'api_error', 500],
    ['truncated', 502, 'api_error', 502],
  ])('%s %i', (kind, from, type, status) => {
    expect(write(kind, from)).toMatchObject({ status, body: { type: 'error', error: { type, message: 'why' } } })
  })
  it('makes Claude Code compact (hard case 40)', () => {
    const messageOf = (tokens?: object) => (write('context-overflow', 400, { tokens }).body.error as { message: string }).message
    expect(messageOf({ used: 130_000, limit: 128_000 })).toBe('prompt is too long: 130000 tokens > 128000 maximum')
    for (const tokens of [undefined, { limit: 8192 }, { used: 9000 }, { used: 5, limit: 10 }])
      expect(messageOf(tokens)).toMatch(/^prompt is too long: \d+ tokens > \d+ maximum$/)
  })
  it('tells in headers whether and when to try again', () => {
    expect(write('rate-limit', 429, { retryAfter: 1.2, requestId: 'req_9' }).headers).toEqual({ 'retry-after': '2', 'request-id': 'req_9' })
    expect(write('authentication', 401).headers).toEqual({ 'x-should-retry': 'false' })
    expect(write('billing', 429).headers).toEqual({ 'x-should-retry': 'false' })
  })
  it('of a Claude upstream stays as it was', () => {
    const body = wire('invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum', { details: { x: 1 } })
    expect(claude.encodeError(read(400, body))).toMatchObject({ status: 400, body })
  })
})
