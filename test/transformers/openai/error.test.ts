import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/transformers/openai/index.ts'
import { isOverflow, overflowTokens } from '../../../src/transformers/openai/overflow.ts'
import { readDuration } from '../../../src/core/retry-after.ts'

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  openai.decodeError({ status, headers: new Headers(headers), body })
const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

describe('an error of an upstream', () => {
  it.each([
    [
      'OpenAI',
      { error: { message: 'no', type: 'invalid_request_error', code: 'x', param: 'p' } },
      { message: 'no', code: 'x', param: 'p' },
    ],
    ['a string', { error: 'no', code: 'permission_denied' }, { message: 'no', code: 'permission_denied' }],
    ['Gemini', [{ error: { code: 400, message: 'no', status: 'INVALID_ARGUMENT' } }], { message: 'no', code: '400' }],
    ['FastAPI', { detail: [{ loc: ['body', 'model'], msg: 'missing' }] }, { message: 'body.model: missing' }],
    ['a detail', { detail: 'no' }, { message: 'no' }],
    ['Mistral', { object: 'error', message: 'no', type: 'invalid_request_error', code: '3051' }, { message: 'no', code: '3051' }],
    [
      'DashScope',
      { code: 'InvalidParameter', message: 'no', request_id: 'r' },
      { message: 'no', code: 'InvalidParameter', requestId: 'r' },
    ],
    [
      'OpenRouter',
      { error: { message: 'Provider returned error', code: 400, metadata: { raw: '{"error":{"message":"why"}}' } } },
      { message: 'Provider returned error: why' },
    ],
    ['text', ' no \n', { message: 'no' }],
    [
      'HTML',
      '<html><head><title>502 Bad Gateway</title></head></html>',
      { message: 'The upstream answered 400 with a page of HTML: 502 Bad Gateway. Check its base URL.' },
    ],
    ['nothing', undefined, { message: 'The upstream answered 400 without a word.' }],
  ])('in the shape of %s', (_, body, expected) => {
    expect(read(400, body)).toMatchObject({ status: 400, kind: 'invalid-request', ...expected })
  })

  it.each([
    [401, error('bad key', { code: 'invalid_api_key' }), 'authentication'],
    [402, error('Insufficient Balance'), 'billing'],
    [429, error('You exceeded your current quota', { code: 'insufficient_quota' }), 'billing'],
    [429, error('slow down', { code: 'rate_limit_exceeded' }), 'rate-limit'],
    [403, error('flagged', { metadata: { reasons: ['violence'] } }), 'content-policy'],
    [400, error('filtered', { code: 'content_filter' }), 'content-policy'],
    [404, error('The model `x` does not exist', { code: 'model_not_found' }), 'not-found'],
    [404, error('gone', { code: 'DeploymentNotFound' }), 'not-found'],
    [422, error('bad field'), 'invalid-request'],
    [498, error('capacity'), 'overloaded'],
    [503, error('busy'), 'overloaded'],
    [500, error('oops'), 'server-error'],
    [413, error('too big'), 'too-large'],
    [408, error('slow'), 'timeout'],
  ])('%d %j is %s', (status, body, kind) => {
    expect(read(status, body)).toMatchObject({ status, kind })
  })

  it('money is not worth a retry', () => {
    expect(read(429, error('x', { code: 'insufficient_quota' })).retryable).toBe(false)
  })
})

describe('when to try again', () => {
  it.each([
    [{ 'retry-after': '7' }, '', 7],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, '', 0.25],
    [{}, 'Please try again in 1.2s.', 1.2],
    [{}, 'Please retry after 20 seconds.', 20],
    [{}, 'try again in 6m0s', 360],
    [{}, 'Please try again in 350ms. Visit', 0.35],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s' }, '', 1],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '0' }, '', 360],
    [{}, 'no idea', undefined],
  ])('%j %s', (headers, message, seconds) => {
    expect(read(429, error(message), headers).retryAfter).toBe(seconds)
  })

  it('a date', () => {
    const seconds = read(429, error(''), { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }).retryAfter
    expect(seconds).toBeGreaterThan(27)
    expect(seconds).toBeLessThanOrEqual(30)
  })

  it.each([
    ['1h2m3.5s', 3723.5],
    ['120ms', 0.12],
    ['2 minutes', 120],
    ['59', 59],
    ['soon', undefined],
  ])('%s', (text, seconds) => {
    expect(readDuration(text)).toBe(seconds)
  })
})

