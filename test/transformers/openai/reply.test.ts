import { describe, expect, it } from 'vitest'
import { isFailureError } from '../../../src/core/failure.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { openai } from '../../../src/transformers/openai/index.ts'
import { replyContext } from './asking.ts'

const answer = (message: JsonObject, more: JsonObject = {}, choice: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: 'stop', ...choice }],
  ...more,
})
const read = (body: unknown, context = replyContext()) => openai.decodeReply(body, context)
const failure = (body: unknown) => {
  try {
    read(body)
  } catch (error) {
    if (isFailureError(error)) return error.failure
  }
  return undefined
}

describe('a whole answer', () => {
  it('41: split over two choices', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
    const body = {
      choices: [
        { message: { content: 'I look.' }, finish_reason: 'stop' },
        { message: { tool_calls: [call] }, finish_reason: 'tool_calls' },
      ],
    }
    expect(read(body)).toMatchObject({
      parts: [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', id: 'a' },
      ],
      stop: { reason: 'tool-calls' },
    })
    const two = {
      choices: [
        { message: { content: 'A' }, finish_reason: 'stop' },
        { message: { content: 'B' }, finish_reason: 'stop' },
      ],
    }
    expect(read(two, replyContext({ body: { n: 2 } })).parts).toMatchObject([{ text: 'A' }])
  })

  it('49: calls although the reason is "stop"', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }
    expect(read(answer({ tool_calls: [call] }))).toMatchObject({ parts: [{ type: 'tool-call', json: '' }], stop: { reason: 'tool-calls' } })
    expect(read(answer({ tool_calls: [call] }, {}, { finish_reason: 'length' })).stop.reason).toBe('max-tokens')
  })

  it.each([
    [{ content: 'a', reasoning_content: 'hm' }, 'hm'],
    [{ content: 'a', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }, 'hm'],
    [
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
      'hm',
    ],
    [{ content: 'a', thinking_blocks: [{ type: 'thinking', thinking: 'hm', signature: 's' }] }, 'hm'],
  ])('reasoning: %j', (message, text) => {
    const { parts } = read(answer(message))
    expect(parts.map((part) => part.type)).toEqual(['reasoning', 'text'])
    expect(parts[0]).toMatchObject({ text, opaque: { by: 'openai' } })
  })

  it('speech is read by its transcript', () => {
    const audio = { id: 'audio_1', data: 'AAAA', transcript: 'Hello', expires_at: 1 }
    expect(read(answer({ audio })).parts).toMatchObject([{ type: 'text', text: 'Hello' }, { type: 'audio' }])
    expect(
      read(
        answer({
          content: 'x',
          audio: { id: '', data: '', transcript: '', expires_at: 0 },
          function_call: { name: '', arguments: '' },
          refusal: '',
        }),
      ).parts,
    ).toHaveLength(1)
  })

  it.each([
    ['no object', 'text', 'bad-response'],
    ['no choices', {}, 'bad-response'],
    ['an empty list', { choices: [] }, 'bad-response'],
    ['an error', { error: { message: 'no', code: 429 } }, 'rate-limit'],
    ['MiniMax', { base_resp: { status_code: 1002, status_msg: 'rate limit' }, choices: null }, 'rate-limit'],
    [
      'a failed choice',
      { choices: [{ message: { content: '' }, finish_reason: 'error', error: { message: 'Overloaded', code: 503 } }] },
      'overloaded',
    ],
  ])('is none: %s', (_, body, kind) => {
    expect(failure(body)?.kind).toBe(kind)
  })

  it.each([
    [
      'plain',
      answer(
        { content: 'hi', refusal: null, annotations: [] },
        { system_fingerprint: 'fp', service_tier: 'default', usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } },
        { logprobs: null },
      ),
    ],
    [
      'nulls',
      answer(
        { content: '', refusal: '', tool_calls: null, audio: null, function_call: { name: '', arguments: '' } },
        {},
        { finish_reason: '' },
      ),
    ],
    [
      'reasoning',
      answer(
        { content: 'a', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', index: 0 }] },
        { provider: 'p' },
        { native_finish_reason: 'stop' },
      ),
    ],
    [
      'calls',
      answer(
        {
          tool_calls: [
            {
              id: 'a',
              index: 0,
              type: 'function',
              function: { name: 'f', arguments: '{ }' },
              extra_content: { google: { thought_signature: 's' } },
            },
          ],
        },
        {},
        { finish_reason: 'tool_calls' },
      ),
    ],
    [
      'custom',
      answer({ tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'f', input: 'raw' } }] }, {}, { finish_reason: 'tool_calls' }),
    ],
    ['legacy', answer({ function_call: { name: 'f', arguments: '{}' } }, {}, { finish_reason: 'function_call' })],
    ['parts', answer({ content: [{ type: 'text', text: 'a' }] })],
  ])('law 1: %s is written back as it was', (_, body) => {
    const context = replyContext()
    expect(openai.encodeReply(read(body, context), context)).toEqual(body)
  })
})

describe('usage', () => {
  const usage = (wire: JsonObject, dialectName?: string) =>
    read(answer({ content: 'a' }, { usage: wire }), replyContext({ dialectName })).usage

  it.each([
    [
      'OpenAI',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 3 } },
      { input: 3, cacheRead: 4, cacheWrite: 3, output: 5 },
    ],
    [
      '50: DeepSeek',
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 6 },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    ['Moonshot', { prompt_tokens: 10, completion_tokens: 5, cached_tokens: 4 }, { input: 6, cacheRead: 4 }],
    ['Mistral', { prompt_tokens: 10, completion_tokens: 5, num_cached_tokens: 4 }, { input: 6, cacheRead: 4 }],
    [
      'DashScope',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 1, cache_creation_input_tokens: 2 } },
      { input: 7, cacheRead: 1, cacheWrite: 2 },
    ],
    [
      '42: xAI',
      { prompt_tokens: 291, completion_tokens: 26, total_tokens: 513, completion_tokens_details: { reasoning_tokens: 196 } },
      { input: 291, output: 222, reasoning: 196 },
    ],
    [
      'more cached than there was',
      { prompt_tokens: 3, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } },
      { input: 3, cacheRead: 9 },
    ],
    [
      'reasoning included',
      { prompt_tokens: 10, completion_tokens: 30, total_tokens: 40, completion_tokens_details: { reasoning_tokens: 20 } },
      { output: 30, reasoning: 20 },
    ],
  ])('%s', (_, wire, expected) => {
    expect(usage(wire)).toMatchObject(expected)
  })

  it('none is not zero', () => {
    expect(usage({})).toBeUndefined()
  })
})
