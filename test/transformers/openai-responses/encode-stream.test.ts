import { describe, expect, it } from 'vitest'
import { openOpaque } from '../../../src/core/envelope.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { eventsOf, officially, parsed, replied, streamed, types } from './run.ts'

const start: StreamEvent = { type: 'start', id: 'msg_01', model: 'claude-sonnet-5', created: 1_700_000_000 }
const finish = (reason: 'end' | 'tool-calls' | 'max-tokens' | 'refusal' | 'pause' = 'end'): StreamEvent => ({
  type: 'finish',
  stop: { reason },
  usage: { input: 100, cacheRead: 800, cacheWrite: 100, output: 20 },
})
const say = (index: number, ...words: string[]): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'text', text: '' } },
  ...words.map((word): StreamEvent => ({ type: 'delta', index, text: word })),
  { type: 'part-end', index },
]
const think = (index: number, words: string, data = 'sig'): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'reasoning', text: '' } },
  ...(words ? [{ type: 'delta', index, text: words } as const] : []),
  { type: 'part-end', index, opaque: { by: 'claude', form: 'signature', data } },
]
const call = (index: number, id: string, name: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'part-start', index, part: { type: 'tool-call', id, name } },
  ...pieces.map((piece): StreamEvent => ({ type: 'delta', index, text: piece })),
  { type: 'part-end', index },
]

const CASES: Record<string, StreamEvent[]> = {
  text: [start, ...say(0, 'Hel', 'lo "you"\n'), finish()],
  'texts side by side': [start, ...say(0, 'a'), ...say(1, 'b'), finish()],
  'reasoning, text and calls': [
    start,
    ...think(0, 'Hm.'),
    ...say(1, 'So:'),
    ...call(2, 'call_1', 'ls', '{"a"', ':1}'),
    ...call(3, 'call_2', 'pwd'),
    finish('tool-calls'),
  ],
  'calls that interleave': [
    start,
    { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'call_1', name: 'a' } },
    { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'call_2', name: 'b' } },
    { type: 'delta', index: 1, text: '{}' },
    { type: 'delta', index: 0, text: '{}' },
    { type: 'part-end', index: 0 },
    { type: 'part-end', index: 1 },
    finish('tool-calls'),
  ],
  'a text that stays open while a call begins': [
    start,
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    { type: 'delta', index: 0, text: 'a' },
    ...call(1, 'call_1', 'ls', '{}'),
    { type: 'delta', index: 0, text: 'b' },
    { type: 'part-end', index: 0 },
    ...say(2, 'c'),
    finish('tool-calls'),
  ],
  'reasoning without text': [start, ...think(0, ''), ...say(1, 'a'), finish()],
  'hidden reasoning': [
    start,
    { type: 'part-start', index: 0, part: { type: 'reasoning', text: '', redacted: true } },
    { type: 'part-end', index: 0, opaque: { by: 'claude', form: 'redacted', data: 'xyz' } },
    ...say(1, 'a'),
    finish(),
  ],
  'a refusal': [
    start,
    { type: 'part-start', index: 0, part: { type: 'refusal', text: '' } },
    { type: 'delta', index: 0, text: 'No.' },
    { type: 'part-end', index: 0 },
    finish('refusal'),
  ],
  'text cut off': [start, ...say(0, 'a'), finish('max-tokens')],
  'a call cut off': [start, ...say(0, 'a'), ...call(1, 'call_1', 'ls', '{"a":'), finish('max-tokens')],
  nothing: [start, finish()],
  'signed calls and texts': [
    start,
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    { type: 'delta', index: 0, text: 'a' },
    { type: 'part-end', index: 0, opaque: { by: 'gemini', data: 'c2ln' } },
    { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'call_1', name: 'ls' } },
    { type: 'delta', index: 1, text: '{}' },
    { type: 'part-end', index: 1, opaque: { by: 'gemini', data: 'c2lnMg' } },
    finish('tool-calls'),
  ],
  'a cited text': [
    start,
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    { type: 'delta', index: 0, text: 'It rains.' },
    { type: 'citation', index: 0, citation: { url: 'https://example.com', title: 'Weather' } },
    { type: 'part-end', index: 0 },
    finish(),
  ],
}

