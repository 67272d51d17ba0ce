import { describe, expect, it } from 'vitest'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate } from '../../../src/transformers/translate.ts'

const decode = (body: unknown) => gemini.decodeRequest(body, { model: 'gemini-3-pro' })

it('takes model and stream from the URL', () => {
  expect(gemini.decodeRequest({ contents: 'hi' }, { model: 'gemini-3-pro', stream: true })).toMatchObject({
    model: 'gemini-3-pro',
    stream: true,
  })
})

describe('case 32: both spellings', () => {
  const snake = {
    system_instruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'go' }, { inline_data: { mime_type: 'image/png', data: '_-8=' } }] },
      { role: 'model', parts: [{ function_call: { name: 'look', args: { where_to: 1 } }, thought_signature: 'AAAA' }] },
      { role: 'user', parts: [{ function_response: { name: 'look', response: { some_key: 2 } } }] },
    ],
    tools: {
      function_declarations: [
        { name: 'look', parameters: { type: 'OBJECT', properties: { where_to: { type: 'STRING', min_length: '2' } } } },
      ],
    },
    tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['look'] } },
    generation_config: { max_output_tokens: 5, thinking_config: { include_thoughts: true, thinking_budget: 99 }, media_resolution: 'X' },
    safety_settings: [],
  }
  it('say the same', () => {
    const chat = decode(snake)
    expect(chat).toMatchObject({
      maxTokens: 5,
      reasoning: { mode: 'on', budget: 99, show: 'summary' },
      toolChoice: { type: 'tool', name: 'look' },
      tools: [{ name: 'look', parameters: { type: 'object', properties: { where_to: { type: 'string', minLength: 2 } } } }],
    })
    expect(chat.messages[0]?.parts[1]).toMatchObject({ type: 'image', source: { data: '/+8=' } })
    expect(chat.messages[1]?.parts[0]).toMatchObject({ input: { where_to: 1 }, opaque: { data: 'AAAA' } })
    expect(chat.messages[2]?.parts[0]).toMatchObject({ parts: [{ text: '{"some_key":2}' }] })
  })
  it('are pointed at as they were written', () => {
    const { notices } = translate(snake, { from: 'gemini', to: 'claude', clientModel: 'g', model: 'claude-sonnet-5', stream: false })
    const paths = notices.map(({ path }) => path)
    expect(paths).toContain('/safety_settings')
    expect(paths).toContain('/generation_config/media_resolution')
    expect(paths).toContain('/contents/1/parts/0/thought_signature')
  })
})

it('takes what the SDKs take for contents', () => {
  const texts = (contents: unknown) =>
    decode({ contents }).messages.map(({ role, parts }) => [role, parts.map((part) => ('text' in part ? part.text : ''))])
  expect(texts('hi')).toEqual([['user', ['hi']]])
  expect(texts({ parts: { text: 'hi' } })).toEqual([['user', ['hi']]])
  expect(texts([{ parts: [{ text: 'a' }] }, { role: 'model', parts: [{ text: 'b' }] }])).toEqual([
    ['user', ['a']],
    ['assistant', ['b']],
  ])
  expect(texts([{ text: 'a' }])).toEqual([['user', ['a']]])
})

it('reads bodies of countTokens', () => {
  expect(decode({ contents: 'hi' }).messages).toHaveLength(1)
  const wrapped = decode({
    generateContentRequest: { model: 'models/x', contents: [{ parts: [{ text: 'hi' }] }], systemInstruction: { parts: [{ text: 's' }] } },
  })
  expect(wrapped).toMatchObject({ at: '/generateContentRequest', system: [{ text: 's' }] })
})

it.each([
  [{ contents: 5 }, /contents: expected a list/],
  [{ contents: [{ role: 'system', parts: [] }] }, /contents\[0\]\.role: expected "user" or "model"/],
  [{ contents: [{ role: 'user', parts: [{ text: 5 }] }] }, /contents\[0\]\.parts\[0\]\.text: expected a string/],
  [{ contents: 'hi', generationConfig: { temperature: 'hot' } }, /generationConfig\.temperature: expected a number/],
  [{ contents: 'hi', tools: [{ functionDeclarations: [{}] }] }, /functionDeclarations\[0\]\.name: expected a string/],
])('refuses %j and names the field', (body, message) => expect(() => decode(body)).toThrow(message))

