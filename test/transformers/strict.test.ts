/** Which losses strict mode refuses, and that agents can work with it. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { isFailureError } from '../../src/core/failure.ts'
import { translate, type TranslateOptions } from '../../src/transformers/translate.ts'

const MODEL: Record<ProtocolName, string> = {
  claude: 'claude-sonnet-5',
  openai: 'gpt-5.4',
  'openai-responses': 'gpt-5.4',
  gemini: 'gemini-3-pro-preview',
}
const PROTOCOLS = Object.keys(MODEL) as ProtocolName[]

const strictly = (body: object, from: ProtocolName, to: ProtocolName, more: Partial<TranslateOptions> = {}) =>
  translate(body, { from, to, model: MODEL[to], clientModel: MODEL[from], strict: true, ...more })

/** The field that strict mode refuses; `undefined` where it lets the request pass. */
function refused(body: object, from: ProtocolName, to: ProtocolName, more?: Partial<TranslateOptions>): string | undefined {
  try {
    strictly(body, from, to, more)
    return undefined
  } catch (error) {
    if (!isFailureError(error)) throw error
    return error.failure.param
  }
}

const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'], additionalProperties: false }

/** The third request of a conversation, in the shape that each agent gives it. */
const AGENTS: Record<string, { from: ProtocolName; body: object }> = {
  'Claude Code': {
    from: 'claude',
    body: {
      model: 'claude-opus-5-5',
      max_tokens: 32_000,
      stream: true,
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.1.a1b; cc_entrypoint=cli;' },
        { type: 'text', text: 'You help with code.', cache_control: { type: 'ephemeral' } },
      ],
      thinking: { type: 'adaptive', display: 'updates' },
      output_config: { effort: 'xhigh' },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: `{"device_id":"${'a'.repeat(64)}","account_uuid":"","session_id":"1b7e6a0c-0000-4000-8000-000000000000"}` },
      tools: [
        { name: 'Bash', description: 'Runs a command.', input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema } },
        { name: 'Cron', description: 'Lists jobs.', input_schema: { type: 'object', properties: { at: { type: 'object', propertyNames: { maxLength: 9 } } } }, defer_loading: true },
        { name: 'DeferredToolPlaceholder', description: '-', input_schema: { type: 'object' }, defer_loading: true },
      ],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Run the tests.' }] },
        { role: 'system', content: 'Today is Monday.', output_config: { effort: 'medium' } },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'They want tests.', signature: 'EqwB' },
            { type: 'text', text: 'I run them.' },
            { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'make test' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: 'exit 2', is_error: true, cache_control: { type: 'ephemeral' } },
            { type: 'text', text: '<system-reminder>Be brief.</system-reminder>' },
          ],
        },
      ],
    },
  },
  Codex: {
    from: 'openai-responses',
    body: {
      model: 'gpt-5.4',
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto', context: 'all_turns' },
      text: { verbosity: 'low' },
      prompt_cache_key: 'b0b0',
      client_metadata: { 'x-codex-installation-id': 'i' },
      tools: [
        { type: 'function', name: 'exec_command', description: 'Runs a command.', strict: false, parameters: schema },
        { type: 'custom', name: 'apply_patch', description: 'Patches files.', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
        {
          type: 'namespace',
          name: 'multi_agent_v1',
          description: 'Tools for agents.',
          tools: [{ type: 'function', name: 'spawn', description: 'Starts one.', strict: false, parameters: schema }],
        },
        { type: 'web_search', external_web_access: true },
      ],
      input: [
        { type: 'message', id: 'msg_1', role: 'developer', content: [{ type: 'input_text', text: 'You help with code.' }] },
        { type: 'message', id: 'msg_2', role: 'user', content: [{ type: 'input_text', text: 'Run the tests.' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], content: null, encrypted_content: 'gAAAA' },
        { type: 'message', id: 'msg_3', role: 'assistant', status: 'completed', phase: 'commentary', content: [{ type: 'output_text', text: 'I run them.', annotations: [] }] },
        { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'exec_command', arguments: '{"command":"make test"}', status: 'completed' },
        { type: 'function_call_output', id: 'fco_1', call_id: 'call_1', output: 'exit 2' },
        { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'apply_patch', input: '*** Begin Patch', status: 'completed' },
        { type: 'custom_tool_call_output', call_id: 'call_2', output: 'Done' },
      ],
    },
  },
  'Gemini CLI': {
    from: 'gemini',
    body: {
      systemInstruction: { role: 'user', parts: [{ text: 'You help with code.' }] },
      generationConfig: { temperature: 1, topP: 0.95, topK: 64, thinkingConfig: { includeThoughts: true, thinkingLevel: 'HIGH' } },
      tools: [{ functionDeclarations: [{ name: 'run_shell_command', description: 'Runs a command.', parametersJsonSchema: schema }] }],
      contents: [
        { role: 'user', parts: [{ text: 'Run the tests.' }] },
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'run_shell_command', args: { command: 'make test' } }, thoughtSignature: 'RXA=' }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'run_shell_command', response: { error: 'exit 2' } } }] },
      ],
    },
  },
} // prettier-ignore

