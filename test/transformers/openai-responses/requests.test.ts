import { describe, expect, it } from 'vitest'
import type { Message, Part } from '../../../src/core/chat.ts'
import { sealOpaque } from '../../../src/core/envelope.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { noteForeignExtras } from '../../../src/core/notice.ts'
import { arrangeTurns } from '../../../src/core/turns.ts'
import { ask, askContext, protocol, sent, text } from './run.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const again = (body: JsonObject) => {
  const anything = { fit: (name: string) => name, restore: (name: string) => name }
  return protocol.encodeRequest(ask(body), { ...askContext('gpt-5.4'), toolNames: anything, callIds: anything })
}
const input = (...items: JsonObject[]) => ({ model: 'gpt-5.4', input: items })
const user = (content: unknown = 'hi') => ({ role: 'user', content })
/** As an upstream gets it after its turns were arranged. */
const arranged = (body: JsonObject) => {
  const chat = ask(body)
  const context = askContext()
  return protocol.encodeRequest({ ...chat, messages: arrangeTurns(chat.messages, context.notes) }, context)
}

const EXACT: Record<string, JsonObject> = {
  'a bare string': { model: 'gpt-5.4', input: 'hi' },
  'no input': { model: 'gpt-5.4', previous_response_id: 'resp_1' },
  'an empty input': input(),
  'easy messages': input(user(), { role: 'assistant', content: 'a' }, { role: 'assistant', content: [{ type: 'output_text', text: 'b' }] }, { type: 'message', role: 'system', content: 's' }),
  'empty messages': input(user([]), { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [] }),
  'messages side by side': input(
    { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', phase: 'commentary', content: [{ type: 'output_text', text: 'a', annotations: [], logprobs: [] }] },
    { type: 'message', id: 'msg_2', role: 'assistant', status: 'incomplete', content: [{ type: 'output_text', text: 'b', annotations: [{ type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 1 }] }, { type: 'refusal', refusal: 'No.' }] },
  ),
  media: input(
    user([
      { type: 'input_image', image_url: PNG, detail: 'high' },
      { type: 'input_image', file_id: 'file-1', detail: 'auto' },
      { type: 'input_image', image_url: 'https://example.com/a.png' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
      { type: 'input_file', file_url: 'https://example.com/a.pdf' },
      { type: 'input_file', file_id: 'file-2' },
      { type: 'input_file', filename: 'a.txt', file_data: 'aGk=' },
      { type: 'input_audio', input_audio: { data: 'aGk=', format: 'mp3' } },
      { type: 'input_text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'input_new', thing: 1 },
    ]),
  ),
  tools: {
    model: 'gpt-5.4',
    input: 'hi',
    tools: [
      { type: 'function', name: 'a', description: 'd', parameters: { type: 'object', properties: {} }, strict: true },
      { type: 'function', name: 'b', parameters: null, strict: null },
      { type: 'function', name: 'c', parameters: { type: null, required: null }, defer_loading: true },
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      { type: 'namespace', name: 'ns', description: 'n', tools: [{ type: 'function', name: 'a', parameters: {}, strict: false }, { type: 'custom', name: 'k' }] },
      { type: 'namespace', name: 'empty', tools: [] },
      { type: 'web_search', user_location: { type: 'approximate', city: 'Rome' }, filters: { allowed_domains: ['a.b'] } },
      { type: 'local_shell' },
      { type: 'shell', environment: { type: 'container_auto' } },
      { type: 'apply_patch' },
      { type: 'tool_search', execution: 'client', description: 's', parameters: {} },
      { type: 'mcp', server_label: 'm', server_url: 'https://m.test' },
      { type: 'brand_new', x: 1 },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'a' }, { type: 'web_search' }] },
    parallel_tool_calls: false,
  },
  calls: input(
    user(),
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'a' }, { type: 'summary_text', text: 'b' }], content: null, encrypted_content: 'gAAA' },
    { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'spawn', namespace: 'agents', arguments: '', status: 'completed' },
    { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: '' },
    { type: 'local_shell_call', id: 'lsh_1', call_id: 'c3', status: 'completed', action: { type: 'exec', command: ['ls'], env: {} } },
    { type: 'apply_patch_call', call_id: 'c4', status: 'completed', operation: { type: 'delete_file', path: 'x' } },
    { type: 'function_call_output', id: 'fco_1', call_id: 'c1', output: [{ type: 'input_text', text: 'x' }, { type: 'input_image', image_url: PNG, detail: 'auto' }] },
    { type: 'custom_tool_call_output', call_id: 'c2', output: 'ok' },
    { type: 'local_shell_call_output', id: 'lo', call_id: 'c3', output: '{}' },
    { type: 'apply_patch_call_output', call_id: 'c4', status: 'completed', output: 'done' },
  ),
  'other items': input(
    { type: 'additional_tools', role: 'developer', tools: [{ type: 'function', name: 'a', parameters: {}, strict: false }] },
    user(),
    { type: 'configuration_update', reasoning: { effort: 'high' }, text: { verbosity: 'low' } },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    { type: 'item_reference', id: 'msg_9' },
    { id: 'msg_8' },
    { type: 'compaction', id: 'cmp_1', encrypted_content: 'x' },
    { type: 'compaction_trigger' },
    { type: 'tool_search_call', execution: 'server', call_id: null, status: 'completed', arguments: {} },
    { type: 'tool_search_output', execution: 'server', call_id: null, status: 'completed', tools: [{ type: 'function', name: 'b', parameters: {}, strict: false }] },
    { type: 'never_heard_of', x: [1] },
  ),
  settings: {
    model: 'gpt-5.4', instructions: 'i', input: 'hi', max_output_tokens: 5, temperature: 0.1, top_p: 0.2, reasoning: { effort: 'xhigh', summary: 'detailed', context: 'all_turns', mode: null },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: null, description: 'd' }, verbosity: 'low', extra: 1 },
    prompt_cache_key: 'k', safety_identifier: 's', user: 'u', metadata: { a: 'b' }, service_tier: 'ultrafast', stream: true, stream_options: { include_obfuscation: false },
    top_logprobs: 3, store: false, include: ['reasoning.encrypted_content'], truncation: 'auto', background: false, client_metadata: { x: 'y' }, max_tool_calls: 3,
  },
  nulls: { model: 'gpt-5.4', input: 'hi', instructions: null, temperature: null, tools: null, tool_choice: null, reasoning: null, text: null, metadata: null, stream: null, user: null, max_output_tokens: null, previous_response_id: null },
  'other spellings': { model: 'gpt-5.4', input: 'hi', stream: false, tools: [], reasoning: { effort: 'none', summary: null }, text: { format: { type: 'text' } }, service_tier: 'default', user: 'u', tool_choice: { type: 'web_search' } },
} // prettier-ignore

