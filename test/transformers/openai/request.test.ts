/** The numbers are those of the hard cases between Claude Messages and Chat Completions. */
import { describe, expect, it } from 'vitest'
import { translate } from '../../../src/transformers/translate.ts'
import { fromChat, fromClaude, type Wire } from './asking.ts'

const PIXEL = 'iVBORw0KGgo='
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }
const uses = (...ids: string[]) => ({ role: 'assistant', content: ids.map((id) => ({ type: 'tool_use', id, name: 'look', input: {} })) })
const result = (id: string, content: unknown, more: object = {}) => ({ type: 'tool_result', tool_use_id: id, content, ...more })
const asked = { role: 'user', content: 'look' }
const roles = (body: Wire) => body.messages.map((message: Wire) => message.role)

describe('messages', () => {
  it('1: text and calls of one turn are both kept', () => {
    const { body } = fromClaude({
      messages: [
        asked,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'a', name: 'look', input: { at: 1 } },
          ],
        },
        { role: 'user', content: [result('a', 'seen')] },
      ],
    })
    expect(body.messages[1]).toEqual({
      role: 'assistant',
      content: 'I look.',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
    })
    expect(body.messages[2]).toEqual({ role: 'tool', tool_call_id: 'a', content: 'seen' })
  })

  it('2: a lone image of a result is announced in the tool message and shown by the user', () => {
    const { body } = fromClaude({ messages: [asked, uses('a'), { role: 'user', content: [result('a', [image])] }] })
    expect(body.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '[image attached below: a]' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }] },
    ])
  })

  it('3: images of parallel results wait until all results are said', () => {
    const { body } = fromClaude({
      messages: [asked, uses('a', 'b'), { role: 'user', content: [result('a', [{ type: 'text', text: 'see' }, image]), result('b', 'B')] }],
    })
    expect(roles(body)).toEqual(['user', 'assistant', 'tool', 'tool', 'user'])
    expect(body.messages[2].content).toBe('see')
  })

  it('4: a result without content is an empty string', () => {
    const { body } = fromClaude({
      messages: [asked, uses('a', 'b'), { role: 'user', content: [result('a', []), { type: 'tool_result', tool_use_id: 'b' }] }],
    })
    expect(body.messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '' },
      { role: 'tool', tool_call_id: 'b', content: '' },
    ])
  })

  it('5: a failed call is told by words, unless the words tell it already', () => {
    const { body, paths } = fromClaude({
      messages: [
        asked,
        uses('a', 'b'),
        {
          role: 'user',
          content: [
            result('a', 'no such file', { is_error: true }),
            result('b', '<tool_use_error>gone</tool_use_error> Error', { is_error: true }),
          ],
        },
      ],
    })
    expect(body.messages[2].content).toBe('Error: no such file')
    expect(body.messages[3].content).toBe('<tool_use_error>gone</tool_use_error> Error')
    expect(paths).toContain('approximated /messages/2/content/0/is_error')
  })

  it('6: results come before the words of the same turn', () => {
    const { body } = fromClaude({
      messages: [asked, uses('a'), { role: 'user', content: [result('a', 'seen'), { type: 'text', text: 'and?' }] }],
    })
    expect(roles(body)).toEqual(['user', 'assistant', 'tool', 'user'])
    expect(body.messages[3].content).toBe('and?')
  })

  it('7, 8, 9: documents and links', () => {
    const { body } = fromClaude({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain words' } },
            { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          ],
        },
      ],
    })
    expect(body.messages[0].content).toEqual([
      { type: 'text', text: 'plain words' },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' } },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ])
  })

  it('10: a system message amid the conversation stays where it is', () => {
    const { body } = fromClaude({
      system: 'first',
      messages: [asked, { role: 'assistant', content: 'ok' }, { role: 'system', content: 'later' }, asked],
    })
    expect(roles(body)).toEqual(['system', 'user', 'assistant', 'system', 'user'])
    const local = fromClaude({ messages: [asked, { role: 'system', content: 'later' }] }, { dialect: 'vllm' })
    expect(local.body.messages[1]).toEqual({ role: 'user', content: '<system-reminder>\nlater\n</system-reminder>' })
    expect(local.paths).toContain('approximated /messages/1')
  })

  it('20: the billing line is not sent, for it changes with every request', () => {
    const { body, paths } = fromClaude({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.abc;' },
        { type: 'text', text: 'You help.' },
        { type: 'text', text: 'Briefly.' },
      ],
    })
    expect(body.messages[0]).toEqual({ role: 'system', content: 'You help.\n\nBriefly.' })
    expect(paths).toContain('dropped /system/0')
  })

  it('keeps a beginning of the answer where the provider knows it', () => {
    const messages = [asked, { role: 'assistant', content: 'It is' }]
    expect(fromClaude({ messages }, { dialect: 'mistral' }).body.messages[1]).toEqual({ role: 'assistant', content: 'It is', prefix: true })
    expect(fromClaude({ messages }, { dialect: 'vllm' }).body).toMatchObject({ continue_final_message: true })
    expect(fromClaude({ messages }).paths).toContain('approximated /messages/1')
  })

  it('refuses a file that another provider stores', () => {
    const source = { type: 'file', file_id: 'file_1' }
    expect(() => fromClaude({ messages: [{ role: 'user', content: [{ type: 'document', source }] }] })).toThrow(
      /stored with another provider/,
    )
  })
})

