/** The numbers are those of the hard cases between Claude Messages and Chat Completions. */
import { describe, expect, it } from 'vitest'
import { call, callsOf, chunk, finish, readChunks, replyContext } from './asking.ts'

const types = (events: { type: string }[]) => events.map((event) => event.type).filter((type) => type !== 'delta')
const fn = (name: string | undefined, args?: unknown) => ({
  function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
})

describe('tool calls', () => {
  it('28: the first chunk is a whole call', () => {
    const { events, reply } = readChunks([call({ index: 0, id: 'a', ...fn('f', '{"x":1}') }), finish('tool_calls')])
    expect(types(events)).toEqual(['start', 'part-start', 'part-end', 'finish'])
    expect(callsOf(reply)).toEqual([{ id: 'a', name: 'f', input: { x: 1 } }])
    expect(reply?.stop.reason).toBe('tool-calls')
  })

  it('30: interleaved arguments', () => {
    const { reply } = readChunks([
      call({ index: 0, id: 'a', ...fn('f', '{"x"') }),
      call({ index: 1, id: 'b', ...fn('g', '{"y"') }),
      call({ index: 0, ...fn(undefined, ':1}') }),
      call({ index: 1, ...fn(undefined, ':2}') }),
      finish('tool_calls'),
    ])
    expect(callsOf(reply)).toEqual([
      { id: 'a', name: 'f', input: { x: 1 } },
      { id: 'b', name: 'g', input: { y: 2 } },
    ])
  })

  it('closes a complete call when the next begins', () => {
    const { events } = readChunks([
      call({ index: 0, id: 'a', ...fn('f', '{"x":1}') }),
      call({ index: 1, id: 'b', ...fn('g', '{}') }),
      finish('tool_calls'),
    ])
    expect(types(events)).toEqual(['start', 'part-start', 'part-end', 'part-start', 'part-end', 'finish'])
  })

  it('31: text after a call is a part of its own', () => {
    const { reply } = readChunks([
      chunk({ content: 'a' }),
      call({ index: 0, id: 'x', ...fn('f', '{}') }),
      chunk({ content: 'b' }),
      finish('tool_calls'),
    ])
    expect(reply?.parts.map((part) => part.type)).toEqual(['text', 'tool-call', 'text'])
  })

  it('32, 41a: parallel calls on one index, told apart by their ids, in one event too', () => {
    const calls = ['a', 'b', 'c'].map((id) => ({ index: 0, id, ...fn('f', `{"id":"${id}"}`) }))
    const together = readChunks([chunk({ tool_calls: calls }), finish('stop')])
    const apart = readChunks([...calls.map(call), finish('stop')])
    expect(callsOf(together.reply)?.map(({ input }) => input)).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    expect(callsOf(apart.reply)).toEqual(callsOf(together.reply))
    expect(together.reply?.stop.reason).toBe('tool-calls')
  })

  it('33: no index at all', () => {
    const { reply } = readChunks([
      chunk({
        tool_calls: [
          { id: 'a', ...fn('f', '{"x":1}') },
          { id: 'b', ...fn('f', '{"x":2}') },
        ],
      }),
      finish('tool_calls'),
    ])
    expect(callsOf(reply)?.map(({ input }) => input)).toEqual([{ x: 1 }, { x: 2 }])
  })

  it('neither index nor id', () => {
    const { reply } = readChunks([call(fn('f', '{"x":1}')), call(fn('f', '{"x":2}')), finish('tool_calls')])
    expect(callsOf(reply)?.map(({ input }) => input)).toEqual([{ x: 1 }, { x: 2 }])
  })

  it('34: empty ids and names go on with the call', () => {
    const { reply } = readChunks([
      call({ index: 0, id: 'a', ...fn('f', '') }),
      call({ index: 0, id: '', ...fn('', '{"x":') }),
      call({ index: 0, id: '', ...fn('', '1}') }),
      finish('tool_calls'),
    ])
    expect(callsOf(reply)).toEqual([{ id: 'a', name: 'f', input: { x: 1 } }])
  })

  it('the name and the id in every chunk', () => {
    const pieces = ['{"x"', ':', '1}'].map((args) => call({ index: 0, id: 'a', ...fn('f', args) }))
    expect(callsOf(readChunks([...pieces, finish('tool_calls')]).reply)).toEqual([{ id: 'a', name: 'f', input: { x: 1 } }])
  })

  it('arguments before the name', () => {
    const { reply } = readChunks([
      call({ index: 0, ...fn(undefined, '{"x"') }),
      call({ index: 0, id: 'a', ...fn('f', ':1}') }),
      finish('tool_calls'),
    ])
    expect(callsOf(reply)).toEqual([{ id: 'a', name: 'f', input: { x: 1 } }])
  })

  it('arguments as an object', () => {
    expect(callsOf(readChunks([call({ index: 0, id: 'a', ...fn('f', { x: 1 }) }), finish('tool_calls')]).reply)?.[0]?.input).toEqual({
      x: 1,
    })
  })

  it('all arguments once more at the end', () => {
    const { reply } = readChunks([
      call({ index: 0, id: 'a', ...fn('f', '{"x"') }),
      call({ index: 0, ...fn(undefined, ':1}') }),
      call({ index: 0, ...fn(undefined, '{"x":1}') }),
      finish('tool_calls'),
    ])
    expect(callsOf(reply)?.[0]?.input).toEqual({ x: 1 })
  })

  it('no arguments', () => {
    const { reply } = readChunks([call({ index: 0, id: 'a', ...fn('f', '') }), finish('tool_calls')])
    expect(callsOf(reply)).toEqual([{ id: 'a', name: 'f', input: {} }])
  })

  it('a name that comes late does not put its call behind the next one', () => {
    const late = [
      call({ index: 0, id: 'call_1', function: { arguments: '{"a":' } }),
      call({ index: 1, id: 'call_2', function: { name: 'second', arguments: '{' } }),
      call({ index: 1, function: { arguments: '}' } }),
      call({ index: 0, function: { name: 'first', arguments: '1}' } }),
    ]
    const told = [
      { id: 'call_1', name: 'first', input: { a: 1 } },
      { id: 'call_2', name: 'second', input: {} },
    ]
    expect(callsOf(readChunks([...late, finish('tool_calls')]).reply)).toEqual(told)
    expect(callsOf(readChunks([call({ index: 5 }), ...late, finish('tool_calls')]).reply)).toEqual(told)
    const bare = call({ index: 0, function: { name: 'first' } })
    const next = call({ index: 1, id: 'call_2', function: { name: 'second', arguments: '{}' } })
    expect(callsOf(readChunks([bare, next, finish('tool_calls')]).reply)?.map(({ name }) => name)).toEqual(['first', 'second'])
  })
  it('a call that never gets a name is none', () => {
    const { reply } = readChunks([call({ index: 0, id: 'a', ...fn(undefined, '{}') }), finish('tool_calls')])
    expect(reply?.parts).toEqual([])
    expect(reply?.stop.reason).toBe('end')
  })

  it('function_call of the time before tools', () => {
    const { reply } = readChunks([
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"x":1}' } }),
      finish('function_call'),
    ])
    expect(callsOf(reply)?.map(({ name, input }) => [name, input])).toEqual([['f', { x: 1 }]])
  })

  it('46: a thought signature stays with its call', () => {
    const { reply } = readChunks([
      call({ index: 0, id: 'a', ...fn('f', '{}'), extra_content: { google: { thought_signature: 'c2ln' } } }),
      finish('stop'),
    ])
    expect(reply?.parts[0]).toMatchObject({ opaque: { by: 'openai', form: 'google', data: 'c2ln' } })
  })

  it('41: one answer split over two choices', () => {
    const { reply } = readChunks([
      { ...chunk({ content: 'I look.' }, { finish_reason: 'stop' }) },
      {
        ...chunk({}),
        choices: [{ index: 1, delta: { tool_calls: [{ index: 0, id: 'a', ...fn('f', '{}') }] }, finish_reason: 'tool_calls' }],
      },
    ])
    expect(reply?.parts.map((part) => part.type)).toEqual(['text', 'tool-call'])
    expect(reply?.stop.reason).toBe('tool-calls')
  })
})

