import type { JsonObject } from '../../../src/core/json.ts'
import { row, type Row, type Section } from '../row.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='
const ask = { role: 'user', content: 'Hi' }
const base = { model: 'gpt-5.4', messages: [ask] }
const declared = {
  name: 'look',
  description: 'Look.',
  parameters: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] },
}
const tool = { type: 'function', function: declared }

const field = (name: string, value: unknown, more: JsonObject = {}): Row => row(name, { ...base, ...more, [name]: value }, `/${name}`)
const named = (name: string, key: string, value: unknown, more: JsonObject = {}): Row => ({ ...field(key, value, more), name })
const said = (name: string, part: JsonObject, path = ''): Row =>
  row(name, { ...base, messages: [{ role: 'user', content: [part, { type: 'text', text: 'Hi' }] }] }, `/messages/0/content/0${path}`)
const message = (name: string, one: JsonObject, path = ''): Row => row(name, { ...base, messages: [ask, one, ask] }, `/messages/1${path}`)
const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"a"}' } }
const called = { role: 'assistant', content: null, tool_calls: [call] }
const offered = (name: string, one: JsonObject, path = ''): Row => row(name, { ...base, tools: [one] }, `/tools/0${path}`)

export const openai: Section[] = [
  {
    title: 'Settings',
    rows: [
      field('max_completion_tokens', 500),
      field('max_tokens', 500),
      field('temperature', 0.5),
      named('temperature above 1', 'temperature', 1.5),
      field('top_p', 0.9),
      field('frequency_penalty', 0.5),
      field('presence_penalty', 0.5),
      field('seed', 7),
      field('stop', ['END']),
      field('n', 2),
      field('logprobs', true),
      field('top_logprobs', 3, { logprobs: true }),
      field('logit_bias', { '50256': -100 }),
      field('stream', true),
      row('stream_options.include_usage', { ...base, stream: true, stream_options: { include_usage: true } }, '/stream'),
      field('response_format', { type: 'json_object' }),
      named('response_format: json_schema', 'response_format', {
        type: 'json_schema',
        json_schema: { name: 'answer', schema: { type: 'object', properties: {} } },
      }),
      field('reasoning_effort', 'high'),
      named('reasoning_effort: none', 'reasoning_effort', 'none'),
      field('verbosity', 'low'),
      field('user', 'user-1'),
      field('safety_identifier', 'user-1'),
      field('metadata', { team: 'x' }),
      field('store', true),
      field('service_tier', 'flex'),
      field('prompt_cache_key', 'k'),
      field('prompt_cache_options', { mode: 'implicit' }),
      field('prediction', { type: 'content', content: 'x' }),
      named('modalities, audio', 'modalities', ['text', 'audio'], { audio: { voice: 'alloy', format: 'wav' } }),
      field('web_search_options', {}),
    ],
  },
  {
    title: 'Messages',
    rows: [
      row('leading system, developer', { ...base, messages: [{ role: 'system', content: 'Be brief.' }, ask] }, '/messages/0'),
      row('developer amid the conversation', { ...base, messages: [ask, { role: 'developer', content: 'Be brief.' }] }, '/messages/1'),
      row('name', { ...base, messages: [{ ...ask, name: 'ann' }] }, '/messages/0/name'),
      said('text', { type: 'text', text: 'Hello' }),
      said(
        'prompt_cache_breakpoint',
        { type: 'text', text: 'Hello', prompt_cache_breakpoint: { mode: 'explicit' } },
        '/prompt_cache_breakpoint',
      ),
      said('image_url: data', { type: 'image_url', image_url: { url: PNG } }),
      said('image_url: link', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }),
      row(
        'image_url.detail',
        { ...base, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: PNG, detail: 'low' } }] }] },
        '/messages/0/content/0/image_url/detail',
      ),
      said('input_audio', { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }),
      said('file: PDF', { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjQK' } }),
      said('file: file_id', { type: 'file', file: { file_id: 'file-1' } }),
      message('assistant: content', { role: 'assistant', content: 'Yes.' }),
      message('assistant: refusal', { role: 'assistant', content: null, refusal: 'No.' }, '/refusal'),
      message('assistant: reasoning_content', { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' }, '/reasoning_content'),
      row(
        'assistant: tool_calls',
        { ...base, tools: [tool], messages: [ask, called, { role: 'tool', tool_call_id: 'call_1', content: 'x' }] },
        '/messages/1/tool_calls/0',
      ),
      row(
        'tool',
        { ...base, tools: [tool], messages: [ask, called, { role: 'tool', tool_call_id: 'call_1', content: 'x' }] },
        '/messages/2',
      ),
    ],
  },
  {
    title: 'Tools',
    rows: [
      offered('function', tool),
      offered(
        'function.strict',
        { type: 'function', function: { ...declared, parameters: { ...declared.parameters, additionalProperties: false }, strict: true } },
        '/function/strict',
      ),
      offered('custom', { type: 'custom', custom: { name: 'sql', description: 'Run SQL.' } }),
      offered(
        'custom.format: grammar',
        { type: 'custom', custom: { name: 'sql', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /a/' } } } },
        '/custom/format',
      ),
      named('functions (older)', 'functions', [declared]),
      named('tool_choice: required', 'tool_choice', 'required', { tools: [tool] }),
      named('tool_choice: none', 'tool_choice', 'none', { tools: [tool] }),
      named('tool_choice: function', 'tool_choice', { type: 'function', function: { name: 'look' } }, { tools: [tool] }),
      named(
        'tool_choice: allowed_tools',
        'tool_choice',
        { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'look' } }] } },
        { tools: [tool, { type: 'function', function: { ...declared, name: 'now' } }] },
      ),
      named('parallel_tool_calls: false', 'parallel_tool_calls', false, { tools: [tool] }),
    ],
  },
]
