import type { JsonObject } from '../../../src/core/json.ts'
import { row, type Row, type Section } from '../row.ts'

const PNG = 'iVBORw0KGgo='
const ask = { role: 'user', content: 'Hi' }
const base = { model: 'claude-sonnet-5', max_tokens: 1024, messages: [ask] }
const tool = {
  name: 'look',
  description: 'Look.',
  input_schema: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] },
}

/** A field at the top. */
const field = (name: string, value: unknown, more: JsonObject = {}): Row => row(name, { ...base, ...more, [name]: value }, `/${name}`)
/** A field within another. */
const inner = (name: string, outer: string, value: JsonObject, path: string, more: JsonObject = {}): Row =>
  row(name, { ...base, ...more, [outer]: value }, `/${outer}/${path}`)
const said = (name: string, block: JsonObject, path = ''): Row =>
  row(name, { ...base, messages: [{ role: 'user', content: [block, { type: 'text', text: 'Hi' }] }] }, `/messages/0/content/0${path}`)
const answered = (name: string, ...blocks: JsonObject[]): Row =>
  row(name, { ...base, messages: [ask, { role: 'assistant', content: blocks }, ask] }, '/messages/1/content/0')
const called = { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 'a' } }] }
const result = (name: string, more: JsonObject, path = ''): Row =>
  row(
    name,
    {
      ...base,
      tools: [tool],
      messages: [ask, called, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x', ...more }] }],
    },
    `/messages/2/content/0${path}`,
  )
const offered = (name: string, one: JsonObject, path = ''): Row => row(name, { ...base, tools: [one] }, `/tools/0${path}`)
const mark = { cache_control: { type: 'ephemeral' } }
const document = (source: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'document', source, ...more })

