import { describe, expect, it } from 'vitest'
import { translate } from '../../src/transformers/translate.ts'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'

const ASKED: Record<ProtocolName, JsonObject> = {
  claude: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
  openai: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
  'openai-responses': { model: 'm', input: 'Hi', tools: [{ type: 'custom', name: 'patch' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
}
const ask = (from: ProtocolName, to: ProtocolName, stream = false) =>
  translate({ ...ASKED[from], ...(from !== 'gemini' && stream && { stream }) }, { from, to, model: 'm', clientModel: 'm', stream })

const events = (list: JsonObject[]) => list.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join('')

/** The data of what a stream becomes. */
function told(from: ProtocolName, to: ProtocolName, text: string): JsonObject[] {
  const translator = ask(from, to, true).translator()
  const out = translator.push(new TextEncoder().encode(text)) + translator.end()
  return [...out.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data!) as JsonObject)
}

it('what a Responses client is not told of a refusal has a notice', () => {
  const end = { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'cyber', explanation: 'This was declined.' } }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } }
  const lost = [{ in: 'reply', action: 'dropped', reason: 'why it was refused has no place here: This was declined.' }]
  const whole = ask('openai-responses', 'claude')
  expect(whole.response({ ...message, ...end })).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })
  expect(whole.notices.filter((notice) => notice.in === 'reply')).toMatchObject(lost)
  const streamed = ask('openai-responses', 'claude', true)
  const translator = streamed.translator()
  const list = [
    { type: 'message_start', message },
    { type: 'message_delta', delta: end, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ]
  expect(translator.push(new TextEncoder().encode(events(list))) + translator.end()).toContain(
    '"incomplete_details":{"reason":"content_filter"}',
  )
  expect(streamed.notices.filter((notice) => notice.in === 'reply')).toMatchObject(lost)
})