const turn = (calls: object[], results: object[]) => ({
  contents: [
    { role: 'user', parts: [{ text: 'go' }] },
    { role: 'model', parts: calls.map((functionCall) => ({ functionCall })) },
    { role: 'user', parts: results.map((functionResponse) => ({ functionResponse })) },
  ],
})
const pairsOf = (body: unknown) => {
  const [, model, user] = decode(body).messages
  const calls = model!.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
  const answered = user!.parts.flatMap((part) => (part.type === 'tool-result' ? [calls.indexOf(part.callId)] : []))
  return { calls, answered }
}

describe('ids', () => {
  it('case 10: are made for each call, and results belong by name in order', () => {
    const { calls, answered } = pairsOf(turn([{ name: 'a' }, { name: 'b' }, { name: 'a' }], [{ name: 'a' }, { name: 'a' }, { name: 'b' }]))
    expect(new Set(calls).size).toBe(3)
    expect(answered).toEqual([0, 2, 1])
  })
  it('keep apart from given ones', () => {
    const { calls } = pairsOf(turn([{ name: 'a' }, { id: 'call_1', name: 'a' }], []))
    expect(calls).toEqual(['call_2', 'call_1'])
  })
  it('of results may be an invention, where the calls have none', () => {
    expect(
      pairsOf(
        turn(
          [{ name: 'a' }, { name: 'b' }],
          [
            { id: 'x', name: 'b' },
            { id: 'y', name: 'a' },
          ],
        ),
      ).answered,
    ).toEqual([1, 0])
  })
  it('that answer nothing stay what they are', () => {
    expect(pairsOf(turn([{ id: 'c1', name: 'a' }], [{ id: 'c2', name: 'a' }])).answered).toEqual([-1])
  })
})

describe("case 33: a tool's result", () => {
  const read = (response: unknown) => {
    const part = decode(turn([{ name: 'a' }], [{ name: 'a', response }])).messages[2]!.parts[0]!
    return part.type === 'tool-result' ? [part.parts.map((inner) => ('text' in inner ? inner.text : '')).join(), part.isError ?? false] : []
  }
  it.each([
    [{ output: 'x' }, ['x', false]],
    [{ result: 'x' }, ['x', false]],
    [{ content: { a: 1 } }, ['{"a":1}', false]],
    [{ error: 'bad' }, ['bad', true]],
    [{ error: null, x: 1 }, ['{"error":null,"x":1}', false]],
    [{ a: 1, b: 2 }, ['{"a":1,"b":2}', false]],
    [{}, ['{}', false]],
    [undefined, ['', false]],
  ])('%j', (response, expected) => expect(read(response)).toEqual(expected))
})

it('reads what tools may be called', () => {
  const choice = (functionCallingConfig: object) =>
    decode({ contents: 'hi', tools: [{ functionDeclarations: [{ name: 'a' }] }], toolConfig: { functionCallingConfig } }).toolChoice
  expect(choice({ mode: 'ANY' })).toMatchObject({ type: 'required' })
  expect(choice({ mode: 'any', allowedFunctionNames: ['a', 'b'] })).toMatchObject({ type: 'allowed', mode: 'required', names: ['a', 'b'] })
  expect(choice({ mode: 'NONE' })).toMatchObject({ type: 'none' })
  expect(choice({})).toMatchObject({ type: 'auto' })
  expect(choice({ mode: 'VALIDATED' })).toMatchObject({ type: 'auto', extra: { gemini: { mode: 'VALIDATED' } } })
})

it('makes tools strict that VALIDATED can keep strict elsewhere', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }
  const chat = decode({
    contents: 'hi',
    tools: [{ functionDeclarations: [{ name: 'a', parametersJsonSchema: parameters }] }],
    toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } },
  })
  expect(chat.tools[0]).toMatchObject({ strict: true })
  expect(chat.toolChoice?.extra).toBeUndefined()
})

it.each([
  [{ thinkingBudget: 0 }, { mode: 'off' }],
  [{ thinkingBudget: -1 }, { mode: 'adaptive' }],
  [
    { thinkingBudget: 4096, includeThoughts: true },
    { mode: 'on', budget: 4096, show: 'summary' },
  ],
  [
    { thinkingLevel: 'HIGH', includeThoughts: false },
    { effort: 'high', show: 'hidden' },
  ],
])('reads thinking %j', (thinkingConfig, reasoning) => {
  expect(decode({ contents: 'hi', generationConfig: { thinkingConfig } }).reasoning).toMatchObject(reasoning)
})