describe('a prompt that is too long', () => {
  it.each([
    ["This model's maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens.", 10_000, 8192],
    [
      "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
      5000,
      4097,
    ],
    ['Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.', 300_000, 272_000],
    ['prompt token count of 140000 exceeds the limit of 128000', 140_000, 128_000],
    ['Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)', 140_000, 131_072],
    ['Range of input length should be [1, 98304]', undefined, 98_304],
    ['Prompt contains 33000 tokens and 0 draft tokens, too large for model with 32768 maximum context length', 33_000, 32_768],
    ["The input (5000 tokens) is longer than the model's context length (4096 tokens).", 5000, 4096],
    ['The decoder prompt (length 9000) is longer than the maximum model length of 8192.', 9000, 8192],
    ["This model's maximum prompt length is 131072 but the request contains 200000 tokens.", 200_000, 131_072],
    ['`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4500 `inputs` tokens and 200 `max_new_tokens`', 4500, 4097],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 1_200_000, 1_048_576],
    ['Please reduce the length of the messages or completion.', undefined, undefined],
    ['prompt is too long: 210000 tokens > 200000 maximum', 210_000, 200_000],
    ['the request exceeds the available context size (8192 tokens), try increasing it', undefined, 8192],
    ['context window exceeds limit (2013)', undefined, 2013],
  ])('%s', (message, used, limit) => {
    expect(isOverflow(message, undefined)).toBe(true)
    expect(read(400, error(message)).kind).toBe('context-overflow')
    expect(overflowTokens(message)).toEqual({ ...(used && { used }), ...(limit && { limit }) })
  })

  it('40: told by its code, and to a client by the sentence that it knows', () => {
    const failure = read(400, error('Too much.', { code: 'context_length_exceeded' }))
    expect(failure.kind).toBe('context-overflow')
    const claude = {
      kind: 'context-overflow',
      status: 400,
      message: 'prompt is too long: 210000 tokens > 200000 maximum',
      tokens: { used: 210_000, limit: 200_000 },
    } as const
    expect(openai.encodeError(claude).body).toEqual({
      error: {
        message:
          "prompt is too long: 210000 tokens > 200000 maximum (This model's maximum context length is 200000 tokens. However, your messages resulted in 210000 tokens.)",
        type: 'invalid_request_error',
        param: null,
        code: 'context_length_exceeded',
      },
    })
  })

  it('llama.cpp gives the numbers as fields', () => {
    const body = {
      error: {
        code: 400,
        type: 'exceed_context_size_error',
        message: 'the request exceeds the available context size',
        n_prompt_tokens: 9000,
        n_ctx: 4096,
      },
    }
    expect(read(400, body)).toMatchObject({ kind: 'context-overflow', tokens: { used: 9000, limit: 4096 } })
  })

  it.each([
    'Invalid function.name: string too long. Expected a string with maximum length 64',
    'prompt is fine',
    'policy_blocked: maximum context length',
  ])('is not: %s', (message) => {
    expect(read(400, error(message)).kind).toBe('invalid-request')
  })
})

describe('an error for a client', () => {
  it.each([
    ['authentication', 401, 401, 'invalid_request_error', 'invalid_api_key'],
    ['billing', 402, 402, 'insufficient_quota', 'insufficient_quota'],
    ['permission', 403, 403, 'permission_error', null],
    ['rate-limit', 429, 429, 'rate_limit_error', 'rate_limit_exceeded'],
    ['overloaded', 529, 503, 'server_error', 'overloaded'],
    ['server-error', 500, 500, 'server_error', null],
    ['timeout', 504, 504, 'timeout', 'timeout'],
  ] as const)('%s %d', (kind, from, status, type, code) => {
    expect(openai.encodeError({ kind, status: from, message: 'why' })).toMatchObject({
      status,
      body: { error: { message: 'why', type, code, param: null } },
    })
  })

  it('headers', () => {
    const failure = { kind: 'rate-limit', status: 429, message: '', retryAfter: 1.2, requestId: 'req_1', retryable: false } as const
    expect(openai.encodeError(failure).headers).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1200',
      'x-request-id': 'req_1',
      'x-should-retry': 'false',
    })
  })

  it('its own provider, as it was', () => {
    const body = { error: { message: 'no', type: 't', param: null, code: 'c', more: 1 } }
    expect(openai.encodeError(read(400, body)).body).toEqual(body)
  })
})

describe('a model that calls a tool in a form that cannot be read (Groq)', () => {
  const failed = {
    message: 'Failed to call a function. Please adjust your prompt.',
    type: 'invalid_request_error',
    code: 'tool_use_failed',
    failed_generation: '{"name": "ls", "arguments": {"path": 1}}',
  }
  it('failed by itself: asking again may help, and what it said is told', () => {
    const failure = read(400, { error: failed })
    expect(failure).toMatchObject({ kind: 'bad-response', status: 400, code: 'tool_use_failed', retryable: true })
    expect(failure.message).toContain('"path": 1')
  })
})