describe('a stream', () => {
  it.each(Object.entries(CASES))('of %s is read by openai-node (case 32)', async (_, events) => {
    const wire = streamed(events)
    const told = parsed(wire)
    expect(told.map((event) => event.sequence_number)).toEqual(told.map((_, i) => i))
    const response = await officially(wire)
    const last = told.at(-1)?.response as { output: unknown[] }
    expect(JSON.parse(JSON.stringify(response.output))).toMatchObject(last.output)
    const added = told.filter((event) => event.type === 'response.output_item.added')
    expect(added.map((event) => event.output_index)).toEqual(added.map((_, i) => i))
    for (const event of told.filter((event) => event.type === 'response.output_item.done'))
      expect(last.output[event.output_index as number]).toEqual(event.item)
  })

  it('goes through every event of text', () => {
    expect(types(streamed(CASES.text!))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ])
  })

  it('goes through every event of reasoning and calls', () => {
    expect(types(streamed([start, ...think(0, 'Hm.'), ...call(1, 'call_1', 'ls', '{}'), finish('tool-calls')]))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ])
  })

  it('repeats the settings of the request in every snapshot', () => {
    const tools = [{ type: 'function', name: 'ls', parameters: null, strict: true }]
    const asked = {
      model: 'gpt-5.4',
      input: 'hi',
      instructions: 'Be brief.',
      tools,
      metadata: { a: 'b' },
      reasoning: { effort: 'low' },
      store: false,
    }
    for (const event of parsed(streamed(CASES.text!, asked)).filter((event) => event.response))
      expect(event.response).toMatchObject({
        object: 'response',
        model: 'gpt-5.4',
        instructions: 'Be brief.',
        tools,
        metadata: { a: 'b' },
        store: false,
        reasoning: { effort: 'low', summary: null },
      })
  })

  it('case 7: a text that the limit cut off is incomplete', () => {
    const told = parsed(streamed(CASES['text cut off']!))
    expect(told.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output: [{ status: 'incomplete' }] },
    })
  })

  it('a call that the limit cut off is incomplete, and never done', () => {
    const wire = streamed(CASES['a call cut off']!)
    expect(types(wire)).not.toContain('function_call_arguments.done')
    expect(types(wire).filter((type) => type === 'output_item.done')).toHaveLength(1)
    expect(parsed(wire).at(-1)).toMatchObject({ response: { output: [{ status: 'completed' }, { status: 'incomplete' }] } })
  })

  it('case 8: a refusal with words is completed, one without is incomplete by the filter', () => {
    expect(parsed(streamed(CASES['a refusal']!)).at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [{ content: [{ type: 'refusal' }] }] },
    })
    expect(parsed(streamed([start, finish('refusal')])).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { incomplete_details: { reason: 'content_filter' } },
    })
  })

  it('case 9: usage without a breakdown has zeros', () => {
    const told = parsed(streamed([start, ...say(0, 'a'), { type: 'finish', stop: { reason: 'end' }, usage: { input: 3, output: 4 } }]))
    expect(told.at(-1)).toMatchObject({
      response: {
        usage: {
          input_tokens: 3,
          input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
          output_tokens: 4,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 7,
        },
      },
    })
  })

  it('case 11: a failure is told as an error, then as a failed response, and what was open is only listed', async () => {
    const failure = { kind: 'billing', status: 429, message: 'No money.', code: 'x' } as const
    const wire = streamed([
      start,
      { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
      { type: 'delta', index: 0, text: 'a' },
      { type: 'error', failure },
    ])
    expect(types(wire).slice(-3)).toEqual(['output_text.delta', 'error', 'failed'])
    expect(parsed(wire).at(-1)).toMatchObject({
      response: {
        status: 'failed',
        error: { code: 'insufficient_quota', message: 'No money.' },
        output: [{ status: 'incomplete', content: [{ text: 'a' }] }],
      },
    })
    await expect(officially(wire)).rejects.toThrow('No money.')
  })

  it('a failure before anything begins with the created response all the same', async () => {
    const wire = streamed([{ type: 'error', failure: { kind: 'context-overflow', status: 400, message: 'Too long.' } }])
    expect(types(wire)).toEqual(['created', 'in_progress', 'error', 'failed'])
    expect(parsed(wire).at(-1)).toMatchObject({ response: { error: { code: 'context_length_exceeded' } } })
    await expect(officially(wire)).rejects.toThrow('Too long.')
  })

  it('case 34: a paused turn is not complete', () => {
    expect(parsed(streamed([start, ...say(0, 'a'), finish('pause')])).at(-1)).toMatchObject({ type: 'response.incomplete' })
  })

  it('case 35: an empty answer that is complete is completed', () => {
    expect(parsed(streamed(CASES.nothing!)).at(-1)).toMatchObject({ type: 'response.completed', response: { output: [] } })
  })

  it('case 24: hidden reasoning is an item without a summary; without its data it is nothing', () => {
    const told = parsed(streamed(CASES['hidden reasoning']!)).at(-1)?.response as { output: { encrypted_content: string }[] }
    expect(openOpaque(told.output[0]!.encrypted_content)).toEqual({ by: 'claude', form: 'redacted', data: 'xyz' })
    const empty: StreamEvent[] = [
      start,
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '', redacted: true } },
      { type: 'part-end', index: 0 },
      finish(),
    ]
    expect(types(streamed(empty))).toEqual(['created', 'in_progress', 'completed'])
  })

  it('a keep-alive does not disturb openai-node', async () => {
    const { protocol } = await import('./run.ts')
    const [created, ...rest] = streamed(CASES.text!).split(/(?<=\n\n)/)
    expect((await officially([created, protocol.heartbeat.within, ...rest].join(''))).status).toBe('completed')
  })
})

