import type { JsonObject } from '../../../src/core/json.ts'
import { row, type Row, type Section } from '../row.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const ask = { role: 'user', content: 'Hi' }
const base = { model: 'gpt-5.4', input: [ask] }
const tool = {
  type: 'function',
  name: 'look',
  description: 'Look.',
  parameters: { type: 'object', properties: { at: { type: 'string' } } },
  strict: false,
}

const field = (name: string, value: unknown, more: JsonObject = {}): Row => row(name, { ...base, ...more, [name]: value }, `/${name}`)
const named = (name: string, key: string, value: unknown, more: JsonObject = {}): Row => ({ ...field(key, value, more), name })
const inner = (outer: string, key: string, value: unknown, more: JsonObject = {}): Row =>
  row(`${outer}.${key}`, { ...base, [outer]: { [key]: value, ...more } }, `/${outer}/${key}`)
const said = (name: string, part: JsonObject, path = ''): Row =>
  row(name, { ...base, input: [{ role: 'user', content: [part, { type: 'input_text', text: 'Hi' }] }] }, `/input/0/content/0${path}`)
const item = (name: string, one: JsonObject, ...more: JsonObject[]): Row =>
  row(name, { ...base, input: [ask, one, ...more, ask] }, '/input/1')
const offered = (name: string, one: JsonObject, path = ''): Row => row(name, { ...base, tools: [one] }, `/tools/0${path}`)
const call = { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"at":"a"}' }
const answered = { type: 'function_call_output', call_id: 'call_1', output: 'x' }
const custom = { type: 'custom_tool_call', call_id: 'call_1', name: 'sql', input: 'select 1' }