describe('a request of a client', () => {
  it.each(Object.entries(EXACT))('%s is written back as it was (law 1)', (_, body) => {
    expect(JSON.parse(JSON.stringify(again(body)))).toEqual(body)
  })

  it('case 29: a phase survives, also where turns were arranged', () => {
    const body = input(user(), ...(EXACT['messages side by side']!.input as JsonObject[]))
    expect(arranged(body).input).toEqual(body.input)
  })

  it('cases 15 and 16: tools of namespaces and of items are tools like others', () => {
    const chat = ask({
      model: 'm',
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            { type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] },
            { type: 'function', name: 'a', parameters: {}, strict: false },
          ],
        },
        user(),
      ],
      tools: [
        { type: 'function', name: 'a', description: 'first', parameters: {}, strict: false },
        { type: 'namespace', name: 'mcp__x', tools: [{ type: 'function', name: 'b', parameters: {} }] },
      ],
    })
    expect(chat.tools).toMatchObject([{ name: 'a', description: 'first' }, { name: 'mcp__x__b' }, { type: 'custom', name: 'exec' }])
    expect(chat.messages).toHaveLength(1)
  })

  it('case 17: null parameters and null words in them become an object schema', () => {
    expect(ask(EXACT.tools!).tools.slice(1, 3)).toMatchObject([
      { name: 'b' },
      { name: 'c', parameters: { type: 'object', properties: {} } },
    ])
  })

  it('case 22: a summary that was left out is added', () => {
    const bare = { type: 'reasoning', id: 'rs_1', encrypted_content: 'x' }
    expect((again(input(bare)).input as JsonObject[])[0]).toEqual({ ...bare, summary: [] })
  })

  it('case 31: a result without a call becomes text, and pairs elsewhere are left alone', () => {
    const body = input(
      user(),
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
      { type: 'function_call_output', output: 'lost' },
    )
    expect(arranged(body).input).toMatchObject([
      { role: 'user' },
      { type: 'function_call', call_id: 'c1' },
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
      { role: 'user', content: [{}, { text: 'lost' }] },
    ])
  })

  it('custom and client-run tools are calls and results like others', () => {
    const { messages } = ask(EXACT.calls!)
    const parts = messages.flatMap((message) => message.parts)
    expect(parts.filter((part) => part.type === 'tool-call')).toMatchObject([
      { id: 'c1', name: 'agents__spawn' },
      { id: 'c2', name: 'patch', custom: true },
      { id: 'c3', name: 'local_shell', input: { command: ['ls'] } },
      { id: 'c4', name: 'apply_patch', input: { type: 'delete_file', path: 'x' } },
    ])
    expect(parts.filter((part) => part.type === 'tool-result').map((part) => part.callId)).toEqual(['c1', 'c2', 'c3', 'c4'])
  })

  it('case 26: an image in a result stays an image', () => {
    const result = ask(EXACT.calls!)
      .messages.flatMap((message) => message.parts)
      .find((part) => part.type === 'tool-result')
    expect(result).toMatchObject({
      parts: [{ type: 'text' }, { type: 'image', mediaType: 'image/png', source: { type: 'data', data: 'iVBORw0KGgo=' } }],
    })
  })

  it('a configuration update counts as the last word', () => {
    const chat = ask({ ...EXACT['other items'], reasoning: { effort: 'low' } })
    expect(chat.reasoning?.effort).toBe('high')
    expect(chat.verbosity).toBe('low')
  })

  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_not_found'],
    [{ conversation: { id: 'conv_1' } }, 'conversation_not_found'],
    [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'item_not_found'],
    [{ prompt: { id: 'pmpt_1' } }, 'prompt_not_found'],
  ])('case 27: %o is refused by other providers, not dropped', (more, code) => {
    const chat = ask({ model: 'm', input: 'hi', ...more })
    const { notes } = askContext()
    expect(() => noteForeignExtras(chat, 'openai-responses', notes)).not.toThrow()
    let failure: unknown
    try {
      noteForeignExtras(chat, 'claude', notes)
    } catch (error) {
      failure = (error as { failure: unknown }).failure
    }
    expect(protocol.encodeError(failure as never)).toMatchObject({
      status: 400,
      body: { error: { code, message: expect.stringContaining('not found') as string } },
    })
  })

  it.each([
    [{ input: 5 }, 'input'],
    [{ input: [5] }, 'input[0]'],
    [{ input: [{}] }, 'input[0]'],
    [{ input: [{ role: 'user' }] }, 'input[0].content'],
    [{ input: [{ type: 'function_call', call_id: 'x', arguments: '{}' }] }, 'input[0].name'],
    [{ input: [{ type: 'function_call_output', call_id: 'x' }] }, 'input[0].output'],
    [{ input: 'x', tools: {} }, 'tools'],
    [{ input: 'x', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ input: 'x', temperature: 'hot' }, 'temperature'],
    [{ input: 'x', stream: 'yes' }, 'stream'],
    [{ input: 'x', tool_choice: 5 }, 'tool_choice'],
    [{ input: 'x', text: { format: { type: 'x' } } }, 'text.format.type'],
    [{ input: 'x', previous_response_id: 'r', conversation: 'c' }, 'previous_response_id'],
  ])('%o is refused by name', (body, field) => {
    expect(() => ask(body)).toThrow(field)
  })
})