describe('tools that were asked for in a form of their own', () => {
  const asked = {
    model: 'gpt-5.4',
    input: 'hi',
    tools: [
      { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      {
        type: 'namespace',
        name: 'agents',
        description: 'd',
        tools: [
          { type: 'function', name: 'spawn', parameters: { type: 'object', properties: {} }, strict: false },
          { type: 'custom', name: 'tell' },
        ],
      },
      { type: 'local_shell' },
      { type: 'shell' },
      { type: 'tool_search', execution: 'client', description: 's', parameters: { type: 'object', properties: {} } },
    ],
  }
  const output = async (events: StreamEvent[]) => {
    const wire = streamed([start, ...events, finish('tool-calls')], asked)
    const response = await officially(wire)
    return JSON.parse(JSON.stringify(response.output)) as unknown[]
  }

  it('case 13: a custom tool gets its text out of the function call that stood for it', async () => {
    expect(await output(call(0, 'call_1', 'apply_patch', '{"input":"*** Begin', ' Patch\\n"}'))).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '*** Begin Patch\n', status: 'completed' },
    ])
    expect(await output(call(0, 'call_1', 'apply_patch', 'raw text'))).toMatchObject([{ input: 'raw text' }])
  })

  it('a custom call of an upstream that has such tools is streamed', () => {
    const events: StreamEvent[] = [
      start,
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'call_1', name: 'apply_patch', custom: true } },
      { type: 'delta', index: 0, text: '*** ' },
      { type: 'delta', index: 0, text: 'Begin' },
      { type: 'part-end', index: 0 },
      finish('tool-calls'),
    ]
    expect(types(streamed(events, asked)).filter((type) => type.startsWith('custom'))).toEqual([
      'custom_tool_call_input.delta',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
    ])
  })

  it('cases 14 and 15: tools in namespaces come back in them, and names that only look alike do not', async () => {
    expect(
      await output([
        ...call(0, 'a', 'agents__spawn', '{}'),
        ...call(1, 'b', 'agents__tell', '{"input":"x"}'),
        ...call(2, 'c', 'agents__spawned', '{}'),
      ]),
    ).toMatchObject([
      { type: 'function_call', name: 'spawn', namespace: 'agents' },
      { type: 'custom_tool_call', name: 'tell', namespace: 'agents', input: 'x' },
      { type: 'function_call', name: 'agents__spawned' },
    ])
    expect((await output(call(0, 'c', 'agents__spawned', '{}')))[0]).not.toHaveProperty('namespace')
  })

  it('tools that the client runs are called by their own items', async () => {
    expect(
      await output([
        ...call(0, 'a', 'local_shell', '{"command":["ls"]}'),
        ...call(1, 'b', 'shell', '{"commands":["ls"]}'),
        ...call(2, 'c', 'tool_search', '{"query":"q"}'),
      ]),
    ).toMatchObject([
      { type: 'local_shell_call', call_id: 'a', action: { type: 'exec', command: ['ls'], env: {} }, status: 'completed' },
      { type: 'shell_call', call_id: 'b', action: { commands: ['ls'] } },
      { type: 'tool_search_call', call_id: 'c', execution: 'client', arguments: { query: 'q' } },
    ])
  })
})

describe('a whole answer', () => {
  const reply: Reply = {
    id: 'msg_01',
    model: 'claude-sonnet-5',
    created: 1_700_000_000,
    parts: [
      { type: 'reasoning', text: 'Hm.', opaque: { by: 'claude', form: 'signature', data: 'sig' } },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', citations: [{ url: 'https://example.com', title: 't', start: 0, end: 1 }] },
      { type: 'tool-call', id: 'call_1', name: 'ls', input: { a: 1 }, opaque: { by: 'gemini', data: 'c2ln' } },
      { type: 'tool-call', id: 'call_2', name: 'pwd', json: '' },
    ],
    stop: { reason: 'tool-calls' },
    usage: { input: 1, output: 2 },
  }
  it('is what its stream ends with (law 5)', () => {
    expect(parsed(streamed(eventsOf(reply))).at(-1)?.response).toEqual(replied(reply))
  })
  it.each(['max-tokens', 'refusal', 'pause', 'end', 'context-window'] as const)('ended by %s is what its stream ends with', (reason) => {
    const parts = reply.parts.slice(0, 3)
    expect(parsed(streamed(eventsOf({ ...reply, parts, stop: { reason } }))).at(-1)?.response).toEqual(
      replied({ ...reply, parts, stop: { reason } }),
    )
    expect(parsed(streamed(eventsOf({ ...reply, parts: [], stop: { reason } }))).at(-1)?.response).toEqual(
      replied({ ...reply, parts: [], stop: { reason } }),
    )
  })
})
