/** Hard cases of the ledgers that take two protocols to show. */
import { describe, expect, it } from 'vitest'
import { sealOpaque } from '../../src/core/envelope.ts'
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