describe('agents work where nothing may be lost', () => {
  const pairs = Object.entries(AGENTS).flatMap(([agent, { from }]) =>
    PROTOCOLS.filter((to) => to !== from).map((to) => [agent, to] as const),
  )
  it.each(pairs)('%s with an upstream of %s', (agent, to) => {
    const { from, body } = AGENTS[agent]!
    const { notices } = strictly(body, from, to)
    expect(notices.length).toBeGreaterThan(0)
    expect(notices.filter((notice) => notice.action !== 'invented').every((notice) => notice.minor)).toBe(true)
  })
})

const claude = { model: 'claude-opus-5-5', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] }
const chat = { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }] }
const responses = { model: 'gpt-5.4', input: 'Hi' }
const gemini = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }
const tool = { name: 'ls', input_schema: { type: 'object', properties: {} } }

describe('what is really lost is refused', () => {
  const losses: [what: string, body: object, from: ProtocolName, to: ProtocolName, field: string][] = [
    ['a limit of sampling', { ...claude, top_k: 40 }, 'claude', 'openai', 'top_k'],
    ['a temperature that is not the usual one', { ...chat, temperature: 0 }, 'openai', 'claude', 'temperature'],
    ['a seed', { ...chat, seed: 7 }, 'openai', 'claude', 'seed'],
    ['a second answer', { ...chat, n: 2 }, 'openai', 'gemini', 'n'],
    ['probabilities', { ...chat, logprobs: true }, 'openai', 'claude', 'logprobs'],
    ['a form of the answer without a schema', { ...chat, response_format: { type: 'json_object' } }, 'openai', 'claude', 'response_format'],
    ['servers of tools', { ...claude, mcp_servers: [{ type: 'url', name: 'm', url: 'https://m' }] }, 'claude', 'openai', 'mcp_servers'],
    ['one call at a time', { ...claude, tools: [tool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } }, 'claude', 'gemini', 'tool_choice.disable_parallel_tool_use'],
    ['the only tool there is', { ...claude, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'claude', 'openai', 'tools[0]'],
    ['a beginning of the answer', { ...claude, messages: [...claude.messages, { role: 'assistant', content: 'He' }] }, 'claude', 'openai-responses', 'messages[1]'],
    ['a sound', { ...gemini, contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }] }] }, 'gemini', 'claude', 'contents[0].parts[0]'],
    ['filters of safety', { ...gemini, safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_LOW_AND_ABOVE' }] }, 'gemini', 'openai', 'safetySettings'],
    ['a name', { ...chat, messages: [{ role: 'user', name: 'Ann', content: 'Hi' }] }, 'openai', 'claude', 'messages[0].name'],
    ['a limit of tool calls', { ...responses, max_tool_calls: 2 }, 'openai-responses', 'claude', 'max_tool_calls'],
    ['where a search looks', { ...claude, tools: [tool, { type: 'web_search_20250305', name: 'web_search', blocked_domains: ['a.com'] }] }, 'claude', 'openai-responses', 'tools[1].blocked_domains'],
  ] // prettier-ignore
  it.each(losses)('%s', (_, body, from, to, field) => {
    expect(refused(body, from, to)).toBe(field)
  })

  it('a guarantee that was asked for by name', () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } }
    const asked = { type: 'json_schema', name: 'a', schema: open, strict: true }
    expect(refused({ ...responses, text: { format: asked } }, 'openai-responses', 'openai')).toBe('text.format.strict')
  })
})

describe('what no answer hangs on is let pass', () => {
  it('settings that say what is so anyway', () => {
    expect(refused({ ...chat, temperature: 1, top_p: 1, frequency_penalty: 0, n: 1 }, 'openai', 'claude')).toBeUndefined()
  })
  it('more stop sequences than are taken: the answer is cut here', () => {
    expect(refused({ ...claude, stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'claude', 'openai')).toBeUndefined()
  })
  it('an offer to search the web among other tools', () => {
    expect(refused({ ...claude, tools: [tool, { type: 'web_search_20250305', name: 'web_search' }] }, 'claude', 'openai')).toBeUndefined()
  })
  it("the user's number and cache marks, while the image below the mark stays", () => {
    const content = [{ ...image, cache_control: { type: 'ephemeral' } }]
    const { body } = strictly({ ...claude, messages: [{ role: 'user', content }], metadata: { user_id: 'u' } }, 'claude', 'gemini')
    expect(JSON.stringify(body)).toContain('https://example.com/a.png')
  })
  it('the same request passes with losses where it is not strict', () => {
    expect(refused({ ...claude, top_k: 40 }, 'claude', 'openai', { strict: false })).toBeUndefined()
  })
})
