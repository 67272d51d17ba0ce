import { describe, expect, it } from 'vitest'
import type { Message, ToolResultPart } from '../../../src/core/chat.ts'
import { sealOpaque } from '../../../src/core/envelope.ts'
import { noteForeignExtras } from '../../../src/core/notice.ts'
import { claude } from '../../../src/transformers/claude/index.ts'
import { ask } from './contexts.ts'

const user = (...content: unknown[]) => ({ role: 'user', content })
const base = { model: 'claude-sonnet-5', max_tokens: 100 }
const read = (body: object) => claude.decodeRequest({ ...base, messages: [user({ type: 'text', text: 'hi' })], ...body }, {})
const partsOf = (...content: unknown[]) => (read({ messages: [user(...content)] }).messages[0] as Message).parts
const again = (body: object) => {
  const whole = { ...base, messages: [user({ type: 'text', text: 'hi' })], ...body }
  expect(claude.encodeRequest(claude.decodeRequest(whole, {}), ask('claude-sonnet-5'))).toEqual(whole)
}
/** What a translation to another protocol would note by itself. */
const notedBy = (body: object) => {
  const { notes } = ask('m')
  noteForeignExtras(read(body), 'openai', notes)
  return notes.list.map((notice) => notice.path)
}

describe('tool results', () => {
  const result = (fields: object) => partsOf({ type: 'tool_result', tool_use_id: 'toolu_1', ...fields })[0] as ToolResultPart
  it('take a string, blocks, an empty list or nothing (hard case 4)', () => {
    expect(result({ content: 'ok' })).toMatchObject({ callId: 'toolu_1', bare: true, parts: [{ type: 'text', text: 'ok' }] })
    expect(result({ content: [{ type: 'text', text: 'ok' }] }).parts).toHaveLength(1)
    expect(result({ content: [] }).parts).toEqual([])
    expect(result({}).parts).toEqual([])
    for (const content of ['ok', '', [], [{ type: 'text', text: 'ok' }], undefined, null])
      again({ messages: [user({ type: 'tool_result', tool_use_id: 'a', ...(content === undefined ? {} : { content }) })] })
  })
  it('keep is_error, false too (hard case 5)', () => {
    expect(result({ content: 'no', is_error: true }).isError).toBe(true)
    expect(result({ content: 'no', is_error: false }).isError).toBe(false)
  })
  it('say in words which tool a search has loaded', () => {
    const content = [{ type: 'tool_reference', tool_name: 'CronList' }]
    expect(result({ content }).parts).toMatchObject([{ type: 'text', text: 'Loaded tool CronList' }])
    again({ messages: [user({ type: 'tool_result', tool_use_id: 'a', content })] })
  })
})

describe('messages', () => {
  it('of the system stand where they stood, with settings of their own (hard case 10)', () => {
    const messages = [
      user({ type: 'text', text: 'a' }),
      { role: 'system', content: 'from now on', output_config: { effort: 'low' } },
      { role: 'system', output_config: { effort: 'high' } },
    ]
    const chat = read({ messages })
    expect(chat.messages.map((message) => message.role)).toEqual(['user', 'system', 'system'])
    expect(chat.messages[2]?.parts).toEqual([])
    expect(notedBy({ messages })).toEqual(['/messages/1/output_config', '/messages/2/output_config'])
    again({ messages })
  })
  it('hold documents of every kind (hard case 7)', () => {
    expect(partsOf({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' }, title: 't' })).toMatchObject([
      { type: 'file', name: 't', source: { type: 'text', text: 'x' } },
    ])
    expect(partsOf({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } })).toMatchObject([
      { type: 'file', mediaType: 'application/pdf', source: { type: 'data', data: 'JVBE' } },
    ])
    const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
    const mixed = { type: 'document', title: 't', source: { type: 'content', content: [{ type: 'text', text: 'see' }, image] } }
    expect(partsOf(mixed).map((part) => part.type)).toEqual(['text', 'image'])
    again({ messages: [user(mixed, { type: 'text', text: 'and?' })] })
  })
  it('give thinking back to whoever minted it', () => {
    const sealed = sealOpaque({ by: 'openai', form: 'plain', data: '' })
    const messages = [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'a', signature: 'sig' },
          { type: 'thinking', thinking: 'b', signature: sealed },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: 'hidden' },
          { type: 'thinking', thinking: 'c' },
        ],
      },
    ]
    expect(read({ messages }).messages.flatMap((message) => message.parts)).toMatchObject([
      { text: 'a', opaque: { by: 'claude', data: 'sig' } },
      { text: 'b', opaque: { by: 'openai', form: 'plain' } },
      { redacted: true, opaque: { by: 'claude', form: 'redacted', data: 'hidden' } },
      { text: 'c' },
    ])
    again({ messages })
  })
  it('say in words what only Claude can say, where there are words', () => {
    const call = { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } }
    expect(partsOf(call, { type: 'container_upload', file_id: 'f' })).toMatchObject([
      { type: 'native', protocol: 'claude', text: '[ran web_search: {"query":"q"}]', value: call },
      { type: 'native', protocol: 'claude', value: { file_id: 'f' } },
    ])
  })
  it.each([
    [{ type: 'mcp_tool_result', is_error: false, content: [{ type: 'text', text: 'fine' }] }, '[result]\nfine'],
    [{ type: 'mcp_tool_result', is_error: true, content: [{ type: 'text', text: 'boom' }] }, '[failed]\nboom'],
    [{ type: 'mcp_tool_result', is_error: true, content: 'boom' }, '[failed]\nboom'],
    [
      { type: 'web_search_tool_result', content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' } },
      '[failed: max_uses_exceeded]',
    ],
    [
      { type: 'bash_code_execution_tool_result', content: { type: 'bash_code_execution_result', stdout: 'a', stderr: '', return_code: 0 } },
      '[result]\na',
    ],
    [
      {
        type: 'bash_code_execution_tool_result',
        content: { type: 'bash_code_execution_result', stdout: 'a', stderr: 'b', return_code: 2 },
      },
      '[failed: exit code 2]\na\nb',
    ],
    [
      { type: 'code_execution_tool_result', content: { type: 'code_execution_result', stdout: '', stderr: 'b', return_code: 1 } },
      '[failed: exit code 1]\nb',
    ],
  ])('say whether a tool of the provider failed: %j', (block, text) => expect(partsOf(block)).toMatchObject([{ type: 'native', text }]))
})

