/** Chat Completions: https://platform.openai.com/docs/api-reference/chat/create */
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
const textPart = object({ type: is('text'), text }, marked)
const userPart = fc.oneof(
  { weight: 4, arbitrary: textPart },
  object(
    { type: is('image_url'), image_url: object({ url: fc.oneof(dataUrl('image/png'), links) }, { detail: is('low', 'high', 'auto') }) },
    marked,
  ),
  object({ type: is('input_audio'), input_audio: object({ data: is('UklGRg=='), format: is('wav', 'mp3') }) }, marked),
  object({ type: is('file'), file: fc.oneof(object({ file_data: dataUrl('application/pdf') }, { filename: prose })) }, marked),
)
const json = fc.oneof({ weight: 5, arbitrary: input.map((value) => JSON.stringify(value)) }, is('', '{"a": 1}', '{"a":', '[1]', '"{}"'))
const call = (id: string) =>
  fc.oneof(
    { weight: 5, arbitrary: object({ id: is(id), type: is('function'), function: object({ name: toolName, arguments: json }) }, unknown) },
    object({ id: is(id), type: is('custom'), custom: object({ name: toolName, input: text }) }),
  )
const spoken = (ids: string[]): Arbitrary<Json> =>
  object(
    {
      role: is('assistant'),
      content: fc.oneof(is(null), text, many(fc.oneof(textPart, object({ type: is('refusal'), refusal: prose })), 2, 1)),
      ...(ids.length && { tool_calls: fc.tuple(...ids.map(call)) }),
    },
    { refusal: fc.oneof(is(null), prose), name: is('bot'), reasoning_content: text, ...unknown },
  )
const answer = (id: string) => object({ role: is('tool'), tool_call_id: is(id), content: fc.oneof(text, many(textPart, 2)) }, unknown)
const messages = conversation<Json>({
  ask: object({ role: is('user'), content: fc.oneof(prose, many(userPart, 3, 1)) }, { name: is('ann'), ...unknown }),
  aside: object({ role: is('system', 'developer'), content: fc.oneof(text, many(textPart, 2, 1)) }, { name: is('boss') }),
  answer: (ids) => spoken(ids).map((message) => [message]),
  results: (ids) => fc.tuple(...ids.map(answer)),
})

const declared = object({ name: toolName }, { description: text, parameters: schema, strict: fc.oneof(fc.boolean(), is(null)), ...unknown })
const tool = fc.oneof(
  { weight: 4, arbitrary: object({ type: is('function'), function: declared }, unknown) },
  object({
    type: is('custom'),
    custom: object(
      { name: toolName },
      {
        description: text,
        format: is<Json>({ type: 'text' }, { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /.+/' } }),
      },
    ),
  }),
)
const chosen = object({ type: is('function'), function: object({ name: toolName }) })
const choice = fc.oneof(
  is<unknown>('auto', 'none', 'required'),
  chosen,
  object({ type: is('custom'), custom: object({ name: toolName }) }),
  object({ type: is('allowed_tools'), allowed_tools: object({ mode: is('auto', 'required'), tools: many(chosen, 2, 1) }) }),
)
const format = fc.oneof(
  is<Json>({ type: 'text' }, { type: 'json_object' }),
  object({
    type: is('json_schema'),
    json_schema: object({ name: is('title'), schema }, { strict: fc.boolean(), description: text, ...unknown }),
  }),
)

export const request: Arbitrary<Json> = object(
  { model: is('gpt-4.1', 'gpt-5.2'), messages },
  {
    max_tokens: is(1, 500),
    max_completion_tokens: is(1, 500),
    temperature: is(0, 0.5, 1.7),
    top_p: is(0.9, 1),
    frequency_penalty: is(0, 0.5),
    presence_penalty: is(0, -0.5),
    seed: is(0, 7),
    stop: fc.oneof(is<unknown>('END', null), many(is('END', 'STOP', 'x', '\n'), 4)),
    n: is(1, 2),
    user: is('user-1', 'u'.repeat(100)),
    safety_identifier: is('user-2'),
    metadata: fc.oneof(is<unknown>(null), fc.dictionary(is('team', 'a', 'user_id'), text, { maxKeys: 2, noNullPrototype: true })),
    store: fc.boolean(),
    service_tier: is('auto', 'default', 'flex', 'priority'),
    prompt_cache_key: is('k', ''),
    prompt_cache_options: is<Json>({ mode: 'implicit' }, { mode: 'explicit', ttl: '30m' }),
    verbosity: is('low', 'medium'),
    logit_bias: is({ '50256': -100 }),
    logprobs: fc.boolean(),
    top_logprobs: is(0, 3),
    reasoning_effort: is('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
    response_format: format,
    tools: many(tool),
    tool_choice: choice,
    parallel_tool_calls: fc.boolean(),
    stream: fc.boolean(),
    stream_options: object({}, { include_usage: fc.boolean(), include_obfuscation: fc.boolean() }),
    web_search_options: is<Json>(
      {},
      { search_context_size: 'low', user_location: { type: 'approximate', approximate: { country: 'DE' } } },
    ),
    modalities: is(['text']),
    prediction: is({ type: 'content', content: 'x' }),
    ...unknown,
  },
)

const usage = object(
  { prompt_tokens: is(112), completion_tokens: is(7), total_tokens: is(119) },
  {
    prompt_tokens_details: object({ cached_tokens: is(0, 100) }, { cache_write_tokens: is(0, 3) }),
    completion_tokens_details: object({ reasoning_tokens: is(0, 2) }),
  },
)
const whole = (message: Json, finish_reason: string, counted: Json) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4.1-2026-01-01',
  choices: [{ index: 0, message: { role: 'assistant', refusal: null, ...message }, logprobs: null, finish_reason }],
  usage: counted,
})
const content = fc.oneof(is(null), prose)
const made = (id: string, index: number) =>
  object({
    id: is(id || `call_${index}`),
    type: is('function'),
    function: object({ name: toolName, arguments: input.map((value) => JSON.stringify(value)) }),
  })

export const reply: Arbitrary<Json> = fc.oneof(
  fc
    .tuple(object({ content }, { refusal: prose, reasoning_content: prose }), is('stop', 'length', 'content_filter'), usage)
    .map(([message, finish, counted]) => whole(message, finish, counted)),
  fc
    .tuple(object({ content }, { reasoning_content: prose }), many(callId, 3, 1), usage)
    .chain(([message, ids, counted]) =>
      fc.tuple(...ids.map(made)).map((tool_calls) => whole({ ...message, tool_calls }, 'tool_calls', counted)),
    ),
)