describe('reasoning of other providers', () => {
  const envelope = sealOpaque({ by: 'claude', form: 'signature', data: 'sig' })
  it('case 25: comes back with its text', () => {
    const chat = ask(
      input(user(), { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: envelope }),
    )
    expect(chat.messages[1]?.parts).toMatchObject([
      { type: 'reasoning', text: 'Hm.', opaque: { by: 'claude', form: 'signature', data: 'sig' } },
    ])
  })
  it('case 24: hidden reasoning comes back hidden, before the call', () => {
    const hidden = sealOpaque({ by: 'claude', form: 'redacted', data: 'xyz' })
    const chat = ask(
      input(
        user(),
        { type: 'reasoning', summary: [], encrypted_content: hidden },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      ),
    )
    expect(arrangeTurns(chat.messages, askContext().notes)[1]?.parts).toMatchObject([
      { type: 'reasoning', redacted: true, opaque: { data: 'xyz' } },
      { type: 'tool-call' },
    ])
  })
  it('a signature goes back to the call or text that it belongs to', () => {
    const carrier = (id: string) => ({ type: 'reasoning', summary: [], encrypted_content: sealOpaque({ by: 'gemini', data: id, id }) })
    const chat = ask(
      input(
        user(),
        { role: 'assistant', content: 'a' },
        carrier('@text'),
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        carrier('@c1'),
        {
          type: 'function_call_output',
          call_id: 'c1',
          output: 'ok',
        },
      ),
    )
    expect(chat.messages.map((message) => message.parts[0])).toMatchObject([
      {},
      { type: 'text', opaque: { by: 'gemini', data: '@text' } },
      { type: 'tool-call', opaque: { by: 'gemini', data: '@c1' } },
      { type: 'tool-result' },
    ])
  })
  it('case 20: takes the ids of its turn with it, when the client goes on with OpenAI', () => {
    const body = {
      ...input(
        user(),
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: envelope },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'a', annotations: [] }],
        },
        { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'ok' },
        { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'gAAA' },
        {
          type: 'message',
          id: 'msg_2',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'b', annotations: [] }],
        },
      ),
      store: false,
    }
    const ids = (again(body).input as JsonObject[]).map((item) => item.id)
    expect(ids).toEqual([undefined, undefined, undefined, undefined, 'rs_2', 'msg_2'])
  })
})