it('of several answers that are streamed the first is read, and the loss of the others told once', () => {
  const body = { ...ASKED.openai, n: 2, stream: true }
  const exchange = translate(body, { from: 'openai', to: 'openai', withoutReasoning: true })
  const translator = exchange.translator()
  const chunk = (index: number, delta: JsonObject, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index, delta, finish_reason }] })}\n\n`
  const text = chunk(0, { content: 'A' }) + chunk(1, { content: 'B' }) + chunk(0, {}, 'stop') + chunk(1, {}, 'stop') + 'data: [DONE]\n\n'
  const out = translator.push(new TextEncoder().encode(text)) + translator.end()
  expect(out).toContain('"A"')
  expect(out).not.toContain('"B"')
  expect(exchange.notices).toMatchObject([{ in: 'reply', action: 'dropped', path: '/choices/1' }])
})

it('a content filter is no refusal in the words of the model', () => {
  const cut = {
    id: 'resp_1',
    object: 'response',
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
    output: [{ type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'part', annotations: [] }] }],
  }
  const [choice] = ask('openai', 'openai-responses').response(cut).choices as JsonObject[]
  expect(choice).toMatchObject({ message: { content: 'part', refusal: null }, finish_reason: 'content_filter' })
  expect(ask('claude', 'openai-responses').response(cut)).toMatchObject({ stop_reason: 'refusal', stop_details: { explanation: null } })
})

it('a call that is cut off for want of room is none that the model made wrongly', () => {
  const list = told(
    'gemini',
    'claude',
    events([
      { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: {} } },
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'toolu_1', name: 'write', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"text":"Z' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' }, usage: { output_tokens: 9 } },
      { type: 'message_stop' },
    ]),
  )
  expect(list.at(-1)).toMatchObject({ candidates: [{ finishReason: 'MAX_TOKENS' }] })
})

describe('free text for a tool', () => {
  const chunk = (delta: JsonObject, finish_reason: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const input = (...pieces: JsonObject[]) => {
    const text = pieces.map((delta) => chunk(delta)).join('') + chunk({}, 'tool_calls') + 'data: [DONE]\n\n'
    const { output } = told('openai-responses', 'openai', text).at(-1)!.response as { output: JsonObject[] }
    return output.find(({ type }) => type === 'custom_tool_call')?.input
  }
  const call = (text: string, more?: JsonObject) => ({ tool_calls: [{ index: 0, custom: { input: text, ...more } }] })
  const first = (text: string) => ({ tool_calls: [{ index: 0, id: 'c1', type: 'custom', custom: { name: 'patch', input: text } }] })

  it('may say the same twice', () => expect(input(first('[]'), call('[]\nend'))).toBe('[][]\nend'))
  it('is not over where it could be JSON', () => expect(input(first('{}'), { content: 'so' }, call(' more'))).toBe('{} more'))
})

it('the limits of what an organization spends are no rate limits', () => {
  for (const error_code of ['contract_spend_limit_reached', 'linked_organization_spend_limit_reached']) {
    const error = { type: 'rate_limit_error', message: 'The limit has been reached.', details: { error_code } }
    const { headers, body } = ask('openai', 'claude').error(429, { type: 'error', error })
    expect(body).toMatchObject({ error: { code: 'insufficient_quota' } })
    expect(headers).toMatchObject({ 'x-should-retry': 'false' })
  }
})

it('what stands for the media of a result is said of the result that had some', () => {
  const image = { type: 'image', source: { type: 'url', url: 'https://x/a.png' } }
  const body = {
    ...ASKED.claude,
    tools: [{ name: 'b', input_schema: { type: 'object' } }],
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: ['t1', 't2'].map((id) => ({ type: 'tool_use', id, name: 'b', input: {} })) },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 't1', content: [image] },
          { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'unheard_of' }] },
        ],
      },
    ],
  }
  const messages = translate(body, { from: 'claude', to: 'openai' }).body.messages as JsonObject[]
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content))
  expect(results[0]).toContain('attached below')
  expect(results[1]).not.toContain('attached')
})

describe('strict schemas of OpenAI', () => {
  const format = (responseSchema: JsonObject) =>
    translate(
      { ...ASKED.gemini, generationConfig: { responseMimeType: 'application/json', responseSchema } },
      { from: 'gemini', to: 'openai-responses', model: 'm' },
    )
  const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }

  it.each([
    ['a list', { type: 'ARRAY', items: { type: 'STRING' } }],
    ['a text', { type: 'STRING', enum: ['a', 'b'] }],
    ['alternatives', { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }],
  ])('%s at the root cannot be guaranteed, which is told', (_, schema) => {
    const { body, notices } = format(schema)
    expect(body.text).toMatchObject({ format: { strict: false } })
    expect(notices).toMatchObject([{ action: 'approximated', path: '/generationConfig/responseSchema' }])
  })

  it('nor can defaults', () => {
    const ask = (schema: JsonObject) =>
      translate(
        { ...ASKED.gemini, generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } },
        { from: 'gemini', to: 'openai-responses', model: 'm' },
      ).body.text
    expect(ask(closed)).toMatchObject({ format: { strict: true } })
    expect(ask({ ...closed, properties: { a: { type: 'string', default: 'x' } } })).toMatchObject({ format: { strict: false } })
  })
})

it('rounds that tell no counts take none away', () => {
  const usage = { input_tokens: 1, output_tokens: 2, iterations: [{ type: 'message', input_tokens: 'many', output_tokens: null }] }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: 'end_turn', usage }
  expect(ask('openai', 'claude').response(message).usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 2 })
})

it('works that a stream recites are told once, however often it tells them', () => {
  const citationMetadata = { citations: [{ uri: 'https://x/a', startIndex: 0, endIndex: 2 }] }
  const chunk = (text: string, end?: string) =>
    `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] }, citationMetadata, ...(end && { finishReason: end }) }] })}\n\n`
  const list = told('claude', 'gemini', chunk('ab') + chunk('cd') + chunk('ef', 'STOP'))
  expect(list.filter(({ delta }) => (delta as JsonObject | undefined)?.type === 'citations_delta')).toHaveLength(1)
})

describe('what a client is not told of an answer has a notice', () => {
  const ofReply = (exchange: ReturnType<typeof ask>) =>
    exchange.notices.filter((notice) => notice.in === 'reply').map(({ action, path }) => `${action} ${path}`)
  const message = (message: JsonObject) => ({ id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }] })
  const chunks = (...deltas: JsonObject[]) =>
    [...deltas.map((delta) => ({ index: 0, delta, finish_reason: null })), { index: 0, delta: {}, finish_reason: 'stop' }]
      .map(
        (choice) => `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`,
      )
      .join('')
  const stream = (exchange: ReturnType<typeof ask>, text: string) => {
    const translator = exchange.translator()
    return translator.push(new TextEncoder().encode(text)) + translator.end()
  }

  it('sources without a link', () => {
    const annotation = { type: 'file_citation', file_id: 'file-1', filename: 'a.pdf', index: 3 }
    const content = [{ type: 'output_text', text: 'So it is.', annotations: [annotation] }]
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }]
    const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output }
    const whole = ask('claude', 'openai-responses')
    expect(whole.response(response).content).toEqual([{ type: 'text', text: 'So it is.' }])
    expect(ofReply(whole)).toEqual(['dropped /output/0/content/0/annotations/0'])
    const streamed = ask('claude', 'openai-responses', true)
    expect(stream(streamed, events([{ type: 'response.completed', response }]))).toContain('So it is.')
    expect(ofReply(streamed)).toHaveLength(1)
  })

  it("Mistral's references", () => {
    const reference = { type: 'reference', reference_ids: [0, 1] }
    const whole = ask('claude', 'openai')
    whole.response(message({ role: 'assistant', content: [{ type: 'text', text: 'So it is.' }, reference, { type: 'text', text: null }] }))
    expect(ofReply(whole)).toEqual(['dropped /choices/0/message/content/1'])
    const streamed = ask('claude', 'openai', true)
    const text = stream(streamed, chunks({ content: [{ type: 'text', text: 'So' }, reference] }, { content: [reference] }))
    expect(text).toContain('"So"')
    expect(ofReply(streamed)).toEqual(['dropped /choices/0/delta/content'])
    const own = translate(ASKED.openai, { from: 'openai', to: 'openai', adjust: (chat) => chat })
    own.response(message({ role: 'assistant', content: [{ type: 'text', text: 'So' }, reference] }))
    expect(ofReply(own)).toEqual([])
  })

  it('sound in a stream, of which the words are told', () => {
    const streamed = ask('gemini', 'openai', true)
    const spoken = chunks({ audio: { id: 'a', transcript: 'Hello' } }, { audio: { data: 'AAAA' } }, { audio: { data: 'BBBB' } })
    expect(stream(streamed, spoken)).toContain('"Hello"')
    expect(ofReply(streamed)).toEqual(['dropped /choices/0/delta/audio/data'])
  })

  it('but images and refusals among the parts of a stream are told', () => {
    const streamed = ask('gemini', 'openai', true)
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const text = stream(streamed, chunks({ content: [image] }, { content: [{ type: 'refusal', refusal: 'No.' }] }))
    expect(text).toContain('{"inlineData":{"mimeType":"image/png","data":"AAAA"}}')
    expect(text).toContain('"No."')
    expect(ofReply(streamed)).toEqual([])
  })
})

it('a call without a name is none, which is noted', () => {
  const nameless = { id: 'call_1', type: 'function', function: { arguments: '{}' } }
  const named = { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{}' } }
  const whole = ask('claude', 'openai')
  const answer = { id: 'c', choices: [{ message: { tool_calls: [nameless, named] }, finish_reason: 'tool_calls' }] }
  expect(whole.response(answer).content).toMatchObject([{ type: 'tool_use', name: 'f' }])
  expect(whole.notices).toContainEqual(expect.objectContaining({ in: 'reply', action: 'dropped', path: '/choices/0/message/tool_calls/0' }))
  const streamed = ask('claude', 'openai', true)
  const translator = streamed.translator()
  const deltas = [nameless, named].map((call, index) => ({ ...call, index }))
  const chunk = { id: 'c', choices: [{ index: 0, delta: { tool_calls: deltas }, finish_reason: 'tool_calls' }] }
  const text = translator.push(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`)) + translator.end()
  expect(text.match(/"type":"tool_use"/g)).toHaveLength(1)
  expect(streamed.notices).toContainEqual(expect.objectContaining({ in: 'reply', action: 'dropped', path: '/choices/0/delta/tool_calls' }))
})
