import type OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { sessions } from '../../../src/router/sessions/sessions.ts'
import { call, createProvider, setUp, tools } from './provider.ts'

const ASK = { model: 'gpt-5.4' }
const PROTOCOLS: ProtocolName[] = ['claude', 'openai', 'gemini', 'openai-responses']

describe.each(PROTOCOLS)('a conversation by ids, with a provider of %s', (protocol) => {
  test('goes on', async () => {
    const { openai, heard, bodies } = setUp(protocol, ['Hello, Ann.', 'Ann.'])
    const first = await openai.responses.create({ ...ASK, input: 'I am Ann.' })
    const second = await openai.responses.create({ ...ASK, input: 'Who am I?', previous_response_id: first.id })
    expect(second.output_text).toBe('Ann.')
    expect(heard[1]).toEqual(['user: I am Ann.', 'assistant: Hello, Ann.', 'user: Who am I?'])
    expect(bodies[1]).not.toHaveProperty('previous_response_id')
  })

  test('goes on, streamed', async () => {
    const { openai, heard } = setUp(protocol, ['Hello, Ann.', 'Ann.', 'Still Ann.'])
    const first = await openai.responses.stream({ ...ASK, input: 'I am Ann.' }).finalResponse()
    const second = await openai.responses.stream({ ...ASK, input: 'Who am I?', previous_response_id: first.id }).finalResponse()
    await openai.responses.create({ ...ASK, input: 'And now?', previous_response_id: second.id })
    expect(heard[2]).toEqual(['user: I am Ann.', 'assistant: Hello, Ann.', 'user: Who am I?', 'assistant: Ann.', 'user: And now?'])
  })

  test('27: a tool’s result alone is enough', async () => {
    const { openai, heard } = setUp(protocol, [call('call_1'), 'Sunny.'])
    const first = await openai.responses.create({ ...ASK, tools, input: 'The weather?' })
    const asked = first.output.find((item) => item.type === 'function_call')!
    const second = await openai.responses.create({
      ...ASK,
      tools,
      input: [{ type: 'function_call_output', call_id: asked.call_id, output: '21 °C' }],
      previous_response_id: first.id,
    })
    expect(second.output_text).toBe('Sunny.')
    expect(heard[1]).toEqual(['user: The weather?', 'assistant calls get_weather', '21 °C came back'])
  })
})

test('27: a branch from an older response knows nothing of later turns', async () => {
  const { openai, heard } = setUp('claude', ['one', 'two', 'three', 'other'])
  const first = await openai.responses.create({ ...ASK, input: 'a' })
  const second = await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
  await openai.responses.create({ ...ASK, input: 'c', previous_response_id: second.id })
  await openai.responses.create({ ...ASK, input: 'd', previous_response_id: first.id })
  expect(heard[2]).toEqual(['user: a', 'assistant: one', 'user: b', 'assistant: two', 'user: c'])
  expect(heard[3]).toEqual(['user: a', 'assistant: one', 'user: d'])
})

test('27: an unknown response is refused in the provider’s words', async () => {
  const { openai, heard } = setUp('claude', [])
  const asked = openai.responses.create({ ...ASK, input: 'a', previous_response_id: 'resp_gone' })
  await expect(asked).rejects.toMatchObject({
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
    message: "400 Previous response with id 'resp_gone' not found.",
  })
  expect(heard).toEqual([])
})

test('an unknown response is left to a provider that may know it', async () => {
  const { openai, bodies } = setUp('openai-responses', ['one', 'two'])
  const first = await openai.responses.create({ ...ASK, input: 'a', previous_response_id: 'resp_theirs' })
  await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
  expect(bodies).toMatchObject([
    { input: 'a', previous_response_id: 'resp_theirs' },
    { input: 'b', previous_response_id: first.id },
  ])
})

test('27: what is not stored can be neither retrieved nor gone on from', async () => {
  const { openai } = setUp('claude', ['one'])
  const first = await openai.responses.create({ ...ASK, input: 'a', store: false })
  await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
  const second = openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
  await expect(second).rejects.toMatchObject({ code: 'previous_response_not_found' })
})

