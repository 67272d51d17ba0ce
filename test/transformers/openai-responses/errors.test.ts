import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../src/core/failure.ts'
import { protocol } from './run.ts'

const decode = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  protocol.decodeError({ status, headers: new Headers(headers), body })
const error = (code: string | null, type: string | null, message = 'm') => ({ error: { message, type, code, param: null } })

describe('an error of an upstream', () => {
  it.each([
    [400, error(null, 'invalid_request_error'), 'invalid-request'],
    [400, error('context_length_exceeded', 'invalid_request_error'), 'context-overflow'],
    [400, error(null, 'invalid_request_error', "This model's maximum context length is 128000 tokens."), 'context-overflow'],
    [
      400,
      error('string_above_max_length', 'invalid_request_error', 'string too long. Expected a string with maximum length 64'),
      'invalid-request',
    ],
    [401, error('invalid_api_key', 'invalid_request_error'), 'authentication'],
    [401, error(null, 'invalid_request_error'), 'authentication'],
    [403, error('unsupported_country_region_territory', 'request_forbidden'), 'permission'],
    [404, error('model_not_found', 'invalid_request_error'), 'not-found'],
    [429, error('insufficient_quota', 'insufficient_quota'), 'billing'],
    [429, error('rate_limit_exceeded', 'tokens'), 'rate-limit'],
    [429, error(null, null), 'rate-limit'],
    [500, error(null, 'server_error'), 'server-error'],
    [503, error('server_is_overloaded', 'server_error'), 'overloaded'],
    [502, '<html><title>Bad gateway</title></html>', 'server-error'],
    [504, '', 'timeout'],
  ])('%i %o is %s', (status, body, kind) => {
    expect(decode(status, body)).toMatchObject({ kind, status })
  })
  it('tells tokens, waiting time, request id and message', () => {
    const message = "This model's maximum context length is 128000 tokens. However, your messages resulted in 130,500 tokens."
    expect(decode(400, error(null, null, message)).tokens).toEqual({ limit: 128000, used: 130500 })
    expect(decode(429, error('rate_limit_exceeded', 'tokens'), { 'retry-after-ms': '1500', 'x-request-id': 'req_1' })).toMatchObject({
      retryAfter: 1.5,
      requestId: 'req_1',
    })
    expect(decode(502, '<html><title>Bad gateway</title></html>').message).toBe('Bad gateway')
    expect(decode(400, [{ error: { code: 400, message: 'in an array' } }]).message).toBe('in an array')
  })
})

describe('an error for a client', () => {
  const thrown = async (failure: Failure) => {
    const { status, headers, body } = protocol.encodeError(failure)
    const fetch = () => Promise.resolve(Response.json(body, { status, headers }))
    return new OpenAI({ apiKey: 'k', baseURL: 'http://openai.test/v1', fetch, maxRetries: 0 }).responses
      .create({ model: 'm', input: 'hi' })
      .then(
        () => undefined,
        (reason: unknown) => reason as InstanceType<typeof OpenAI.APIError>,
      )
  }
  it.each([
    [{ kind: 'invalid-request', status: 422, message: 'Wrong.', param: 'input' }, 422, null],
    [{ kind: 'context-overflow', status: 400, message: 'prompt is too long' }, 400, 'context_length_exceeded'],
    [{ kind: 'authentication', status: 401, message: 'No key.' }, 401, 'invalid_api_key'],
    [{ kind: 'rate-limit', status: 429, message: 'Slow.' }, 429, 'rate_limit_exceeded'],
    [{ kind: 'billing', status: 402, message: 'Pay.' }, 402, 'insufficient_quota'],
    [{ kind: 'overloaded', status: 529, message: 'Busy.' }, 503, 'server_is_overloaded'],
  ] satisfies [Failure, number, string | null][])('%o', async (failure, status, code) => {
    expect(await thrown(failure)).toMatchObject({ status, code, message: expect.stringContaining(failure.message) as string })
  })
  it('carries the waiting time and the request id', () => {
    expect(
      protocol.encodeError({ kind: 'rate-limit', status: 429, message: 'm', retryAfter: 1.2, requestId: 'req_1', retryable: false })
        .headers,
    ).toEqual({
      'retry-after': '2',
      'x-request-id': 'req_1',
      'x-should-retry': 'false',
    })
  })
  it('is the same again where it came from this protocol', () => {
    const body = { error: { message: 'm', type: 'invalid_request_error', code: 'x', param: 'y', more: 1 } }
    expect(protocol.encodeError(decode(400, body)).body).toEqual(body)
  })
})

describe('the address', () => {
  const at = (base: string, version?: string) =>
    protocol.address(base, { model: 'm', stream: true, dialect: { name: 'x', ...(version !== undefined && { version }) } })
  it.each([
    ['https://api.openai.com', 'https://api.openai.com/v1/responses'],
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1/responses'],
    ['https://api.openai.com/v1/responses', 'https://api.openai.com/v1/responses'],
    ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1/responses'],
    ['https://openrouter.ai/api/v1', 'https://openrouter.ai/api/v1/responses'],
    ['https://x.openai.azure.com/openai/v1?api-version=preview', 'https://x.openai.azure.com/openai/v1/responses?api-version=preview'],
  ])('of %s', (base, url) => expect(at(base)).toBe(url))
  it('takes the version of the dialect', () =>
    expect(at('https://x.openai.azure.com', '/openai/v1')).toBe('https://x.openai.azure.com/openai/v1/responses'))
  it('sends the key as the dialect wants it', () => {
    expect(protocol.credentials('k', { name: 'x' })).toEqual({ authorization: 'Bearer k' })
    expect(protocol.credentials('k', { name: 'azure', auth: 'api-key' })).toEqual({ 'api-key': 'k' })
    expect(protocol.credentials(undefined, { name: 'x' })).toEqual({})
  })
  it('routes', () => {
    const route = (method: string, path: string) => protocol.route(method, new URL(`http://x${path}`))
    expect(route('POST', '/v1/responses')).toEqual({ action: 'generate' })
    expect(route('POST', '/v1/responses/input_tokens')).toEqual({ action: 'count-tokens' })
    expect(route('GET', '/v1/responses/resp_1')).toBeUndefined()
    expect(protocol.encodeTokenCount(5)).toEqual({ object: 'response.input_tokens', input_tokens: 5 })
  })
})
