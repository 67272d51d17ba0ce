import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { folded, protocol, read, replyContext, streamed } from './run.ts'

const created = { type: 'response.created', response: { id: 'resp_1', model: 'gpt-5.4', created_at: 1, status: 'in_progress', output: [] } }
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 15,
}
const completed = (output: JsonObject[] = [], more: JsonObject = {}) => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-5.4', created_at: 1, status: 'completed', output, usage, ...more },
})
const message = (text: string) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const fc = (n: number, args: string) => ({
  type: 'function_call',
  id: `fc_${n}`,
  call_id: `call_${n}`,
  name: 'ls',
  arguments: args,
  status: 'completed',
})
const added = (index: number, item: JsonObject) => ({ type: 'response.output_item.added', output_index: index, item })
const done = (index: number, item: JsonObject) => ({ type: 'response.output_item.done', output_index: index, item })
const argsDelta = (index: number, delta: string) => ({
  type: 'response.function_call_arguments.delta',
  output_index: index,
  item_id: `fc_${index}`,
  delta,
})

describe('an upstream stream', () => {
  it('case 4: calls that interleave keep their arguments', () => {
    const reply = folded([
      created,
      added(0, fc(0, '')),
      added(1, fc(1, '')),
      argsDelta(1, '{"b"'),
      argsDelta(0, '{"a":'),
      argsDelta(1, ':2}'),
      argsDelta(0, '1}'),
      { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a":1}' },
      done(0, fc(0, '{"a":1}')),
      done(1, fc(1, '{"b":2}')),
      completed([fc(0, '{"a":1}'), fc(1, '{"b":2}')]),
    ])
    expect(reply.parts).toMatchObject([
      { type: 'tool-call', id: 'call_0', json: '{"a":1}' },
      { type: 'tool-call', id: 'call_1', json: '{"b":2}' },
    ])
    expect(reply.stop.reason).toBe('tool-calls')
    expect(reply.usage).toMatchObject({ input: 6, cacheRead: 4, output: 5, reasoning: 2 })
  })

  it('case 5: reasoning without a summary keeps its data, and the call behind it is told', () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] }
    const reply = folded([
      created,
      added(0, { ...reasoning, encrypted_content: 'early' }),
      done(0, { ...reasoning, encrypted_content: 'final' }),
      added(1, fc(1, '')),
      done(1, fc(1, '{}')),
      completed(),
    ])
    expect(reply.parts).toMatchObject([
      { type: 'reasoning', text: '', opaque: { by: 'openai-responses', form: 'encrypted', id: 'rs_1', data: 'final' } },
      { type: 'tool-call', id: 'call_1', json: '{}' },
    ])
  })

  it('case 6: paragraphs of a summary are one text', () => {
    const delta = (at: number, text: string) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: at,
      delta: text,
    })
    const whole = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'One.' },
        { type: 'summary_text', text: 'Two.' },
      ],
      encrypted_content: 'x',
    }
    const stream = [
      created,
      added(0, { type: 'reasoning', id: 'rs_1', summary: [] }),
      { type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0, part: { type: 'summary_text', text: '' } },
      delta(0, 'O'),
      delta(0, 'ne.'),
      { type: 'response.reasoning_summary_text.done', output_index: 0, summary_index: 0, text: 'One.' },
      delta(1, 'Two.'),
      done(0, whole),
      completed([whole]),
    ]
    expect(folded(stream).parts).toMatchObject([{ type: 'reasoning', text: 'One.\n\nTwo.' }])
    expect(protocol.decodeReply(completed([whole]).response, replyContext()).parts).toMatchObject([
      { type: 'reasoning', text: 'One.\n\nTwo.' },
    ])
  })

  it('raw reasoning is told where there is no summary', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], content: [{ type: 'reasoning_text', text: 'I think.' }] }
    const stream = [
      created,
      added(0, { type: 'reasoning', id: 'rs_1', summary: [] }),
      { type: 'response.reasoning_text.delta', output_index: 0, content_index: 0, delta: 'I think.' },
      done(0, item),
      completed([item]),
    ]
    expect(folded(stream).parts).toMatchObject([
      { type: 'reasoning', text: 'I think.', opaque: { by: 'openai-responses', form: 'plain', data: '' } },
    ])
  })

  it('what only the finished items say is told', () => {
    const reply = folded([created, done(0, message('Hello')), done(1, fc(1, '{"a":1}')), completed()])
    expect(reply.parts).toMatchObject([
      { type: 'text', text: 'Hello' },
      { type: 'tool-call', json: '{"a":1}' },
    ])
  })

  it('what only the final response lists is told', () => {
    expect(folded([created, completed([message('Hello'), fc(1, '{}')])]).parts).toMatchObject([
      { type: 'text', text: 'Hello' },
      { type: 'tool-call' },
    ])
  })

  it('deltas are not repeated by what is done', () => {
    const reply = folded([
      created,
      added(0, { ...message(''), content: [] }),
      { type: 'response.content_part.added', output_index: 0, content_index: 0, part: { type: 'output_text', text: '' } },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hello' },
      {
        type: 'response.output_text.annotation.added',
        output_index: 0,
        content_index: 0,
        annotation_index: 0,
        annotation: { type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 5 },
      },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hello' },
      {
        type: 'response.content_part.done',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: 'Hello', annotations: [{ type: 'url_citation', url: 'u' }] },
      },
      done(0, message('Hello')),
      completed([message('Hello')]),
    ])
    expect(reply.parts).toMatchObject([{ type: 'text', text: 'Hello', citations: [{ url: 'u', title: 't', start: 0, end: 5 }] }])
  })

  it('ids that change between announcement and end do not double an item', () => {
    const reply = folded([
      created,
      added(0, { ...message(''), id: 'a' }),
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, item_id: 'b', delta: 'x' },
      done(0, { ...message('x'), id: 'c' }),
      completed([{ ...message('x'), id: 'd' }]),
    ])
    expect(reply.parts).toMatchObject([{ type: 'text', text: 'x' }])
  })

  it('a refusal is a refusal', () => {
    const item = { ...message(''), content: [{ type: 'refusal', refusal: 'No.' }] }
    const reply = folded([
      created,
      added(0, { ...item, content: [] }),
      { type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'No.' },
      done(0, item),
      completed([item]),
    ])
    expect(reply.parts).toMatchObject([{ type: 'refusal', text: 'No.' }])
    expect(reply.stop.reason).toBe('refusal')
  })

  it('starts only with the first item: an error right after the beginning is told alone', () => {
    const error = { type: 'error', error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'No money.' } }
    expect(read([created, error, { type: 'response.failed', response: { error: { code: 'insufficient_quota' } } }])).toMatchObject([
      { type: 'error', failure: { kind: 'billing', message: 'No money.', retryable: false } },
    ])
  })

  it('errors without an envelope, and failed responses alone, are failures', () => {
    expect(read([created, { type: 'error', code: 'server_is_overloaded', message: 'Busy.' }])).toMatchObject([
      { type: 'error', failure: { kind: 'overloaded' } },
    ])
    const failed = {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' } },
    }
    expect(read([created, failed])).toMatchObject([{ type: 'error', failure: { kind: 'rate-limit', status: 429, retryAfter: 1.5 } }])
  })

  it('case 12: a stream without its end is not complete, with or without [DONE]', () => {
    const events = [created, added(0, message('')), { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' }]
    for (const end of [true, false]) expect(read(events, end).map((event) => event.type)).toEqual(['start', 'part-start', 'delta'])
  })

  it('an incomplete answer with an open call is no call to run', () => {
    const reply = folded([
      created,
      added(0, fc(1, '')),
      argsDelta(0, '{"a":'),
      {
        type: 'response.incomplete',
        response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [], usage },
      },
    ])
    expect(reply.stop).toEqual({ reason: 'max-tokens' })
    expect(reply.parts).toMatchObject([{ type: 'tool-call', json: '{"a":' }])
  })

  it('some vendors call the limit "length"; the filter is a refusal (case 8)', () => {
    const end = (reason: string) =>
      folded([created, { type: 'response.incomplete', response: { status: 'incomplete', incomplete_details: { reason }, output: [] } }])
        .stop.reason
    expect([end('length'), end('content_filter'), end('steered')]).toEqual(['max-tokens', 'refusal', 'other'])
  })

  it('case 10: cached and written tokens are counted apart from input', () => {
    const cached = { ...usage, input_tokens: 1000, input_tokens_details: { cached_tokens: 800, cache_write_tokens: 100 } }
    expect(folded([created, completed([], { usage: cached })]).usage).toMatchObject({ input: 100, cacheRead: 800, cacheWrite: 100 })
  })

  it('unknown events and items are passed over; an item of another kind is kept whole', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } }
    const reply = folded([
      created,
      { type: 'response.new_thing', output_index: 7 },
      added(0, search),
      { type: 'response.web_search_call.searching', output_index: 0 },
      done(0, search),
      completed([search]),
    ])
    expect(reply.parts).toMatchObject([{ type: 'native', protocol: 'openai-responses', value: search }])
  })

  it('a namespaced call is called by its flat name', () => {
    const item = { ...fc(1, '{}'), namespace: 'agents', name: 'spawn' }
    expect(folded([created, added(0, item), done(0, item), completed([item])]).parts).toMatchObject([{ name: 'agents__spawn' }])
  })

  it('reads what it writes', () => {
    const reply = folded([created, done(0, message('Hello')), done(1, fc(1, '{"a":1}')), completed()])
    const text = streamed([
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      { type: 'delta', index: 0, text: 'Hello' },
      { type: 'part-end', index: 0 },
      { type: 'finish', stop: { reason: 'end' } },
    ])
    const events = [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]!) as JsonObject)
    expect(folded(events).parts[0]).toMatchObject({ type: 'text', text: (reply.parts[0] as { text: string }).text })
  })
})

describe('a whole answer', () => {
  const response = (more: JsonObject) =>
    protocol.decodeReply({ id: 'resp_1', object: 'response', status: 'completed', output: [], ...more }, replyContext())
  it('that failed, waits or is none is a failure', () => {
    expect(() => response({ status: 'failed', error: { code: 'server_error', message: 'Oops.' } })).toThrow('Oops.')
    expect(() => response({ status: 'queued' })).toThrow('not there yet')
    expect(() => protocol.decodeReply('<html>', replyContext())).toThrow('no response')
    expect(() => protocol.decodeReply({ choices: [] }, replyContext())).toThrow('no response')
  })
  it('case 35: an empty final answer is complete', () => {
    expect(response({}).stop.reason).toBe('end')
  })
  it('a generated image is an image', () => {
    expect(
      response({ output: [{ type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'aW1n', output_format: 'webp' }] })
        .parts,
    ).toMatchObject([{ type: 'image', mediaType: 'image/webp', source: { type: 'data', data: 'aW1n' } }])
  })
})