describe('tools', () => {
  const tool = (wire: object) => read({ tools: [wire] }).tools[0]
  it('of the client stay functions, whatever their name (hard case 13)', () => {
    expect(tool({ name: 'web_search', input_schema: { type: 'object' } })).toMatchObject({ type: 'function', name: 'web_search' })
    expect(tool({ type: 'web_search_20250305', name: 'web_search', max_uses: 2 })).toMatchObject({
      type: 'hosted',
      kind: 'web-search',
      options: { maxUses: 2 },
    })
  })
  it('keep what only Claude knows out of their schema (hard case 14)', () => {
    const wire = { name: 'a', input_schema: { type: 'object' }, defer_loading: true, input_examples: [{}], allowed_callers: ['direct'] }
    expect(tool(wire)).toMatchObject({ parameters: { type: 'object' } })
    expect(notedBy({ tools: [wire] })).toEqual(['/tools/0/defer_loading', '/tools/0/input_examples'])
    again({ tools: [wire] })
  })
  it('that must never be called stay with Claude', () => {
    expect(tool({ name: 'DeferredToolPlaceholder', input_schema: { type: 'object' }, defer_loading: true })?.type).toBe('hosted')
    expect(tool({ name: 'CronList', input_schema: { type: 'object' }, defer_loading: true })?.type).toBe('function')
  })
  it.each([
    [{ type: 'bash_20250124', name: 'bash' }, 'command'],
    [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 10_000 }, 'old_str'],
    [{ type: 'memory_20250818', name: 'memory' }, 'old_path'],
    [{ type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 }, 'coordinate'],
  ])('of Anthropic that the client runs get their schema: $name', (wire, property) => {
    const read = tool(wire)
    expect(read).toMatchObject({ type: 'function', name: wire.name, parameters: { properties: { [property]: expect.anything() } } })
    again({ tools: [wire] })
  })
  it('are chosen', () => {
    expect(read({ tool_choice: { type: 'none' } }).toolChoice).toMatchObject({ type: 'none' }) // hard case 11
    expect(read({ tool_choice: { type: 'any', disable_parallel_tool_use: true } })).toMatchObject({
      toolChoice: { type: 'required' },
      parallelToolCalls: false, // hard case 12
    })
    for (const choice of [{ type: 'auto' }, { type: 'tool', name: 'a', disable_parallel_tool_use: false }]) again({ tool_choice: choice })
  })
})

describe('settings', () => {
  it('mark the billing line, so that others leave it out (hard case 20)', () => {
    const system = [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=1' },
      { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]
    expect(read({ system }).system).toMatchObject([{ volatile: true }, { cache: { ttl: '1h' } }])
    again({ system })
  })
  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { mode: 'on', budget: 2000 }],
    [{ thinking: { type: 'disabled' } }, { mode: 'off' }],
    [
      { thinking: { type: 'adaptive', display: 'updates' }, output_config: { effort: 'medium' } },
      { mode: 'adaptive', show: 'summary', effort: 'medium' },
    ],
    [{ thinking: { type: 'adaptive', display: 'omitted' } }, { mode: 'adaptive', show: 'hidden' }],
    [{ thinking: { type: 'between_tools' } }, { mode: 'off' }],
    [{ output_config: { effort: 'max' } }, { effort: 'max' }],
  ])('read %j', (wire, reasoning) => {
    expect(read(wire).reasoning).toMatchObject(reasoning)
    again(wire)
  })
  it('read both places of the answer format', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } }
    for (const wire of [{ output_config: { format } }, { output_format: format }]) {
      expect(read(wire).format).toMatchObject({ type: 'schema', schema: { type: 'object' } })
      again(wire)
    }
  })
  it('name what is lost by its own place', () => {
    const wire = {
      thinking: { type: 'adaptive', block_binding: { prefix_mismatch_behavior: 'error' } },
      output_config: { effort: 'low', task_budget: { type: 'tokens', total: 1 } },
      context_management: { edits: [] },
      speed: 'turbo',
    }
    expect(notedBy(wire).toSorted()).toEqual(['/context_management', '/output_config/task_budget', '/speed', '/thinking/block_binding'])
    again(wire)
  })
  it('write empty and null fields back', () =>
    again({
      stream: false,
      tools: [],
      system: [],
      metadata: {},
      thinking: null,
      service_tier: 'auto',
      cache_control: null,
      speed: 'standard',
    }))
})

it.each([
  [{}, 'messages'],
  [{ messages: [{ role: 'tool', content: 'a' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }, 'messages[0].content[0].text'],
  [{ messages: [], max_tokens: '1' }, 'max_tokens'],
  [{ messages: [], tools: [{ name: 1 }] }, 'tools[0].name'],
])('refuses %j and names the field', (body, field) => {
  expect(() => claude.decodeRequest(body, {})).toThrow(`${field}: expected`)
})
