/** Hard cases of the ledgers that take two protocols to show. */
import { describe, expect, it } from 'vitest'
import { sealOpaque } from '../../src/core/envelope.ts'
import { isFailureError, type Failure } from '../../src/core/failure.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { translate } from '../../src/transformers/translate.ts'
import { officially, parsed } from './openai-responses/run.ts'

const sse = (events: object[]) =>
  new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n')
const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'glm',
  choices: [{ index: 0, delta, finish_reason }],
})
const call = (index: number, id: string, name: string) => ({
  tool_calls: [{ index, id, type: 'function', function: { name, arguments: '{}' } }],
})

/** What a Responses client gets of a Chat Completions stream. */
function streamed(events: object[]): string {
  const tools = ['ls', 'cat'].map((name) => ({ type: 'function', name, parameters: { type: 'object', properties: {} }, strict: false }))
  const exchange = translate(
    { model: 'gpt-5.4', input: 'hi', stream: true, tools },
    { from: 'openai-responses', to: 'openai', model: 'glm' },
  )
  const translator = exchange.translator()
  return translator.push(sse(events)) + translator.end()
}

/** Where each item stands, as its events have it, and as the response at the end lists them. */
async function placed(events: object[]): Promise<{ told: [unknown, unknown][]; listed: string[] }> {
  const text = streamed(events)
  const told = parsed(text)
    .filter((event) => event.type === 'response.output_item.added')
    .map((event): [unknown, unknown] => [event.output_index, (event.item as JsonObject).type])
  const { output } = await officially(text)
  return { told, listed: output.map((item) => item.type) }
}

describe('items of a Responses stream are numbered as they come, whatever numbers the upstream has', () => {
  it('Responses case 1: reasoning and a call that the upstream counts from 0', async () => {
    const { told, listed } = await placed([chunk({ reasoning_content: 'hm' }), chunk(call(0, 'call_1', 'ls')), chunk({}, 'tool_calls')])
    expect(told).toEqual([
      [0, 'reasoning'],
      [1, 'function_call'],
    ])
    expect(listed).toEqual(['reasoning', 'function_call'])
  })
  it('Responses case 2: a call, then text', async () => {
    const { told, listed } = await placed([chunk(call(0, 'call_1', 'ls')), chunk({ content: 'done' }), chunk({}, 'tool_calls')])
    expect(told).toEqual([
      [0, 'function_call'],
      [1, 'message'],
    ])
    expect(listed).toEqual(['function_call', 'message'])
  })
  it('Responses case 3: calls that are counted from 1, with a gap', async () => {
    const { told, listed } = await placed([chunk(call(1, 'call_1', 'ls')), chunk(call(4, 'call_2', 'cat')), chunk({}, 'tool_calls')])
    expect(told).toEqual([
      [0, 'function_call'],
      [1, 'function_call'],
    ])
    expect(listed).toEqual(['function_call', 'function_call'])
  })
})

describe('Responses case 23: encrypted reasoning of another account or provider', () => {
  const blob = sealOpaque({ by: 'openai-responses', origin: 'one.example.com', form: 'encrypted', id: 'rs_1', data: 'gAAAA' })
  const messages = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: blob },
        { type: 'text', text: 'Hello' },
      ],
    },
    { role: 'user', content: 'And?' },
  ]
  const asked = (more: object) =>
    translate({ model: 'claude-opus-5-5', max_tokens: 64, messages }, { from: 'claude', to: 'openai-responses', model: 'gpt-5.4', ...more })

  it('comes back to where it was minted', () => {
    expect(JSON.stringify(asked({ origin: 'one.example.com' }).body)).toContain('"encrypted_content":"gAAAA"')
  })
  it('is left out elsewhere, with its item and aloud', () => {
    const { body, notices } = asked({ origin: 'two.example.com' })
    expect(JSON.stringify(body)).not.toMatch(/gAAAA|rs_1/)
    expect(notices).toContainEqual(expect.objectContaining({ action: 'dropped', path: '/messages/1/content/0', minor: true }))
  })
  it('is left out on the second try, after its own provider refused it', () => {
    const { body, notices } = asked({ origin: 'one.example.com', withoutReasoning: true })
    expect(JSON.stringify(body)).not.toMatch(/gAAAA|rs_1/)
    expect(notices.map((notice) => notice.reason).join()).toContain('refused')
  })
})