describe('reasoning', () => {
  it('29: comes first, and is the first part', () => {
    const { events } = readChunks([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm' }),
      chunk({ content: 'yes' }),
      finish('stop'),
    ])
    expect(types(events)).toEqual(['start', 'part-start', 'part-end', 'part-start', 'part-end', 'finish'])
    expect(events.find((event) => event.type === 'part-start')).toMatchObject({ index: 0, part: { type: 'reasoning' } })
    expect(events.find((event) => event.type === 'part-end')).toMatchObject({ opaque: { by: 'openai', form: 'plain', data: '' } })
  })

  it.each(['reasoning_content', 'reasoning', 'reasoning_text'])('35: in %s', (field) => {
    expect(readChunks([chunk({ [field]: 'hm' }), finish('stop')]).reply?.parts[0]).toMatchObject({ type: 'reasoning', text: 'hm' })
  })

  it('35: told twice, read once, and its details put together', () => {
    const detail = (text: string) => ({ type: 'reasoning.text', text, index: 0, format: 'anthropic-claude-v1' })
    const { reply } = readChunks([
      chunk({ reasoning: 'a', reasoning_details: [detail('a')] }),
      chunk({ reasoning: 'b', reasoning_details: [detail('b')] }),
      chunk({ reasoning_details: [{ type: 'reasoning.text', signature: 'sig', index: 0 }] }),
      chunk({ content: 'c' }),
      finish('stop'),
    ])
    expect(reply?.parts[0]).toMatchObject({ type: 'reasoning', text: 'ab', opaque: { form: 'details' } })
    const [part] = reply?.parts ?? []
    const data = part?.type === 'reasoning' ? part.opaque?.data : undefined
    expect(JSON.parse(data ?? '')).toEqual([
      { type: 'reasoning.text', text: true, index: 0, format: 'anthropic-claude-v1', signature: 'sig' },
    ])
  })

  it('in details alone', () => {
    const { reply } = readChunks([chunk({ reasoning_details: [{ type: 'reasoning.summary', summary: 's', index: 0 }] }), finish('stop')])
    expect(reply?.parts[0]).toMatchObject({ type: 'reasoning', text: 's' })
  })

  it('in parts of the content', () => {
    const { reply } = readChunks([
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }),
      chunk({ content: [{ type: 'text', text: 'yes' }] }),
      finish('stop'),
    ])
    expect(reply?.parts).toMatchObject([
      { type: 'reasoning', text: 'hm', opaque: { form: 'parts' } },
      { type: 'text', text: 'yes' },
    ])
  })

  it('between tags, cut anywhere', () => {
    const text = '<think>\nhm < 2</think>\n\nyes </think>'
    for (const size of [1, 2, 3, 7, 100]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!.map((content) => chunk({ content }))
      const { reply } = readChunks([...pieces, finish('stop')], { context: replyContext({ dialectName: 'minimax' }) })
      expect(reply?.parts).toMatchObject([
        { type: 'reasoning', text: '\nhm < 2', opaque: { form: 'think', data: '\n\n' } },
        { type: 'text', text: 'yes </think>' },
      ])
    }
    expect(readChunks([chunk({ content: text }), finish('stop')]).reply?.parts).toMatchObject([{ type: 'text', text }])
  })
})