export const claude: Section[] = [
  {
    title: 'Settings',
    rows: [
      field('max_tokens', 1024),
      field('system', 'Be brief.'),
      field('temperature', 0.5),
      field('top_p', 0.9),
      field('top_k', 40),
      field('stop_sequences', ['END']),
      row('more stop_sequences than 5', { ...base, stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }, '/stop_sequences'),
      field('stream', true),
      inner('metadata.user_id', 'metadata', { user_id: 'user-1' }, 'user_id'),
      field('service_tier', 'auto'),
      field('speed', 'fast'),
      inner('thinking: disabled', 'thinking', { type: 'disabled' }, 'type'),
      inner('thinking: enabled, budget_tokens', 'thinking', { type: 'enabled', budget_tokens: 8192 }, 'budget_tokens', {
        max_tokens: 20_000,
      }),
      inner('thinking: adaptive', 'thinking', { type: 'adaptive' }, 'type'),
      inner('thinking.display', 'thinking', { type: 'adaptive', display: 'summarized' }, 'display'),
      inner('output_config.effort', 'output_config', { effort: 'high' }, 'effort'),
      inner(
        'output_config.format',
        'output_config',
        { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } },
        'format',
      ),
      field('cache_control', { type: 'ephemeral' }),
      field('container', 'container_1'),
      field('context_management', { edits: [{ type: 'clear_tool_uses_20250919' }] }),
      field('mcp_servers', [{ type: 'url', url: 'https://example.com/mcp', name: 'files' }]),
      field('safeguards', {}),
      field('thread', { id: 'thread_1' }),
    ],
  },
  {
    title: 'Messages',
    rows: [
      row('role system amid the conversation', { ...base, messages: [ask, { role: 'system', content: 'Be brief.' }] }, '/messages/1'),
      row('last message of the assistant (prefill)', { ...base, messages: [ask, { role: 'assistant', content: 'I' }] }, '/messages/1'),
      said('text', { type: 'text', text: 'Hello' }),
      said('cache_control of text', { type: 'text', text: 'Hello', ...mark }, '/cache_control'),
      said('image: base64', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }),
      said('image: url', { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } }),
      said('image: file', { type: 'image', source: { type: 'file', file_id: 'file_1' } }),
      said('document: base64 PDF', document({ type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' }, { title: 'a.pdf' })),
      said('document: url', document({ type: 'url', url: 'https://example.com/a.pdf' })),
      said('document: text', document({ type: 'text', media_type: 'text/plain', data: 'Hello' })),
      said('document: content', document({ type: 'content', content: [{ type: 'text', text: 'Hello' }] })),
      said(
        'document.citations',
        document({ type: 'text', media_type: 'text/plain', data: 'Hello' }, { citations: { enabled: true } }),
        '/citations',
      ),
      said('search_result', {
        type: 'search_result',
        source: 'https://example.com',
        title: 'T',
        content: [{ type: 'text', text: 'Hello' }],
      }),
      row(
        'tool_use',
        {
          ...base,
          tools: [tool],
          messages: [ask, called, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }] }],
        },
        '/messages/1/content/0',
      ),
      answered('thinking', { type: 'thinking', thinking: 'Hm.', signature: 'EqoB' }, { type: 'text', text: 'Yes.' }),
      answered('redacted_thinking', { type: 'redacted_thinking', data: 'EmwK' }, { type: 'text', text: 'Yes.' }),
      answered('text.citations', {
        type: 'text',
        text: 'Sunny.',
        citations: [
          { type: 'web_search_result_location', url: 'https://example.com', title: 'T', cited_text: 'sun', encrypted_index: 'x' },
        ],
      }),
      answered(
        'server_tool_use',
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'a' } },
        { type: 'text', text: 'Yes.' },
      ),
      result('tool_result', {}),
      result('tool_result.is_error', { is_error: true }, '/is_error'),
      result(
        'tool_result: image',
        { content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }] },
        '/content',
      ),
      result('tool_result: empty', { content: [] }, '/content'),
      result('tool_result: tool_reference', { content: [{ type: 'tool_reference', tool_name: 'look' }] }, '/content'),
      row(
        'tool_result without its call',
        { ...base, messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'a' }] }] },
        '/messages/0/content/0',
      ),
    ],
  },
  {
    title: 'Tools',
    rows: [
      offered('tool', tool),
      offered('tool.strict', { ...tool, input_schema: { ...tool.input_schema, additionalProperties: false }, strict: true }, '/strict'),
      offered('tool.cache_control', { ...tool, ...mark }, '/cache_control'),
      offered('tool.defer_loading', { ...tool, defer_loading: true }, '/defer_loading'),
      offered('tool.input_examples', { ...tool, input_examples: [{ at: 'a' }] }, '/input_examples'),
      offered('bash', { type: 'bash_20250124', name: 'bash' }),
      offered('text_editor', { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' }),
      offered('memory', { type: 'memory_20250818', name: 'memory' }),
      offered('computer', { type: 'computer_20250124', name: 'computer', display_width_px: 1024, display_height_px: 768 }),
      offered('computer_toolset', { type: 'computer_toolset_20260801' }),
      offered('browser_toolset', { type: 'browser_toolset_20260801' }),
      offered('web_search', { type: 'web_search_20250305', name: 'web_search' }),
      row('web_search beside other tools', { ...base, tools: [tool, { type: 'web_search_20250305', name: 'web_search' }] }, '/tools/1'),
      offered('web_fetch', { type: 'web_fetch_20250910', name: 'web_fetch' }),
      offered('code_execution', { type: 'code_execution_20250825', name: 'code_execution' }),
      offered('mcp_toolset', { type: 'mcp_toolset', mcp_server_name: 'files' }),
      inner('tool_choice: auto', 'tool_choice', { type: 'auto' }, 'type', { tools: [tool] }),
      inner('tool_choice: any', 'tool_choice', { type: 'any' }, 'type', { tools: [tool] }),
      inner('tool_choice: tool', 'tool_choice', { type: 'tool', name: 'look' }, 'name', { tools: [tool] }),
      inner('tool_choice: none', 'tool_choice', { type: 'none' }, 'type', { tools: [tool] }),
      inner('disable_parallel_tool_use', 'tool_choice', { type: 'auto', disable_parallel_tool_use: true }, 'disable_parallel_tool_use', {
        tools: [tool],
      }),
    ],
  },
]