describe('hard case 26: one call at a time, and no tool choice', () => {
  const tools = [{ type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } }]
  const asked = (more: object) =>
    translate(
      { model: 'gpt-5.4', tools, parallel_tool_calls: false, messages: [{ role: 'user', content: 'Hi' }], ...more },
      { from: 'openai', to: 'claude', model: 'claude-sonnet-5' },
    ).body
  it('becomes a choice that says so', () => {
    expect(asked({}).tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
  })
  it('joins the choice there is, unless none may be called', () => {
    expect(asked({ tool_choice: 'required' }).tool_choice).toMatchObject({ disable_parallel_tool_use: true })
    expect(asked({ tool_choice: 'none' }).tool_choice).toEqual({ type: 'none' })
  })
})

describe('what only Claude holds', () => {
  const asked = (more: object) =>
    translate(
      { model: 'claude-opus-5-5', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }], ...more },
      { from: 'claude', to: 'openai', model: 'gpt-5.4' },
    )
  const refusal = (more: object): Failure | undefined => {
    try {
      asked(more)
      return undefined
    } catch (error) {
      if (isFailureError(error)) return error.failure
      throw error
    }
  }
  it('is refused by its name, so that Claude Code asks without it', () => {
    expect(refusal({ safeguards: {} })).toMatchObject({
      status: 400,
      param: 'safeguards',
      message: expect.stringMatching(/^safeguards/) as string,
    })
  })
  it('is not found, where the conversation is in a thread', () => {
    expect(refusal({ thread: { id: 't' } })).toMatchObject({ status: 404, code: 'thread_not_found' })
  })
})

describe("a search of the web by Claude's own tool", () => {
  it('is an item of a Responses answer, and its pages are the citations of the text', () => {
    const exchange = translate(
      { model: 'gpt-5.4', input: 'news?', tools: [{ type: 'web_search' }] },
      { from: 'openai-responses', to: 'claude', model: 'claude-sonnet-5' },
    )
    const citation = {
      type: 'web_search_result_location',
      url: 'https://example.com',
      title: 'News',
      cited_text: 'Sun',
      encrypted_index: 'x',
    }
    const { output } = exchange.response({
      id: 'msg_1', type: 'message', role: 'assistant', model: 'c', stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 },
      content: [
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'news today' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
        { type: 'text', text: 'Sun.', citations: [citation] },
      ],
    }) // prettier-ignore
    expect(output).toMatchObject([
      { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'news today' } },
      { type: 'message', content: [{ text: 'Sun.', annotations: [{ type: 'url_citation', url: 'https://example.com' }] }] },
    ])
  })
})

describe("the computer toolset, which is the client's to run", () => {
  const body = {
    model: 'claude-opus-5-5',
    max_tokens: 64,
    tools: [{ type: 'computer_toolset_20260801', configs: { zoom: { enabled: false } } }],
    messages: [
      { role: 'user', content: 'Click.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'screenshot', toolset_name: 'computer', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', toolset_name: 'computer', content: 'a window' }] },
    ],
  }
  const asked = translate(body, { from: 'claude', to: 'openai', model: 'gpt-5.4', strict: true })
  const called = { id: 'call_1', type: 'function', function: { name: 'computer__left_click', arguments: '{"coordinate":[1,2]}' } }
  const use = { type: 'tool_use', name: 'left_click', toolset_name: 'computer' }

  it('is a function for each member that is on, and so are calls of the past', () => {
    const names = (asked.body.tools as { function: { name: string } }[]).map((tool) => tool.function.name)
    expect(names).toHaveLength(16)
    expect(names).toContain('computer__left_click')
    expect(names).not.toContain('computer__zoom')
    expect(JSON.stringify(asked.body.messages)).toContain('"name":"computer__screenshot"')
  })
  it('gets its calls back as the members it knows', () => {
    const message = { role: 'assistant', content: null, tool_calls: [called] }
    const whole = asked.response({
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'g',
      choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    })
    expect(whole.content).toMatchObject([{ ...use, input: { coordinate: [1, 2] } }])
    const translator = asked.translator()
    const out = translator.push(sse([chunk({ tool_calls: [{ index: 0, ...called }] }), chunk({}, 'tool_calls')])) + translator.end()
    expect(out).toContain('"name":"left_click"')
    expect(out).toContain('"toolset_name":"computer"')
  })
  it('is one entry again for Claude itself', () => {
    const again = translate(body, { from: 'claude', to: 'claude', model: 'claude-opus-5-5', withoutReasoning: true })
    expect(again.body).toEqual(body)
  })
})
