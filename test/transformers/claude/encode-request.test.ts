import { describe, expect, it } from 'vitest'
import type { Message, ToolCallPart, ToolResultPart } from '../../../src/core/chat.ts'
import { written } from './contexts.ts'

const text = (value: string) => ({ type: 'text' as const, text: value })
const user = (value: string): Message => ({ role: 'user', parts: [text(value)], bare: true })
const call = (id: string, fields: Partial<ToolCallPart> = {}): ToolCallPart => ({
  type: 'tool-call',
  id,
  name: 'run',
  json: '{}',
  ...fields,
})
const result = (callId: string, fields: Partial<ToolResultPart> = {}): Message => ({
  role: 'tool',
  parts: [{ type: 'tool-result', callId, parts: [text(`result ${callId}`)], bare: true, ...fields }],
})
const actions = (notices: { action: string; path: string }[]) => notices.map(({ action, path }) => `${action} ${path}`)
const tools = [{ type: 'function' as const, name: 'run', at: '/tools/0' }]

describe('turns', () => {
  it('put tool results and what the user says then into one, results first (hard case 23)', () => {
    const { body } = written({
      messages: [
        user('go'),
        { role: 'assistant', parts: [call('a'), call('b'), call('c')] },
        result('b'),
        result('a'),
        result('c', { parts: [], bare: false }),
        user('and?'),
      ],
    })
    expect(body.messages).toMatchObject([
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', input: {} }, { id: 'b' }, { id: 'c' }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'result a' },
          { tool_use_id: 'b' },
          { tool_use_id: 'c' },
          { type: 'text', text: 'and?' },
        ],
      },
    ])
  })
  it('keep instructions amid the conversation where the model takes them, and tell them elsewhere', () => {
    const messages: Message[] = [
      { role: 'developer', parts: [text('first')] },
      user('a'),
      { role: 'system', parts: [text('later')], at: '/messages/2' },
      { role: 'assistant', parts: [text('b')] },
      user('c'),
    ]
    const now = written({ system: [text('zero')], messages }).body
    expect(now.system).toMatchObject([{ text: 'zero' }, { text: 'first' }])
    expect(now.messages).toMatchObject([
      { role: 'user' },
      { role: 'system', content: [{ text: 'later' }] },
      { role: 'assistant' },
      { role: 'user' },
    ])
    const before = written({ messages }, 'claude-sonnet-4-5')
    expect(before.body.messages).toMatchObject([
      { role: 'user', content: [{ text: 'a' }, { text: '<system-reminder>\nlater\n</system-reminder>' }] },
      { role: 'assistant' },
      { role: 'user' },
    ])
    expect(actions(before.notices)).toContain('approximated /messages/2/role')
  })
  it('give an answerable turn to a request of instructions alone', () => {
    const { body, notices } = written({ messages: [{ role: 'system', parts: [text('You are a potato.')] }], maxTokens: 5 })
    expect(body).toMatchObject({ system: [{ text: 'You are a potato.' }], messages: [{ role: 'user', content: '.' }] })
    expect(actions(notices)).toEqual(['invented /messages/0'])
  })
  it('continue a message of the assistant where the model does', () => {
    const messages: Message[] = [user('a'), { role: 'assistant', parts: [text('It is ')], bare: true }]
    expect(written({ messages }, 'claude-sonnet-4-5').body.messages).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'It is' },
    ])
    expect(written({ messages }).body.messages).toHaveLength(3)
  })
  it('hold no empty texts', () => {
    const messages: Message[] = [
      { role: 'user', parts: [text(''), text(' \n'), text('a')] },
      { role: 'assistant', parts: [text('')] },
      user('b'),
    ]
    expect(written({ messages }).body.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ])
  })
})