test('instructions and tools are not inherited', async () => {
  const { openai, bodies } = setUp('claude', ['one', 'two'])
  const first = await openai.responses.create({ ...ASK, tools, instructions: 'Be brief.', input: 'a' })
  await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
  expect(bodies[0]).toHaveProperty('system')
  expect(bodies[0]).toHaveProperty('tools')
  expect(bodies[1]).not.toHaveProperty('system')
  expect(bodies[1]).not.toHaveProperty('tools')
})

test('reasoning is inherited, for the provider that minted it', async () => {
  const thought = { type: 'reasoning' as const, text: 'Hm.', opaque: { by: 'claude' as const, data: 'signature' } }
  const { openai, bodies } = setUp('claude', [{ parts: [thought, { type: 'text', text: 'one' }] }, 'two'])
  const first = await openai.responses.create({ ...ASK, reasoning: { effort: 'low' }, input: 'a' })
  await openai.responses.create({ ...ASK, reasoning: { effort: 'low' }, input: 'b', previous_response_id: first.id })
  expect(JSON.stringify(bodies[1])).toContain('"thinking":"Hm.","signature":"signature"')
})

describe('28: a client that names the previous response and sends its conversation as well', () => {
  const start = async () => {
    const known = setUp('claude', ['one', call('call_1'), 'three', 'four'])
    const first = await known.openai.responses.create({ ...ASK, input: 'a' })
    const second = await known.openai.responses.create({ ...ASK, tools, input: 'b', previous_response_id: first.id })
    return { ...known, first, second }
  }
  const result = { type: 'function_call_output' as const, call_id: 'call_1', output: 'sunny' }
  const expected = ['user: a', 'assistant: one', 'user: b', 'assistant calls get_weather', 'sunny came back']

  test('all of it', async () => {
    const { openai, heard, first, second } = await start()
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'a' },
      ...(first.output as OpenAI.Responses.ResponseInput),
      { role: 'user', content: [{ type: 'input_text', text: 'b' }] },
      ...(second.output as OpenAI.Responses.ResponseInput),
      result,
    ]
    const third = await openai.responses.create({ ...ASK, tools, input, previous_response_id: second.id })
    expect(heard[2]).toEqual(expected)
    await openai.responses.create({ ...ASK, tools, input: 'c', previous_response_id: third.id })
    expect(heard[3]).toEqual([...expected, 'assistant: three', 'user: c'])
  })

  test('the model’s last words only', async () => {
    const { openai, heard, second } = await start()
    const input = [...(second.output as OpenAI.Responses.ResponseInput), result]
    await openai.responses.create({ ...ASK, tools, input, previous_response_id: second.id })
    expect(heard[2]).toEqual(expected)
  })

  test('the user may say the same again', async () => {
    const { openai, heard } = setUp('claude', [{ parts: [] }, 'one'])
    const first = await openai.responses.create({ ...ASK, input: 'go on' })
    await openai.responses.create({ ...ASK, input: 'go on', previous_response_id: first.id })
    expect(heard[1]).toEqual(['user: go on', 'user: go on'])
  })
})

describe('item references', () => {
  const reference = (id: string) => ({ type: 'item_reference' as const, id })

  test('are resolved, of answers and of questions', async () => {
    const { openai, heard } = setUp('claude', ['one', 'two', 'three'])
    const first = await openai.responses.create({ ...ASK, input: 'a' })
    const [asked] = (await openai.responses.inputItems.list(first.id)).data
    const input = [reference(asked!.id), reference(first.output[0]!.id!), { role: 'user' as const, content: 'b' }]
    const second = await openai.responses.create({ ...ASK, input })
    expect(heard[1]).toEqual(['user: a', 'assistant: one', 'user: b'])
    await openai.responses.delete(first.id)
    await openai.responses.create({ ...ASK, input: 'c', previous_response_id: second.id })
    expect(heard[2]).toEqual(['user: a', 'assistant: one', 'user: b', 'assistant: two', 'user: c'])
  })

  test('to unknown items are refused in the provider’s words', async () => {
    const { openai } = setUp('claude', ['one'])
    await openai.responses.create({ ...ASK, input: 'a' })
    const asked = openai.responses.create({ ...ASK, input: [reference('msg_gone')] })
    await expect(asked).rejects.toMatchObject({ message: "400 Item with id 'msg_gone' not found." })
  })
})

