/** What once broke a law, made small. Each example stays, whatever the generators come up with. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { fixtures, PROTOCOLS } from '../fixtures/index.ts'
import { replyAgain, requestAgain } from './again.ts'
import { oneWay } from './facts.ts'
import { silentLeaves } from './leaves.ts'

type Examples = Record<string, JsonObject>

const claude = (content: unknown, more: JsonObject = {}): JsonObject => ({
  model: 'claude-sonnet-5',
  max_tokens: 100,
  messages: [{ role: 'user', content }],
  ...more,
})
const chat = (more: JsonObject): JsonObject => ({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'a' }], ...more })
const responses = (more: JsonObject): JsonObject => ({ model: 'gpt-5', input: 'a', ...more })
const gemini = (parts: unknown[], more: JsonObject = {}): JsonObject => ({ contents: [{ role: 'user', parts }], ...more })
const config = (generationConfig: JsonObject): JsonObject => gemini([{ text: 'a' }], { generationConfig })
const turns = (call: unknown, ...results: unknown[]): JsonObject => ({
  contents: [
    { role: 'user', parts: [{ text: 'a' }] },
    { role: 'model', parts: [call] },
    { role: 'user', parts: results },
  ],
})
const PNG = { type: 'url', url: 'https://example.com/a.png' }
const mark = (place: string) => ({ [place]: { type: 'ephemeral', ttl: '1h' } })
const tool = (name: string) => ({ type: 'function', name, parameters: { type: 'object', properties: {} } })
const chatTool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object', properties: {} } } })

const requests: Record<ProtocolName, Examples> = {
  claude: {
    'a mark on a document of several blocks': claude([
      { type: 'document', source: { type: 'content', content: [{ type: 'image', source: PNG }] }, ...mark('cache_control') },
    ]),
    'a mark inside a document of several blocks': claude([
      { type: 'document', source: { type: 'content', content: [{ type: 'image', source: PNG, ...mark('cache_control') }] } },
    ]),
    'a block of an unknown type in a document': claude([
      {
        type: 'document',
        source: {
          type: 'content',
          content: [
            { type: 'table', text: 'x' },
            { type: 'image', source: PNG },
          ],
        },
      },
    ]),
    'two marks at the end of a document': claude([
      {
        type: 'document',
        source: { type: 'content', content: [{ type: 'image', source: PNG, ...mark('cache_control') }] },
        cache_control: { type: 'ephemeral' },
      },
    ]),
    'marks on calls and results': {
      model: 'claude-sonnet-5',
      max_tokens: 100,
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'now', input: {}, ...mark('cache_control') }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'x', ...mark('cache_control') }] },
      ],
    },
    'an effort where nothing is thought': claude('a', { thinking: { type: 'disabled' }, output_config: { effort: 'high' } }),
    'a failure without words': {
      model: 'claude-sonnet-5',
      max_tokens: 100,
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'now', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', is_error: true }] },
      ],
    },
    'a tool without a guarantee beside one of the provider': claude('a', {
      tools: [
        { name: 'Bash', strict: false, input_schema: { type: 'object', properties: {} } },
        { type: 'code_execution_20250825', name: 'code_execution' },
      ],
    }),
  },
  openai: {
    'a call with empty arguments': chat({
      messages: [
        { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'now', arguments: '' } }] },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
      ],
    }),
    'a choice of a custom tool that is not offered': chat({ tool_choice: { type: 'custom', custom: { name: 'now' } } }),
    'allowed tools of another kind than offered': chat({
      tools: [{ type: 'custom', custom: { name: 'now' } }],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'now' } }] } },
    }),
    'allowed tools that are not offered': chat({
      tools: [chatTool('now')],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'auto',
          tools: [
            { type: 'function', function: { name: 'now' } },
            { type: 'function', function: { name: 'x' } },
          ],
        },
      },
    }),
    'a mark of an unknown mode': chat({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }] }],
    }),
    'a mark on an empty text': chat({
      messages: [{ role: 'developer', content: [{ type: 'text', text: '', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }] }],
    }),
    'a mark on what the assistant said': chat({
      messages: [
        { role: 'assistant', content: [{ type: 'text', text: 'b', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }] },
        { role: 'user', content: 'a' },
      ],
    }),
    'a name of who gives instructions': chat({
      messages: [
        { role: 'developer', content: 'b', name: 'boss' },
        { role: 'user', content: 'a' },
      ],
    }),
    'single calls where none is allowed': chat({ tools: [chatTool('now')], tool_choice: 'none', parallel_tool_calls: false }),
    'a grammar of an unknown kind': chat({
      tools: [
        { type: 'custom', custom: { name: 'now', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /a/' } } } },
      ],
    }),
  },
  'openai-responses': {
    'a result without parts': responses({
      input: [
        { type: 'function_call', call_id: 'c', name: 'now', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: [] },
      ],
    }),
    'an action of a local shell': responses({
      input: [{ type: 'local_shell_call', call_id: 'c', action: { type: 'exec', command: ['ls'] }, status: 'completed' }],
    }),
    'a mark of an unknown mode': responses({
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
        { role: 'user', content: [{ type: 'input_image', image_url: PNG.url, prompt_cache_breakpoint: { mode: 'explicit' } }] },
      ],
    }),
    'sources of white space': responses({
      input: [
        {
          role: 'assistant',
          content: [{ type: 'output_text', text: '\n\n', annotations: [{ type: 'url_citation', url: 'x', start_index: 0, end_index: 1 }] }],
        },
      ],
    }),
    'a file named as what every object has': responses({
      input: [{ role: 'user', content: [{ type: 'input_file', file_url: PNG.url, filename: 'constructor' }] }],
    }),
    'allowed tools of an unknown kind': responses({
      tools: [tool('now')],
      tool_choice: {
        type: 'allowed_tools',
        mode: 'auto',
        tools: [
          { type: 'function', name: 'now' },
          { type: 'function', name: 'x' },
        ],
      },
    }),
    'the format of a custom tool': responses({ tools: [{ type: 'custom', name: 'now', format: { type: 'text' } }] }),
    'a namespace whose tool is left out': responses({
      tools: [{ type: 'namespace', name: 'agents', tools: [tool('spawn')] }, tool('now')],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'now' }] },
    }),
    'a summary of what is not thought': responses({ reasoning: { effort: 'none', summary: 'auto' } }),
    'probabilities by name': responses({ include: ['message.output_text.logprobs'] }),
    'words that every object has': responses({ service_tier: 'constructor', reasoning: { effort: 'toString' } }),
  },
  gemini: {
    'an empty thought': {
      contents: [
        { role: 'user', parts: [{ text: 'a' }] },
        { role: 'model', parts: [{ text: '', thought: true }, { text: 'b' }] },
        { role: 'user', parts: [{ text: 'a' }] },
      ],
    },
    'an entry without functions': gemini([{ text: 'a' }], { tools: [{ functionDeclarations: [] }, { googleSearch: {} }] }),
    'an id that no call has': turns(
      { functionCall: { name: 'look', args: {} } },
      { functionResponse: { id: 'x', name: 'look', response: { output: 'b' } } },
    ),
    'an id like one that is minted': turns(
      { functionCall: { name: 'look', args: {} } },
      { functionResponse: { name: 'look', response: { output: 'b' } } },
      { functionResponse: { id: 'call_1', name: 'now', response: { output: 'b' } } },
    ),
    'a second result under another name': turns(
      { functionCall: { id: 'c', name: 'look', args: {} } },
      { functionResponse: { id: 'c', name: 'look', response: { output: 'a' } } },
      { functionResponse: { id: 'c', name: 'now', response: { output: 'b' } } },
    ),
    'the name of an image': gemini([{ inlineData: { mimeType: 'image/png', data: 'AAAA', displayName: 'a.png' } }]),
    'the name of an image in snake case': gemini([{ inline_data: { mime_type: 'image/png', data: 'AAAA', display_name: 'a.png' } }]),
    'the type of a text': gemini([
      { inlineData: { mimeType: 'text/csv', data: 'YSxi' } },
      { inlineData: { mimeType: 'text/plain', data: '/w==' } },
    ]),
    'how closely to look at a file': gemini([{ fileData: { fileUri: PNG.url }, mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' } }]),
    'the number of probabilities, not asked for': config({ logprobs: 3 }),
    'the number of probabilities': config({ responseLogprobs: true, logprobs: 3 }),
    'an unknown type of answers': config({ responseMimeType: 'text/plain' }),
    'two schemas': config({
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
      responseJsonSchema: { type: 'object' },
    }),
    'an order of what is no property': config({
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, propertyOrdering: ['a'] },
    }),
    'an order in a tool of what is no property': gemini([{ text: 'a' }], {
      tools: [
        {
          functionDeclarations: [
            { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, propertyOrdering: ['a'] } },
          ],
        },
      ],
    }),
    'a look at thoughts that are off': config({ thinkingConfig: { includeThoughts: true, thinkingBudget: 0 } }),
    'a look at thoughts for which there is no room': config({
      maxOutputTokens: 1,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 3000 },
    }),
    'a budget and a level': config({ thinkingConfig: { thinkingBudget: -1, thinkingLevel: 'MINIMAL' } }),
    'a guarantee without functions': gemini([{ text: 'a' }], {
      tools: [{ urlContext: {} }],
      toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
    }),
    'names that may be called where none may': gemini([{ text: 'a' }], {
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      toolConfig: { functionCallingConfig: { mode: 'NONE', allowedFunctionNames: ['f'] } },
    }),
    'names that may be called and are no tools': gemini([{ text: 'a' }], {
      tools: [{ functionDeclarations: [{ name: 'f' }] }],
      toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['f', 'g'] } },
    }),
  },
}

const [message] = fixtures['openai-responses'].replies.text!.output as JsonObject[]
const replies: Partial<Record<ProtocolName, Examples>> = {
  'openai-responses': {
    'a whole message behind which the answer was cut off': {
      ...fixtures['openai-responses'].replies.cut,
      output: [message],
    },
  },
}

describe.each(PROTOCOLS)('%s', (from) => {
  describe.each(Object.entries(requests[from]))('%s', (_, body) => {
    it('is written as it was read', () => expect(requestAgain(from, body)).toEqual(body))
    it.each(PROTOCOLS.filter((to) => to !== from))('is not lost silently to %s', (to) => {
      expect(silentLeaves(body, from, to)).toEqual([])
      expect(oneWay(body, from, to)?.lost ?? []).toEqual([])
    })
  })
  it.each(Object.entries(replies[from] ?? {}))('%s is written as it was read', (_, body) => expect(replyAgain(from, body)).toEqual(body))
})