describe('parts', () => {
  it('are arguments, whatever their form (hard cases 21 and 22)', () => {
    const inputs = ['', '{"a":1}', '"{\\"a\\":1}"', '{broken'].map((json) => {
      const { body, notices } = written({
        messages: [user('x'), { role: 'assistant', parts: [call('a', { json, at: '/c' })] }, result('a')],
      })
      const [, turn] = body.messages as { content: { input: unknown }[] }[]
      return [turn?.content[0]?.input, notices.some((notice) => notice.path === '/c/input')]
    })
    expect(inputs).toEqual([
      [{}, false],
      [{ a: 1 }, false],
      [{ a: 1 }, false],
      [{ _raw: '{broken' }, true],
    ])
  })
  it('are media of the types that Claude takes', () => {
    const data = (mediaType: string, type: 'image' | 'file' | 'audio' = 'file', name?: string) => ({
      type,
      mediaType,
      name,
      source: { type: 'data' as const, data: btoa('héllo'.normalize()) },
      at: `/${mediaType}`,
    })
    const { body, notices } = written({
      messages: [
        {
          role: 'user',
          parts: [
            data('image/jpg', 'image'),
            data('image/heic', 'image'),
            data('application/pdf', 'file', 'a.pdf'),
            data('text/csv'),
            data('application/zip'),
            data('audio/wav', 'audio'),
            { type: 'image', source: { type: 'id', id: 'file-1', owner: 'openai' }, at: '/id' },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a' }, detail: 'low', at: '/url' },
          ],
        },
      ],
      maxTokens: 1,
    })
    const [turn] = body.messages as { content: unknown[] }[]
    expect(turn?.content).toMatchObject([
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg' } },
      { type: 'text', text: '[image that could not be sent to this model]' },
      { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain' } },
      { type: 'text', text: '[file that could not be sent to this model]' },
      { type: 'text', text: '[audio that could not be sent to this model]' },
      { type: 'text', text: '[image file-1 that could not be sent to this model]' },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a' } },
    ])
    expect(actions(notices)).toEqual([
      'dropped /image/heic',
      'approximated /text/csv',
      'dropped /application/zip',
      'dropped /audio/wav',
      'dropped /id',
      'dropped /url/detail',
    ])
  })
  it('are thinking only where Claude signed it (Gemini hard case 6)', () => {
    const parts: Message['parts'] = [
      { type: 'reasoning', text: 'own', opaque: { by: 'claude', form: 'signature', data: 'sig' } },
      { type: 'reasoning', text: '', redacted: true, opaque: { by: 'claude', form: 'redacted', data: 'xyz' } },
      { type: 'reasoning', text: 'unsigned', at: '/r' },
      text('a'),
    ]
    const { body, notices } = written({ messages: [user('x'), { role: 'assistant', parts }, user('y')] })
    expect((body.messages as unknown[])[1]).toMatchObject({
      content: [{ type: 'thinking', thinking: 'own', signature: 'sig' }, { type: 'redacted_thinking', data: 'xyz' }, { type: 'text' }],
    })
    expect(actions(notices)).toContain('dropped /r')
  })
  it('keep their cache marks', () => {
    const parts = [{ ...text('a'), cache: { ttl: '30m' }, at: '/p' }]
    const { body, notices } = written({ messages: [{ role: 'user', parts }], cache: {} })
    expect(body).toMatchObject({
      cache_control: { type: 'ephemeral' },
      messages: [{ content: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
    })
    expect(actions(notices)).toContain('approximated /p/cache_control')
  })
})

describe('tools', () => {
  it('keep their schema, with an object at its root (hard case 25)', () => {
    const parameters = {
      type: 'object',
      properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      additionalProperties: false,
      definitions: { x: {} },
    }
    const branches = {
      anyOf: [
        { properties: { a: {}, b: {} }, required: ['a', 'b'] },
        { properties: { c: {} }, required: ['a'] },
      ],
    }
    const { body, notices } = written({
      tools: [
        { type: 'function', name: 'one', parameters },
        { type: 'function', name: 'two' },
        { type: 'function', name: 'three', parameters: branches, at: '/tools/2' },
        { type: 'function', name: 'four', parameters: { properties: {} } },
      ],
    })
    expect((body.tools as { input_schema: unknown }[]).map((tool) => tool.input_schema)).toEqual([
      parameters,
      { type: 'object', properties: {} },
      { type: 'object', properties: { a: {}, b: {}, c: {} }, required: ['a'] },
      { type: 'object', properties: {} },
    ])
    expect(actions(notices)).toContain('approximated /tools/2/input_schema')
  })
  it('are strict only with a schema that Claude can enforce', () => {
    const schema = (more: object) => ({
      type: 'object',
      properties: { a: { type: 'string', ...more } },
      required: ['a'],
      additionalProperties: false,
    })
    const { body } = written({
      tools: [
        { type: 'function', name: 'one', parameters: schema({}), strict: true },
        { type: 'function', name: 'two', parameters: schema({ pattern: '^x' }), strict: true },
      ],
    })
    expect((body.tools as { strict?: boolean }[]).map((tool) => tool.strict)).toEqual([true, undefined])
  })
  it('called with free text get one field', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    const { body } = written({ tools: [{ type: 'custom', name: 'patch', description: 'Patch.', format }] })
    expect(body.tools).toMatchObject([
      { name: 'patch', description: expect.stringContaining('start: "x"'), input_schema: { required: ['input'] } },
    ])
  })
  it('run by the provider have twins, unless the name is taken', () => {
    const search = { type: 'hosted' as const, kind: 'web-search' as const, protocol: 'openai' as const, value: {}, options: { maxUses: 1 } }
    expect(written({ tools: [search] }).body.tools).toEqual([{ type: 'web_search_20250305', name: 'web_search', max_uses: 1 }])
    expect(written({ tools: [{ type: 'function', name: 'web_search' }, search] }).body.tools).toHaveLength(1)
    expect(written({ tools: [{ ...search, kind: 'image-generation' }] }).notices).toMatchObject([
      { action: 'invented' },
      { action: 'dropped' },
    ])
  })
  it('are chosen', () => {
    const choice = (chat: Parameters<typeof written>[0], model?: string) => written({ tools, ...chat }, model).body.tool_choice
    expect(choice({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true }) // hard case 26
    expect(choice({ toolChoice: { type: 'none' }, parallelToolCalls: false })).toEqual({ type: 'none' })
    expect(choice({ toolChoice: { type: 'required' } })).toEqual({ type: 'any' })
    expect(choice({ toolChoice: { type: 'tool', name: 'run' } })).toEqual({ type: 'tool', name: 'run' })
    expect(choice({ toolChoice: { type: 'required' } }, 'claude-opus-5-5')).toEqual({ type: 'auto' })
    expect(choice({ toolChoice: { type: 'required' }, tools: [] })).toBeUndefined()
    const both = [...tools, { type: 'function' as const, name: 'other' }]
    expect(written({ tools: both, toolChoice: { type: 'allowed', mode: 'required', names: ['run'] } }).body).toMatchObject({
      tools: [{ name: 'run' }],
      tool_choice: { type: 'any' },
    })
  })
})

describe('settings', () => {
  it('drop sampling where the model refuses it, and clamp it elsewhere (hard case 24)', () => {
    const chat = { temperature: 1.5, topK: 3, maxTokens: 9 }
    const refused = written(chat)
    expect(Object.keys(refused.body)).toEqual(['model', 'max_tokens', 'messages'])
    expect(actions(refused.notices)).toEqual(['dropped /temperature', 'dropped /top_k'])
    expect(written(chat, 'claude-sonnet-4-5').body).toMatchObject({ temperature: 1, top_k: 3 })
    expect(written({ ...chat, reasoning: { effort: 'high' } }, 'claude-opus-4-6').body.temperature).toBeUndefined()
  })
  it('give the limit that Claude needs', () => {
    expect(written({})).toMatchObject({ body: { max_tokens: 128_000 }, notices: [{ action: 'invented', path: '/max_tokens' }] })
    expect(written({}, 'us.anthropic.claude-haiku-4-5-20251001-v1:0').body.max_tokens).toBe(64_000)
    expect(written({ maxTokens: 200_000 }).body.max_tokens).toBe(128_000)
  })
  it('name what Claude has no word for (hard case 27)', () => {
    const { notices } = written({
      candidates: 2,
      seed: 1,
      logprobs: {},
      verbosity: 'low',
      cacheKey: 'k',
      metadata: { a: 'b' },
      maxTokens: 1,
    })
    expect(actions(notices).toSorted()).toEqual(
      ['candidates', 'seed', 'logprobs', 'verbosity', 'metadata/user_id', 'metadata'].map((key) => `dropped /${key}`).toSorted(),
    )
  })
  it.each([
    ['claude-opus-5', { effort: 'xhigh' as const }, { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }],
    ['claude-opus-4-6', { effort: 'xhigh' as const }, { output_config: { effort: 'high' } }],
    ['claude-opus-5', { effort: 'minimal' as const }, { output_config: { effort: 'low' } }],
    ['claude-opus-5', { effort: 'none' as const }, { thinking: { type: 'disabled' } }],
    ['claude-opus-5-5', { mode: 'off' as const }, { output_config: { effort: 'low' } }],
    ['claude-opus-5', { mode: 'on' as const, budget: 5000 }, { thinking: { type: 'enabled', budget_tokens: 5000 } }],
    ['claude-opus-5-5', { mode: 'on' as const, budget: 5000 }, { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } }],
    ['claude-sonnet-4-5', { effort: 'high' as const }, { thinking: { type: 'enabled', budget_tokens: 9999 } }],
    ['claude-sonnet-4-5', { mode: 'on' as const, budget: 100 }, { thinking: { type: 'enabled', budget_tokens: 1024 } }],
    ['claude-sonnet-5', { show: 'summary' as const }, { thinking: { type: 'adaptive', display: 'summarized' } }],
    ['claude-nova-9', { effort: 'max' as const }, { thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }],
  ])('tell %s how much to think: %j', (model, reasoning, body) => {
    expect(written({ reasoning, maxTokens: 10_000 }, model).body).toMatchObject(body)
  })
  it('keep a forced tool call beside thinking where the model thinks without a budget, too', () => {
    const { body } = written(
      {
        reasoning: { mode: 'on', budget: 5000 },
        maxTokens: 10_000,
        tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }],
        toolChoice: { type: 'required' },
      },
      'claude-opus-5',
    )
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' }, tool_choice: { type: 'any' } })
  })
  it('leave thinking out where the model does not think', () => {
    const { body, notices } = written({ reasoning: { effort: 'high', at: '' }, maxTokens: 500 }, 'claude-3-5-haiku-latest')
    expect(body).not.toHaveProperty('thinking')
    expect(actions(notices)).toEqual(['dropped /output_config/effort'])
    expect(written({ reasoning: { mode: 'off' } }, 'claude-opus-5-5').body).not.toHaveProperty('thinking')
  })
  it('leave a budget out where the turn goes on behind calls without thinking, which Claude refuses', () => {
    const ask = { effort: 'high' as const, at: '/reasoning' }
    const going = (parts: Message['parts'], after: Message[] = []) => ({
      reasoning: ask,
      tools,
      messages: [user('go'), { role: 'assistant' as const, parts: [...parts, call('a')] }, result('a'), ...after],
    })
    const { body, notices } = written(going([]), 'claude-sonnet-4-5')
    expect(body).not.toHaveProperty('thinking')
    expect(actions(notices)).toContain('dropped /reasoning/output_config/effort')
    expect(written(going([], [{ role: 'assistant', parts: [call('b')] }, result('b')]), 'claude-sonnet-4-5').body).not.toHaveProperty(
      'thinking',
    )
    const thought = { type: 'reasoning' as const, text: 'Hm.', opaque: { by: 'claude' as const, form: 'signature', data: 'sig' } }
    const done: Message[] = [{ role: 'assistant', parts: [text('done')] }, user('more')]
    const again: Message[] = [{ role: 'assistant', parts: [call('b')] }, result('b')]
    for (const [chat, model] of [
      [going([thought]), 'claude-sonnet-4-5'],
      [going([thought], again), 'claude-sonnet-4-5'],
      [going([], done), 'claude-sonnet-4-5'],
      [going([]), 'kimi-k2'],
    ] as const)
      expect(written(chat, model).body.thinking).toMatchObject({ type: 'enabled' })
    const asked = { ...going([]), reasoning: { mode: 'on' as const, budget: 5000 } }
    expect(written(asked, 'claude-opus-5').body.thinking).toEqual({ type: 'adaptive' })
  })
  it('leave thinking out where there is no room for it', () => {
    const { body, notices } = written({ reasoning: { effort: 'high', at: '' }, maxTokens: 500 }, 'claude-sonnet-4-5')
    expect(body.thinking).toBeUndefined()
    expect(actions(notices)).toEqual(['dropped /output_config/effort'])
  })
  it('ask for JSON by a schema, or in words', () => {
    const schema = {
      type: 'object',
      properties: {
        a: { type: 'integer', minimum: 1, description: 'count' },
        b: { oneOf: [{ type: 'string', format: 'regex' }, { $ref: '#/$defs/c' }] },
      },
      $defs: { c: { type: 'object', properties: {} } },
    }
    expect(written({ format: { type: 'schema', schema, name: 'x' } }).body.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            a: { type: 'integer', description: 'count (minimum: 1)' },
            b: { anyOf: [{ type: 'string', description: '(format: regex)' }, { $ref: '#/$defs/c' }] },
          },
          $defs: { c: { type: 'object', properties: {}, additionalProperties: false } },
          additionalProperties: false,
        },
      },
    })
    expect(written({ format: { type: 'json' } }).body.system).toMatchObject([{ text: expect.stringContaining('JSON') }])
    expect(written({ format: { type: 'json' }, system: [text('Answer in JSON.')] }).body.system).toHaveLength(1)
    expect(written({ format: { type: 'schema', schema } }, 'deepseek-chat').body.system).toMatchObject([
      { text: expect.stringContaining('"minimum":1') },
    ])
  })
  it('choose the lane', () => {
    expect(written({ serviceTier: 'standard' }).body.service_tier).toBe('standard_only')
    expect(written({ serviceTier: 'flex' }).notices).toContainEqual(
      expect.objectContaining({ path: '/service_tier', action: 'approximated' }),
    )
  })
})