describe('the end', () => {
  it('36: usage in the last chunk, in the one before, and in both', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } }
    const read = (...chunks: object[]) => readChunks([chunk({ content: 'a' }), ...chunks]).reply?.usage
    const expected = { input: 6, cacheRead: 4, output: 5 }
    expect(read(finish('stop'), { choices: [], usage })).toMatchObject(expected)
    expect(read(finish('stop', { usage }))).toMatchObject(expected)
    expect(read(finish('stop', { usage: { ...usage, completion_tokens: 1 } }), { choices: [], usage })).toMatchObject(expected)
    expect(read(finish('stop', { x_groq: { usage } }))).toMatchObject(expected)
    expect(read(chunk({}, { finish_reason: 'stop', usage }))).toMatchObject(expected)
  })

  it.each([
    [{ error: { code: 502, message: 'Provider disconnected' } }, 'server-error', 502],
    [{ error: { message: 'Rate limit exceeded', code: 'rate_limit_exceeded' } }, 'rate-limit', 429],
    [{ error: 'boom' }, 'server-error', 500],
    [{ object: 'error', message: 'bad', code: 400 }, 'invalid-request', 400],
    [{ base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 'billing', 402],
  ])('37: an error amid the stream: %j', (error, kind, status) => {
    const { events } = readChunks([chunk({ content: 'a' }), error])
    expect(events.at(-1)).toMatchObject({ type: 'error', failure: { kind, status } })
  })

  it('37: an error after the end changes nothing', () => {
    const { events } = readChunks([
      chunk({ content: 'a' }),
      finish('length'),
      { ...chunk({}), error: { code: 400, message: 'Token limit reached' } },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'finish', stop: { reason: 'max-tokens' } })
  })

  it('38: cut without a finish reason is no end; with [DONE] it is', () => {
    expect(readChunks([chunk({ content: 'a' })], { done: false }).events.at(-1)?.type).toBe('delta')
    expect(readChunks([chunk({ content: 'a' })]).events.at(-1)).toMatchObject({ type: 'finish', stop: { reason: 'end' } })
    expect(readChunks([chunk({ content: 'a' }), finish('stop')], { done: false }).events.at(-1)?.type).toBe('finish')
    expect(readChunks([]).events).toEqual([])
    expect(readChunks([chunk({ role: 'assistant' })]).events.map((event) => event.type)).toEqual(['start'])
  })

  it.each([
    ['content_filter', 'refusal'],
    ['sensitive', 'refusal'],
    ['model_length', 'max-tokens'],
    ['model_context_window_exceeded', 'context-window'],
    ['eos', 'end'],
    ['tool_calls', 'end'],
    ['brand_new', 'other'],
  ])('39: %s is %s', (word, reason) => {
    expect(readChunks([chunk({ content: 'a' }), finish(word)]).reply?.stop.reason).toBe(reason)
  })

  it.each(['error', 'insufficient_system_resource', 'network_error'])('%s is a failure', (word) => {
    expect(readChunks([chunk({ content: 'a' }), finish(word)]).events.at(-1)?.type).toBe('error')
  })

  it('a refusal is a part of its own', () => {
    const { reply } = readChunks([chunk({ refusal: 'I ' }), chunk({ refusal: 'cannot.' }), finish('stop')])
    expect(reply).toMatchObject({ parts: [{ type: 'refusal', text: 'I cannot.' }], stop: { reason: 'refusal' } })
  })

  it('a stop sequence that the provider names', () => {
    const context = replyContext({ body: { stop: ['END'] } })
    const { reply } = readChunks([chunk({ content: 'a' }), chunk({}, { finish_reason: 'stop', stop_reason: 'END' })], { context })
    expect(reply?.stop).toEqual({ reason: 'stop-sequence', sequence: 'END' })
  })
})

