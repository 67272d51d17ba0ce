/** Claude Messages: https://platform.claude.com/docs/en/api/messages */
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

const cache = is({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '5m' }, { type: 'ephemeral', ttl: '1h' })
const marked = { cache_control: cache, ...unknown }
const block = (type: string, required: Record<string, Arbitrary<unknown>>, optional: Record<string, Arbitrary<unknown>> = marked) =>
  object({ type: is(type), ...required }, optional)

const plain = block('text', { text })
const base64 = (...types: string[]) => object({ type: is('base64'), media_type: is(...types), data: imageData })
const link = object({ type: is('url'), url: links })
const image = block('image', { source: fc.oneof(base64('image/png', 'image/webp'), link) })
const textSource = object({ type: is('text'), media_type: is('text/plain'), data: prose })
const blocksSource = object({
  type: is('content'),
  content: fc.oneof(prose, many(fc.oneof(block('text', { text: prose }, {}), image), 2, 1)),
})
const document = block(
  'document',
  { source: fc.oneof(base64('application/pdf'), link, textSource, blocksSource) },
  { title: prose, context: prose, citations: object({ enabled: fc.boolean() }), ...marked },
)
const searchResult = block('search_result', { source: links, title: prose, content: many(block('text', { text: prose }, {}), 2, 1) })
const userBlock = fc.oneof({ weight: 4, arbitrary: plain }, image, document, searchResult)

const cited = block('text', {
  text: prose,
  citations: many(
    object({ type: is('web_search_result_location'), url: links, title: prose, cited_text: prose, encrypted_index: is('x') }),
    2,
  ),
})
const thinking = block('thinking', { thinking: text, signature: is('EqoB', 'EqoBCkYIBxgC') }, {})
const redacted = block('redacted_thinking', { data: is('EmwK') }, {})
const search = is<Json[]>([
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'weather' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ type: 'web_search_result', url: 'https://example.com', title: 'Weather', encrypted_content: 'abc', page_age: null }],
  },
])
const call = (id: string) => block('tool_use', { id: is(id), name: toolName, input })
const calls = (ids: string[]) => fc.tuple(...[...new Set(ids)].map(call))
const said = fc.tuple(
  many(fc.oneof(thinking, redacted), 1),
  many(fc.oneof(plain, cited), 2),
  fc.oneof(is<Json[]>([]), is<Json[]>([]), search),
)
const spoken = (ids: string[]): Arbitrary<Json[]> =>
  fc.tuple(said, calls(ids)).map(([[thoughts, words, searched], made]) => [...thoughts, ...searched, ...words, ...made])

const result = (id: string) =>
  block(
    'tool_result',
    { tool_use_id: is(id) },
    {
      content: fc.oneof(text, many(fc.oneof(plain, image, document, block('tool_reference', { tool_name: toolName }, {})), 2)),
      is_error: fc.boolean(),
      ...marked,
    },
  )

const messages = conversation<Json>({
  ask: object({ role: is('user'), content: fc.oneof(prose, many(userBlock, 3, 1)) }, unknown),
  aside: object({ role: is('system'), content: fc.oneof(prose, many(plain, 2, 1)) }),
  answer: (ids) => spoken(ids).map((content) => (content.length ? [{ role: 'assistant', content }] : [])),
  results: (ids) =>
    fc.tuple(fc.tuple(...ids.map(result)), many(userBlock, 1)).map(([results, more]) => [{ role: 'user', content: [...results, ...more] }]),
})

const tool = fc.oneof(
  {
    weight: 4,
    arbitrary: object(
      { name: toolName, input_schema: schema },
      { description: text, strict: fc.boolean(), defer_loading: fc.boolean(), ...marked },
    ),
  },
  object({ type: is('custom'), name: toolName, input_schema: schema }, { allowed_callers: is(['direct'], ['code_execution_20250825']) }),
  object(
    { type: is('web_search_20250305'), name: is('web_search') },
    { max_uses: is(1, 5), allowed_domains: is(['example.com']), user_location: is({ type: 'approximate', country: 'DE' }) },
  ),
  object({ type: is('bash_20250124'), name: is('bash') }),
  object({ type: is('text_editor_20250728'), name: is('str_replace_based_edit_tool') }, { max_characters: is(100) }),
  object({ type: is('code_execution_20250825'), name: is('code_execution') }),
)
const choice = fc.oneof(
  object({ type: is('auto', 'any') }, { disable_parallel_tool_use: fc.boolean() }),
  is({ type: 'none' }),
  object({ type: is('tool'), name: toolName }, { disable_parallel_tool_use: fc.boolean() }),
)
const format = object({ type: is('json_schema'), schema })

export const request: Arbitrary<Json> = object(
  { model: is('claude-sonnet-5', 'claude-opus-4-5', 'claude-3-5-haiku-latest'), max_tokens: is(1, 1024, 64000), messages },
  {
    system: fc.oneof(prose, many(plain, 2)),
    temperature: is(0, 0.5, 1),
    top_p: is(0.9, 1),
    top_k: is(1, 40),
    stop_sequences: many(is('END', 'STOP', '\n\nHuman:', 'x', 'y'), 5),
    stream: fc.boolean(),
    metadata: object({}, { user_id: is('user-1', `{"session_id":"${'s'.repeat(200)}"}`), ...unknown }),
    service_tier: is('auto', 'standard_only'),
    thinking: fc.oneof(
      is({ type: 'disabled' }),
      object({ type: is('enabled'), budget_tokens: is(1024, 10_000) }, { display: is('summarized', 'omitted') }),
      object({ type: is('adaptive') }, { display: is('summarized', 'omitted') }),
    ),
    output_config: object({}, { effort: is('low', 'medium', 'high', 'xhigh', 'max'), format, ...unknown }),
    tools: many(tool),
    tool_choice: choice,
    cache_control: cache,
    container: is('container_1'),
    context_management: is({ edits: [{ type: 'clear_tool_uses_20250919' }] }),
    mcp_servers: is([{ type: 'url', url: 'https://example.com/mcp', name: 'files' }]),
    ...unknown,
  },
)

const usage = object(
  { input_tokens: is(0, 12), output_tokens: is(1, 70) },
  {
    cache_creation_input_tokens: is(0, 3),
    cache_read_input_tokens: is(0, 100),
    output_tokens_details: object({ thinking_tokens: is(0, 1) }),
  },
)
const stop = fc.oneof(
  is(
    { stop_reason: 'end_turn', stop_sequence: null },
    { stop_reason: 'max_tokens', stop_sequence: null },
    { stop_reason: 'refusal', stop_sequence: null },
  ),
  is({ stop_reason: 'stop_sequence', stop_sequence: 'END' }, { stop_reason: 'pause_turn', stop_sequence: null }),
  is({ stop_reason: 'model_context_window_exceeded', stop_sequence: null }),
)
const answered = (content: Json[], rest: Json) => ({
  id: 'msg_01',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  content,
  ...rest,
})
const words = many(fc.oneof(thinking, redacted, block('text', { text: prose }, {})), 3)

export const reply: Arbitrary<Json> = fc.oneof(
  fc.tuple(words, stop, usage).map(([content, ended, counted]) => answered(content, { ...ended, usage: counted })),
  fc
    .tuple(words, many(callId, 3, 1), usage)
    .chain(([content, ids, counted]) =>
      fc
        .tuple(...[...new Set(ids)].map((id) => block('tool_use', { id: is(id), name: toolName, input }, {})))
        .map((made) => answered([...content, ...made], { stop_reason: 'tool_use', stop_sequence: null, usage: counted })),
    ),
)