test('a conversation that lives at the provider stays there', async () => {
  const { openai, bodies } = setUp('openai-responses', ['one', 'two'])
  const first = await openai.responses.create({ ...ASK, input: 'a', conversation: 'conv_1' })
  await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
  expect(bodies).toMatchObject([{ conversation: 'conv_1' }, { previous_response_id: first.id, input: 'b' }])
})

test('upstreams that give all answers the same id do no harm', async () => {
  const fetch = async () => Response.json({ id: 'resp_1', object: 'response', status: 'completed', output: [] })
  const app = sessions(endpoint({ protocol: 'openai-responses', baseUrl: 'https://provider.example', fetch }))
  const ask = (body: object) => app('http://here/v1/responses', { method: 'POST', body: JSON.stringify({ model: 'm', ...body }) })
  await ask({ input: 'a' })
  await ask({ input: 'b', previous_response_id: 'resp_1' })
  expect((await ask({ input: 'c', previous_response_id: 'resp_1' })).status).toBe(200)
})

test('tokens are counted of the whole conversation', async () => {
  const { app, openai } = setUp('claude', ['one'])
  const first = await openai.responses.create({ ...ASK, input: 'word '.repeat(1000) })
  const count = async (body: object) => {
    const response = await app('http://here/v1/responses/input_tokens', {
      method: 'POST',
      headers: { authorization: 'Bearer mine' },
      body: JSON.stringify({ ...ASK, ...body }),
    })
    return ((await response.json()) as { input_tokens: number }).input_tokens
  }
  expect(await count({ input: 'b', previous_response_id: first.id })).toBeGreaterThan((await count({ input: 'b' })) + 1000)
})

describe('what passes', () => {
  test('other paths, untouched', async () => {
    const seen: unknown[] = []
    const app = sessions(async (input) => (seen.push(input), new Response('ok')))
    const request = new Request('http://here/v1/chat/completions', { method: 'POST', body: '{}' })
    await app(request)
    expect(seen).toEqual([request])
    expect(request.bodyUsed).toBe(false)
  })

  test('a body that any fetch can read', async () => {
    const app = sessions(async (input) => new Response(await (input as Request).text()))
    const body = '{ "model": "m", "input": "a", "store": false }'
    expect(await (await app('http://here/v1/responses', { method: 'POST', body })).text()).toBe(body)
  })

  test('a compressed body, for those who can read it', async () => {
    const app = sessions(async (input) => new Response(await (input as Request).text()))
    const init = { method: 'POST', body: 'zzz', headers: { 'content-encoding': 'zstd' } }
    expect(await (await app('http://here/v1/responses', init)).text()).toBe('zzz')
  })

  test('the outcome', async () => {
    const { fetch } = createProvider('claude', ['one', 'two'])
    const app = sessions(endpoint({ name: 'mine', protocol: 'claude', baseUrl: 'https://provider.example', fetch }))
    for (const stream of [true, false]) {
      const response = await app('http://here/v1/responses', { method: 'POST', body: JSON.stringify({ ...ASK, input: 'a', stream }) })
      await response.text()
      expect(outcomeOf(response)).toMatchObject({ endpoint: 'mine' })
      expect(await outcomeOf(response)?.ended).toMatchObject({ how: 'complete' })
    }
  })

  test('what a stranger’s fetch throws', async () => {
    const app = sessions(() => Promise.reject(new Error('out of luck')))
    await expect(app('http://here/v1/responses', { method: 'POST', body: '{}' })).rejects.toThrow('out of luck')
  })

  test.each(['no json', '[]', '{"input":3}', '{"input":["a"]}'])('%s is refused in the client’s format', async (body) => {
    const { app } = setUp('claude', [])
    const response = await app('http://here/v1/responses', { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  })
})