describe('a request of another protocol', () => {
  const turn = (...parts: Part[]): Message => ({ role: 'assistant', parts })
  const question: Message = { role: 'user', parts: [text('hi')] }

  it('asks that nothing be stored, and for the encrypted reasoning', () => {
    expect(sent({}).body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] })
    expect(sent({}, 'gpt-4.1').body).not.toHaveProperty('include')
  })

  it('case 18: tools are not strict unless they were', () => {
    const tools = [
      { type: 'function', name: 'a' } as const,
      { type: 'function', name: 'b', strict: true, parameters: { type: 'object', properties: {}, additionalProperties: false } } as const,
      { type: 'function', name: 'c', strict: true, parameters: { type: 'object', properties: {} } } as const,
    ]
    expect(sent({ tools }).body.tools).toEqual([
      { type: 'function', name: 'a', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'b', parameters: { type: 'object', properties: {}, additionalProperties: false }, strict: true },
      { type: 'function', name: 'c', parameters: { type: 'object', properties: {} }, strict: false },
    ])
    expect(sent({ tools }).notices).toMatchObject([{ action: 'dropped', path: '/strict' }])
  })

  it('case 19: a long id is shortened alike in call and result', () => {
    const id = `call_${'x'.repeat(79)}`
    const messages: Message[] = [
      question,
      turn({ type: 'tool-call', id, name: 'f', input: {} }),
      { role: 'tool', parts: [{ type: 'tool-result', callId: id, parts: [text('ok')], bare: true }] },
    ]
    const [, call, result] = sent({ messages }).body.input as JsonObject[]
    expect(String(call?.call_id).length).toBeLessThanOrEqual(64)
    expect(result?.call_id).toBe(call?.call_id)
  })

  it('case 21: reasoning stands right before what it led to; reasoning that nothing follows is left out', () => {
    const reasoning = (id: string) =>
      ({ type: 'reasoning', text: 'Hm.', opaque: { by: 'openai-responses', form: 'encrypted', id, data: 'x' } }) as const
    const messages = [question, turn(reasoning('rs_1'), { type: 'tool-call', id: 'c1', name: 'f', input: {} }, reasoning('rs_2'))]
    const { body, notices } = sent({ messages })
    expect((body.input as JsonObject[]).map((item) => item.id ?? item.type)).toEqual([
      'message',
      'rs_1',
      'function_call',
      'function_call_output',
    ])
    expect(notices).toContainEqual(expect.objectContaining({ action: 'dropped', reason: 'reasoning that nothing follows is refused here' }))
  })

  it('case 26: an image in a result stays in it', () => {
    const image: Part = { type: 'image', source: { type: 'data', data: 'aGk=' }, mediaType: 'image/png' }
    const messages: Message[] = [
      question,
      turn({ type: 'tool-call', id: 'c1', name: 'f', input: {} }),
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'c1', parts: [text('x'), image] }] },
    ]
    expect((sent({ messages }).body.input as JsonObject[])[2]).toMatchObject({
      type: 'function_call_output',
      output: [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: 'data:image/png;base64,aGk=', detail: 'auto' },
      ],
    })
  })

  it('case 29: what is said before a call is commentary', () => {
    const messages = [question, turn(text('I look.'), { type: 'tool-call', id: 'c1', name: 'f', input: {} }), question, turn(text('Done.'))]
    const phases = (sent({ messages }).body.input as JsonObject[]).map((item) => item.phase)
    expect(phases).toEqual([undefined, 'commentary', undefined, undefined, undefined, 'final_answer'])
    expect((sent({ messages }, 'gpt-5').body.input as JsonObject[])[1]).not.toHaveProperty('phase')
  })

  it('case 33: stop sequences are not sent, aloud', () => {
    const { body, notices } = sent({ stop: ['END'], topK: 4 })
    expect(JSON.stringify(body)).not.toContain('END')
    expect(notices).toMatchObject([
      { action: 'approximated', path: '/stop' },
      { action: 'dropped', path: '/topK' },
    ])
  })

  it('instructions of one piece are instructions, those of several stay apart', () => {
    expect(sent({ system: [text('a')] }).body.instructions).toBe('a')
    const { body } = sent({ system: [text('a'), { ...text('b'), cache: { ttl: '1h' } }, { ...text('x'), volatile: true }] }, 'gpt-5.6')
    expect((body.input as JsonObject[])[0]).toEqual({
      type: 'message',
      role: 'developer',
      content: [
        { type: 'input_text', text: 'a' },
        { type: 'input_text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      ],
    })
  })

  it('limits, budgets, users and sampling become what is taken here', () => {
    const { body, notices } = sent({ maxTokens: 1, reasoning: { mode: 'on', budget: 9000 }, user: 'u'.repeat(100), temperature: 0.3 })
    expect(body).toMatchObject({ max_output_tokens: 16, reasoning: { effort: 'high' } })
    expect(body).not.toHaveProperty('temperature')
    expect(String(body.safety_identifier)).toHaveLength(64)
    expect(notices.map((notice) => notice.path)).toEqual(['/max_output_tokens', '/temperature', '/budget', '/safety_identifier'])
    expect(sent({ reasoning: { mode: 'off' } }).body.reasoning).toEqual({ effort: 'none' })
    expect(sent({ reasoning: { mode: 'off' } }, 'gpt-5').body.reasoning).toEqual({ effort: 'minimal' })
    expect(sent({ reasoning: { mode: 'off' } }, 'gpt-4.1').body).not.toHaveProperty('reasoning')
  })

  it('a file of another provider is refused', () => {
    const part: Part = { type: 'file', source: { type: 'id', id: 'file_1', owner: 'claude' } }
    expect(() => sent({ messages: [{ role: 'user', parts: [part] }] })).toThrow('another provider')
  })
})
