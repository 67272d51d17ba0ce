/** Responses: https://platform.openai.com/docs/api-reference/responses/create */
import fc, { type Arbitrary } from 'fast-check'
import {
  callId,
  conversation,
  imageData,
  input,
  is,
  links,
  many,
  object,
  prose,
  schema,
  text,
  toolName,
  unknown,
  type Json,
} from './common.ts'

const marked = { prompt_cache_breakpoint: is({ mode: 'explicit' }, { mode: 'explicit', ttl: '12h' }), ...unknown }
const dataUrl = (type: string) => imageData.map((data) => `data:${type};base64,${data}`)
const inputText = object({ type: is('input_text'), text }, marked)
const userPart = fc.oneof(
  { weight: 4, arbitrary: inputText },
  object(
    { type: is('input_image'), image_url: fc.oneof(dataUrl('image/png'), links) },
    { detail: is('low', 'high', 'original'), ...marked },
  ),
  object({ type: is('input_file'), file_data: dataUrl('application/pdf'), filename: prose }, marked),
  object({ type: is('input_file'), file_url: links }, { filename: prose, ...marked }),
)
const said = fc.oneof(
  object(
    { type: is('output_text'), text },
    {
      annotations: is([], [{ type: 'url_citation', url: 'https://example.com', title: 'T', start_index: 0, end_index: 1 }]),
      logprobs: is([]),
    },
  ),
  object({ type: is('refusal'), refusal: prose }),
)
const status = is('completed', 'incomplete')
const message = object(
  { role: is('assistant'), content: fc.oneof(text, many(said, 2)) },
  { type: is('message'), id: is('msg_1', 'msg_2'), status, phase: is('commentary', 'final_answer'), ...unknown },
)
const reasoning = object(
  { type: is('reasoning'), summary: many(object({ type: is('summary_text'), text }), 2) },
  { id: is('rs_1'), encrypted_content: is('gAAAAB', null), content: many(object({ type: is('reasoning_text'), text }), 1), status },
)
const search = is<Json>({ type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'weather' } })
const json = fc.oneof({ weight: 5, arbitrary: input.map((value) => JSON.stringify(value)) }, is('', '{"a": 1}', '{"a":', '[1]', '"{}"'))
const call = (id: string) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: object(
        { type: is('function_call'), call_id: is(id), name: toolName, arguments: json },
        { id: is('fc_1'), namespace: is('agents'), status, ...unknown },
      ),
    },
    object({ type: is('custom_tool_call'), call_id: is(id), name: toolName, input: text }, { id: is('ctc_1') }),
    object({
      type: is('local_shell_call'),
      call_id: is(id),
      action: is({ type: 'exec', command: ['ls'], env: {} }),
      status: is('completed'),
    }),
  )
const output = fc.oneof(text, many(userPart, 2))
const answer = (id: string) =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: object({ type: is('function_call_output'), call_id: is(id), output }, { id: is('fco_1'), status, ...unknown }),
    },
    object({ type: is('custom_tool_call_output'), call_id: is(id), output }),
  )
const items = conversation<Json>({
  ask: object({ role: is('user'), content: fc.oneof(prose, many(userPart, 3, 1)) }, { type: is('message'), ...unknown }),
  aside: object({ role: is('system', 'developer'), content: fc.oneof(text, many(inputText, 2, 1)) }, { type: is('message') }),
  answer: (ids) =>
    fc
      .tuple(many(reasoning, 1), many(fc.oneof({ weight: 3, arbitrary: message }, search), 2), fc.tuple(...ids.map(call)))
      .map((lists) => lists.flat()),
  results: (ids) => fc.tuple(...ids.map(answer)),
})