export const openaiResponses: Section[] = [
  {
    title: 'Settings',
    rows: [
      field('instructions', 'Be brief.'),
      field('max_output_tokens', 500),
      field('max_tool_calls', 3),
      field('temperature', 0.5),
      named('temperature above 1', 'temperature', 1.5),
      field('top_p', 0.9),
      field('top_logprobs', 3),
      inner('reasoning', 'effort', 'high'),
      { ...inner('reasoning', 'effort', 'none'), name: 'reasoning.effort: none' },
      inner('reasoning', 'summary', 'auto', { effort: 'high' }),
      inner('reasoning', 'context', 'all_turns', { effort: 'high' }),
      { ...inner('text', 'format', { type: 'json_object' }), name: 'text.format: json_object' },
      {
        ...inner('text', 'format', { type: 'json_schema', name: 'answer', schema: { type: 'object', properties: {} } }),
        name: 'text.format: json_schema',
      },
      inner('text', 'verbosity', 'low'),
      field('metadata', { team: 'x' }),
      field('user', 'user-1'),
      field('safety_identifier', 'user-1'),
      field('service_tier', 'flex'),
      field('prompt_cache_key', 'k'),
      field('prompt_cache_options', { mode: 'implicit' }),
      field('store', true),
      field('include', ['reasoning.encrypted_content']),
      field('previous_response_id', 'resp_1'),
      field('conversation', 'conv_1'),
      field('prompt', { id: 'pmpt_1' }),
      field('background', true),
      field('truncation', 'auto'),
      field('context_management', [{ type: 'compaction', compact_threshold: 1000 }]),
      field('client_metadata', { a: 'b' }),
      field('stream', true),
    ],
  },
  {
    title: 'Input items',
    rows: [
      row('input as a string', { ...base, input: 'Hi' }, '/input'),
      row('leading developer, system', { ...base, input: [{ role: 'developer', content: 'Be brief.' }, ask] }, '/input/0'),
      item('developer amid the conversation', { role: 'developer', content: 'Be brief.' }),
      said('input_text', { type: 'input_text', text: 'Hello' }),
      said(
        'prompt_cache_breakpoint',
        { type: 'input_text', text: 'Hello', prompt_cache_breakpoint: { mode: 'explicit' } },
        '/prompt_cache_breakpoint',
      ),
      said('input_image: data', { type: 'input_image', image_url: PNG }),
      said('input_image: link', { type: 'input_image', image_url: 'https://example.com/a.png' }),
      said('input_image.detail', { type: 'input_image', image_url: PNG, detail: 'low' }, '/detail'),
      said('input_file: PDF', { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' }),
      said('input_file: link', { type: 'input_file', file_url: 'https://example.com/a.pdf' }),
      said('input_file: file_id', { type: 'input_file', file_id: 'file-1' }),
      item('output_text', { role: 'assistant', content: [{ type: 'output_text', text: 'Yes.' }] }),
      item('refusal', { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }),
      { ...item('phase', { role: 'assistant', content: 'Yes.', phase: 'commentary' }), path: '/input/1/phase' },
      item('function_call', call, answered),
      row('function_call_output', { ...base, input: [ask, call, answered] }, '/input/2'),
      item('custom_tool_call', custom, { type: 'custom_tool_call_output', call_id: 'call_1', output: 'x' }),
      item(
        'local_shell_call, shell_call, apply_patch_call',
        { type: 'local_shell_call', call_id: 'c', action: { type: 'exec', command: ['ls'] }, status: 'completed' },
        { type: 'local_shell_call_output', call_id: 'c', output: 'x' },
      ),
      item(
        'reasoning',
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'gAAAAB' },
        { role: 'assistant', content: 'Yes.' },
      ),
      item('web_search_call', { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'a' } }),
      item('file_search_call', { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['a'], results: [] }),
      item('code_interpreter_call', {
        type: 'code_interpreter_call',
        id: 'ci_1',
        status: 'completed',
        code: '1',
        container_id: 'c',
        outputs: [],
      }),
      item('image_generation_call', { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'iVBORw0KGgo=' }),
      item('mcp_call', { type: 'mcp_call', id: 'mcp_1', server_label: 'files', name: 'read', arguments: '{}', output: 'x' }),
      item('compaction', { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAAB' }),
      item('item_reference', { type: 'item_reference', id: 'msg_1' }),
      item('additional_tools', { type: 'additional_tools', role: 'developer', tools: [tool] }),
      item('configuration_update', { type: 'configuration_update', reasoning: { effort: 'low' } }),
    ],
  },
  {
    title: 'Tools',
    rows: [
      offered('function', tool),
      offered(
        'function.strict',
        { ...tool, parameters: { type: 'object', properties: {}, required: [], additionalProperties: false }, strict: true },
        '/strict',
      ),
      offered('custom', { type: 'custom', name: 'sql', description: 'Run SQL.' }),
      offered(
        'custom.format: grammar',
        { type: 'custom', name: 'sql', format: { type: 'grammar', syntax: 'lark', definition: 'start: /a/' } },
        '/format',
      ),
      offered('namespace', { type: 'namespace', name: 'agents', description: 'Agents.', tools: [tool] }, '/tools/0'),
      offered('namespace.description', { type: 'namespace', name: 'agents', description: 'Agents.', tools: [tool] }, '/description'),
      offered('local_shell, shell, apply_patch', { type: 'local_shell' }),
      offered('web_search', { type: 'web_search' }),
      offered('code_interpreter', { type: 'code_interpreter', container: { type: 'auto' } }),
      offered('image_generation', { type: 'image_generation' }),
      offered('file_search', { type: 'file_search', vector_store_ids: ['vs_1'] }),
      offered('computer', { type: 'computer' }),
      offered('mcp', { type: 'mcp', server_label: 'files', server_url: 'https://example.com/mcp' }),
      named('tool_choice: required', 'tool_choice', 'required', { tools: [tool] }),
      named('tool_choice: none', 'tool_choice', 'none', { tools: [tool] }),
      named('tool_choice: function', 'tool_choice', { type: 'function', name: 'look' }, { tools: [tool] }),
      named(
        'tool_choice: allowed_tools',
        'tool_choice',
        { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'look' }] },
        { tools: [tool, { ...tool, name: 'now' }] },
      ),
      named('parallel_tool_calls: false', 'parallel_tool_calls', false, { tools: [tool] }),
    ],
  },
]