describe('tools', () => {
  const schema = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'], additionalProperties: false }
  const tool = (more: object = {}) => ({ name: 'look', description: 'Looks', input_schema: schema, ...more })

  it.each([
    ['auto', { type: 'auto' }, 'auto'],
    ['11: none', { type: 'none' }, 'none'],
    ['any', { type: 'any' }, 'required'],
    ['tool', { type: 'tool', name: 'look' }, { type: 'function', function: { name: 'look' } }],
  ])('choice %s', (_, tool_choice, wire) => {
    expect(fromClaude({ tools: [tool()], tool_choice }).body.tool_choice).toEqual(wire)
  })

  it('12: one call at a time', () => {
    expect(fromClaude({ tools: [tool()], tool_choice: { type: 'auto', disable_parallel_tool_use: true } }).body.parallel_tool_calls).toBe(
      false,
    )
  })

  it('13: a tool of the client called web_search is a function like any other', () => {
    const { body } = fromClaude({ tools: [tool({ name: 'web_search' })] })
    expect(body.tools[0].function.name).toBe('web_search')
    expect(body.web_search_options).toBeUndefined()
  })

  it('14: foreign fields of a tool never get into its schema', () => {
    const { body } = fromClaude({ tools: [tool({ defer_loading: true, input_examples: [{ q: 'x' }], eager_input_streaming: true })] })
    expect(body.tools[0]).toEqual({ type: 'function', function: { name: 'look', description: 'Looks', parameters: schema } })
  })

  it('15: a long name is shortened, the same in tools, choice and history, and restored', () => {
    const name = `mcp__${'server_'.repeat(12)}_tool`
    const exchange = fromClaude({
      tools: [tool({ name })],
      tool_choice: { type: 'tool', name },
      messages: [
        asked,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name, input: {} }] },
        { role: 'user', content: [result('a', 'x')] },
      ],
    })
    const short = exchange.body.tools[0].function.name!
    expect(short.length).toBeLessThanOrEqual(64)
    expect(exchange.body.tool_choice.function.name).toBe(short)
    expect(exchange.body.messages[1].tool_calls[0].function.name).toBe(short)
    const answer = {
      choices: [
        {
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'b', type: 'function', function: { name: short, arguments: '{}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    }
    expect(exchange.response(answer)).toMatchObject({ content: [{ type: 'tool_use', name }] })
  })

  it('strict only where the schema can be guaranteed', () => {
    const open = { type: 'object', properties: { q: { type: 'string' } } }
    expect(fromClaude({ tools: [tool({ strict: true })] }).body.tools[0].function.strict).toBe(true)
    const { body, paths } = fromClaude({ tools: [tool({ strict: true, input_schema: open })] })
    expect(body.tools[0].function).toEqual({ name: 'look', description: 'Looks', parameters: open })
    expect(paths).toContain('dropped /tools/0/strict')
  })

  it('an object schema gets properties', () => {
    expect(fromClaude({ tools: [tool({ input_schema: { type: 'object' } })] }).body.tools[0].function.parameters).toEqual({
      type: 'object',
      properties: {},
    })
  })

  it('no tools, no choice', () => {
    const { body, paths } = fromClaude({ tools: [], tool_choice: { type: 'any' } })
    expect(body.tool_choice).toBeUndefined()
    expect(paths).toContain('dropped /tool_choice')
  })

  it('a search of the web where the provider has one', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search', max_uses: 3, allowed_domains: ['a.org'] }]
    expect(fromClaude({ tools }).paths).toContain('dropped /tools/0')
    expect(fromClaude({ tools }, { dialect: 'openrouter' }).body.tools).toEqual([
      { type: 'openrouter:web_search', parameters: { max_uses: 3, allowed_domains: ['a.org'] } },
    ])
    expect(fromClaude({ tools }, { model: 'gpt-5-search-api' }).body.web_search_options).toEqual({})
  })

  it('a tool for free text becomes one with an argument where the provider has none, and its call comes back as text', () => {
    const tools = [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: x' } }]
    const exchange = (dialect: string) =>
      translate({ model: 'm', input: 'hi', tools }, { from: 'openai-responses', to: 'openai', model: 'gpt-5', dialect })
    expect(exchange('openai').body.tools).toEqual([
      { type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: x' } } } },
    ])
    const lowered = exchange('groq')
    expect(lowered.body.tools).toMatchObject([{ type: 'function', function: { name: 'patch', parameters: { required: ['input'] } } }])
    const call = { id: 'c', type: 'function', function: { name: 'patch', arguments: '{"input":"*** Begin"}' } }
    expect(lowered.response({ choices: [{ message: { content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }] })).toMatchObject({
      output: [{ type: 'custom_tool_call', name: 'patch', input: '*** Begin' }],
    })
  })
})

describe('settings', () => {
  it('16: a schema that cannot be guaranteed is not bent', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } }, required: ['a'] }
    const { body, paths } = fromClaude({ output_config: { format: { type: 'json_schema', schema } } })
    expect(body.response_format).toEqual({ type: 'json_schema', json_schema: { name: 'answer', schema, strict: false } })
    expect(paths).toContain('approximated /output_config/format/schema')
    const strict = { ...schema, required: ['a', 'b'], additionalProperties: false }
    expect(fromClaude({ output_config: { format: { type: 'json_schema', schema: strict } } }).body.response_format.json_schema.strict).toBe(
      true,
    )
  })

  it('a provider without schemas is asked in words', () => {
    const schema = { type: 'object', properties: {} }
    const { body } = fromClaude({ output_config: { format: { type: 'json_schema', schema } } }, { dialect: 'deepseek' })
    expect(body.response_format).toEqual({ type: 'json_object' })
    expect(body.messages[0].content).toContain(JSON.stringify(schema))
  })

  it('17: a long user id is hashed, always the same', () => {
    const user_id = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: 's'.repeat(36) })
    const first = fromClaude({ metadata: { user_id } }).body.safety_identifier
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(fromClaude({ metadata: { user_id } }).body.safety_identifier).toBe(first)
    expect(fromClaude({ metadata: { user_id: `${user_id}x` } }).body.safety_identifier).not.toBe(first)
    expect(fromClaude({ metadata: { user_id: 'u1' } }, { dialect: 'glm' }).body.user_id.length).toBeGreaterThanOrEqual(6)
  })

  it('18: four stop sequences at most', () => {
    const { body, paths } = fromClaude({ stop_sequences: ['1', '2', '3', '4', '5', '6'] })
    expect(body.stop).toEqual(['1', '2', '3', '4'])
    expect(paths).toContain('approximated /stop_sequences')
  })

  it.each([
    ['gpt-5.4', 'openai', { reasoning_effort: 'none' }],
    ['o3', 'openai', { reasoning_effort: 'low' }],
    ['deepseek-v4', 'deepseek', { thinking: { type: 'disabled' } }],
    ['qwen3', 'qwen', { enable_thinking: false }],
    ['x', 'openrouter', { reasoning: { enabled: false } }],
    ['glm-5', 'glm', { thinking: { type: 'disabled' } }],
    ['qwen3', 'vllm', { chat_template_kwargs: { enable_thinking: false } }],
  ])('19: thinking disabled, %s at %s', (model, dialect, wire) => {
    expect(fromClaude({ thinking: { type: 'disabled' } }, { model, dialect }).body).toMatchObject(wire)
  })

  it.each([
    [1024, 'low'],
    [8192, 'medium'],
    [24_576, 'high'],
    [31_999, 'xhigh'],
  ])('a budget of %d tokens is the effort %s', (budget_tokens, effort) => {
    const { body, paths } = fromClaude({ max_tokens: 40_000, thinking: { type: 'enabled', budget_tokens } }, { model: 'gpt-5.2' })
    expect(body.reasoning_effort).toBe(effort)
    expect(paths).toContain('approximated /thinking/budget_tokens')
  })

  it('a budget stays one where it can', () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    expect(fromClaude({ thinking }, { dialect: 'openrouter' }).body.reasoning).toEqual({ enabled: true, max_tokens: 2000 })
    expect(fromClaude({ thinking }, { dialect: 'qwen' }).body).toMatchObject({ enable_thinking: true, thinking_budget: 2000 })
  })

  it('adaptive thinking without an effort says no effort', () => {
    expect(fromClaude({ thinking: { type: 'adaptive' } }, { model: 'gpt-5.2' }).body.reasoning_effort).toBeUndefined()
    expect(
      fromClaude({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, { model: 'gpt-5.2' }).body.reasoning_effort,
    ).toBe('xhigh')
  })

  it('the limit on tokens goes where the provider looks for it', () => {
    expect(fromClaude({}, { baseUrl: 'https://llm.example/v1', model: 'gpt-5' }).body.max_completion_tokens).toBe(100)
    expect(fromClaude({}, { baseUrl: 'https://llm.example/v1', model: 'llama-4' }).body.max_tokens).toBe(100)
    expect(fromClaude({}, { dialect: 'openrouter', model: 'openai/gpt-5' }).body.max_tokens).toBe(100)
    expect(fromClaude({}, { dialect: 'azure', model: 'Mistral-large' }).body.max_tokens).toBe(100)
  })

  it('reasoning models refuse sampling', () => {
    const { body, paths } = fromClaude({ temperature: 0.5, top_k: 4 }, { model: 'o3' })
    expect(body.temperature).toBeUndefined()
    expect(paths).toEqual(expect.arrayContaining(['dropped /temperature', 'dropped /top_k']))
    expect(fromClaude({ top_k: 4 }, { dialect: 'vllm' }).body.top_k).toBe(4)
  })

  it('cache marks in the form that the provider knows', () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }] }]
    const part = (options: object) => fromClaude({ messages }, options).body.messages[0].content
    expect(part({ model: 'gpt-5.6' })).toEqual([{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }])
    expect(part({ dialect: 'openrouter' })).toEqual([{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', ttl: '1h' } }])
    expect(part({ model: 'gpt-4.1' })).toBe('a')
    expect(fromClaude({ messages }).paths).toContain('dropped /messages/0/content/0/cache_control')
  })

  it('a stream always tells its usage', () => {
    expect(fromClaude({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(fromClaude({ stream: true }, { dialect: 'glm' }).body.stream_options).toBeUndefined()
  })

  it('47: ids as Mistral wants them, the same in call and result', () => {
    const { body } = fromClaude(
      { messages: [asked, uses('toolu_1'), { role: 'user', content: [result('toolu_1', 'x')] }] },
      { dialect: 'mistral' },
    )
    const id = body.messages[1].tool_calls[0].id
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(body.messages[2].tool_call_id).toBe(id)
  })
})

describe('a client of Chat Completions', () => {
  it('21, 22: arguments that are empty or no JSON', () => {
    const call = (id: string, args: string) => ({ id, type: 'function', function: { name: 'f', arguments: args } })
    const answered = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'x' })
    const { body, paths } = fromChat({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: null, tool_calls: [call('a', ''), call('b', 'x{')] },
        answered('a'),
        answered('b'),
      ],
    })
    expect(body.messages[1].content[0].input).toEqual({})
    expect(body.messages[1].content[1].input).toEqual({ _raw: 'x{' })
    expect(paths).toContain('approximated /messages/1/tool_calls/1/function/arguments')
  })

  it('23: three results and the next question are one turn of the user', () => {
    const calls = ['a', 'b', 'c'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }))
    const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: id }))
    const { body } = fromChat({
      messages: [{ role: 'user', content: 'hi' }, { role: 'assistant', tool_calls: calls }, ...results, { role: 'user', content: 'go on' }],
    })
    expect(roles(body)).toEqual(['user', 'assistant', 'user'])
    expect(body.messages[2].content.map((block: Wire) => block.type)).toEqual(['tool_result', 'tool_result', 'tool_result', 'text'])
  })

  it('25: a schema is taken as it is', () => {
    const parameters = {
      type: 'object',
      properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
      additionalProperties: false,
      $defs: { x: {} },
    }
    const { body } = fromChat({ tools: [{ type: 'function', function: { name: 'f', parameters } }] })
    expect(body.tools[0].input_schema).toEqual(parameters)
  })

  it('functions of the time before tools', () => {
    const exchange = fromChat({
      functions: [{ name: 'f', parameters: { type: 'object', properties: {} } }],
      function_call: { name: 'f' },
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'done' },
      ],
    })
    expect(exchange.body.tool_choice).toMatchObject({ type: 'tool', name: 'f' })
    expect(exchange.body.messages[2].content[0]).toMatchObject({ type: 'tool_result' })
    expect(exchange.body.messages[2].content[0].tool_use_id).toBe(exchange.body.messages[1].content[0].id)
    const answer = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'c',
      content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }],
      stop_reason: 'tool_use',
      usage: { input_tokens: 1, output_tokens: 1 },
    }
    expect(exchange.response(answer)).toMatchObject({
      choices: [{ message: { content: null, function_call: { name: 'f', arguments: '{"a":1}' } }, finish_reason: 'function_call' }],
    })
  })

  it.each([
    [{ messages: 'hi' }, 'messages: expected an array'],
    [{ messages: [{ role: 'robot', content: 'hi' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
    [{ messages: [], temperature: 'warm' }, 'temperature: expected a number'],
    [{ messages: [], tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ messages: [], response_format: { type: 'xml' } }, 'response_format.type'],
  ])('names the field that is wrong: %j', (body, message) => {
    expect(() => fromChat(body)).toThrow(message)
  })

  it('names the field as the client called it', () => {
    expect(fromChat({ safety_identifier: 'u', logit_bias: { 5: 1 }, seed: 3 }, 'gemini').paths).toEqual(
      expect.arrayContaining(['dropped /safety_identifier', 'dropped /logit_bias']),
    )
  })
})