const declared = object(
  { type: is('function'), name: toolName },
  { description: text, parameters: schema, strict: fc.oneof(fc.boolean(), is(null)), ...unknown },
)
const tool = fc.oneof(
  { weight: 4, arbitrary: declared },
  object(
    { type: is('custom'), name: toolName },
    { description: text, format: is<Json>({ type: 'text' }, { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' }) },
  ),
  object({ type: is('namespace'), name: is('agents'), tools: many(declared, 2) }, { description: text }),
  object(
    { type: is('web_search') },
    {
      filters: is({ allowed_domains: ['example.com'] }),
      search_context_size: is('low'),
      user_location: is({ type: 'approximate', country: 'DE' }),
    },
  ),
  is<Json>({ type: 'local_shell' }, { type: 'image_generation' }, { type: 'code_interpreter', container: { type: 'auto' } }),
)
const chosen = object({ type: is('function'), name: toolName })
const choice = fc.oneof(
  is<unknown>('auto', 'none', 'required', { type: 'web_search' }),
  chosen,
  object({ type: is('custom'), name: toolName }),
  object({ type: is('allowed_tools'), mode: is('auto', 'required'), tools: many(chosen, 2, 1) }),
)
const format = fc.oneof(
  is<Json>({ type: 'text' }, { type: 'json_object' }),
  object({ type: is('json_schema'), name: is('title'), schema }, { strict: fc.boolean(), description: text, ...unknown }),
)

export const request: Arbitrary<Json> = object(
  {
    model: is('gpt-5', 'gpt-4.1'),
    input: fc.oneof({ weight: 1, arbitrary: prose }, { weight: 9, arbitrary: items }),
  },
  {
    instructions: fc.oneof(text, is(null)),
    max_output_tokens: is(16, 500),
    max_tool_calls: is(3),
    temperature: is(0, 0.5, 1.7),
    top_p: is(0.9, 1),
    top_logprobs: is(0, 3),
    reasoning: object(
      {},
      {
        effort: is('none', 'minimal', 'low', 'medium', 'high', 'xhigh', null),
        summary: is('auto', 'detailed', null),
        context: is('auto'),
        ...unknown,
      },
    ),
    text: object({}, { format, verbosity: is('low', 'medium'), ...unknown }),
    metadata: fc.dictionary(is('team', 'a', 'user_id'), text, { maxKeys: 2, noNullPrototype: true }),
    store: fc.boolean(),
    include: is(['reasoning.encrypted_content'], []),
    prompt_cache_key: is('k', ''),
    prompt_cache_retention: is('24h'),
    safety_identifier: is('user-1', 'u'.repeat(100)),
    user: is('user-2'),
    service_tier: is('auto', 'default', 'flex', 'priority'),
    parallel_tool_calls: fc.boolean(),
    truncation: is('disabled', 'auto'),
    background: is(false),
    client_metadata: is({ a: 'b' }),
    tools: many(tool),
    tool_choice: choice,
    stream: fc.boolean(),
    stream_options: is({ include_obfuscation: false }),
    ...unknown,
  },
)

const usage = object({
  input_tokens: is(112),
  input_tokens_details: object({ cached_tokens: is(0, 100) }, { cache_write_tokens: is(0, 3) }),
  output_tokens: is(7),
  output_tokens_details: object({ reasoning_tokens: is(0, 2) }),
  total_tokens: is(119),
})
const part = fc.oneof(
  object({ type: is('output_text'), text: prose, annotations: is([]), logprobs: is([]) }),
  object({ type: is('refusal'), refusal: prose }),
)
const thought = object(
  { type: is('reasoning'), summary: many(object({ type: is('summary_text'), text: prose }), 2) },
  { encrypted_content: is('gAAAAB') },
)
const told = object({ type: is('message'), status: is('completed'), role: is('assistant'), content: many(part, 2, 1) })
const made = object({
  type: is('function_call'),
  status: is('completed'),
  call_id: callId,
  name: toolName,
  arguments: input.map((value) => JSON.stringify(value)),
})
const PREFIX: Record<string, string> = { reasoning: 'rs', message: 'msg', function_call: 'fc' }
const ends = is<Json>(
  { status: 'completed', incomplete_details: null },
  { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
)

/** Ids of items differ, and ids of calls do: the provider answers so. */
export const reply: Arbitrary<Json> = fc
  .tuple(many(thought, 1), many(told, 2), fc.uniqueArray(made, { maxLength: 3, selector: (item) => item.call_id }), ends, usage)
  .map(([thoughts, messages, calls, end, counted]) => ({
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    error: null,
    instructions: null,
    metadata: {},
    model: 'gpt-5-2026-01-01',
    output: [...thoughts, ...messages, ...calls].map((item, i) => ({ id: `${PREFIX[item.type as string]}_${i}`, ...item })),
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage: counted,
    ...end,
  }))