describe('the beginning', () => {
  it('48: waits for the first chunk with a choice, and loses none of its content', () => {
    const { events, reply } = readChunks([
      { id: '', model: '', choices: [], prompt_filter_results: [] },
      chunk({ role: 'assistant', content: 'a' }),
      finish('stop'),
    ])
    expect(events[0]).toMatchObject({ type: 'start', id: 'chatcmpl-1', model: 'm' })
    expect(reply?.parts).toMatchObject([{ text: 'a' }])
  })

  it('a server that only pretends to stream', () => {
    const whole = { ...chunk({}), choices: [{ index: 0, message: { role: 'assistant', content: 'all' }, finish_reason: 'stop' }] }
    expect(readChunks([whole]).reply?.parts).toMatchObject([{ text: 'all' }])
  })

  it('what is no chunk is passed over', () => {
    const { reply } = readChunks([null, 5, 'x', [], { type: 'ping' }, chunk({ content: 'a' }), { choices: [null] }, finish('stop')])
    expect(reply?.parts).toMatchObject([{ text: 'a' }])
  })

  it('sources: annotations, and the lists beside the choices', () => {
    const annotation = { type: 'url_citation', url_citation: { url: 'https://a.org', title: 'A', start_index: 0, end_index: 1 } }
    expect(readChunks([chunk({ content: 'a' }), chunk({ annotations: [annotation] }), finish('stop')]).reply?.parts[0]).toMatchObject({
      citations: [{ url: 'https://a.org', title: 'A', start: 0, end: 1 }],
    })
    const listed = (delta: object) => ({ ...chunk({ ...delta }), citations: ['https://a.org', 'https://b.org'] })
    expect(readChunks([listed({ content: 'a' }), listed({ content: 'b' }), finish('stop')]).reply?.parts[0]).toMatchObject({
      citations: [{ url: 'https://a.org' }, { url: 'https://b.org' }],
    })
  })
})
