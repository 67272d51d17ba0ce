/** The vendors' own clients, over real sockets, against the demo provider. */
import Anthropic, { BadRequestError, NotFoundError } from '@anthropic-ai/sdk'
import { GoogleGenAI, type Content, type FunctionDeclaration } from '@google/genai'
import { GoogleGenerativeAI } from '@google/generative-ai'
import OpenAI, { BadRequestError as OpenAIBadRequestError, NotFoundError as OpenAINotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDemo } from '../../src/server/demo/demo.ts'
import { serve, type Served } from '../../src/server/serve.ts'

let served: Served
beforeAll(async () => void (served = await serve(createDemo(), { port: 0, models: [{ id: 'demo', title: 'Demo' }] })))
afterAll(() => served.close())

const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'get_weather', description: 'The weather of a city' }
const question = 'What is the weather?'
const result = 'sunny, 21 °C 🌞'

describe('@anthropic-ai/sdk', () => {
  const client = () => new Anthropic({ baseURL: served.url, apiKey: 'unused', maxRetries: 0 })
  const tools = [{ ...weather, input_schema: parameters }]
  const ask = { model: 'claude-x', max_tokens: 2000, messages: [{ role: 'user' as const, content: 'Hello' }] }

  test('whole', async () => {
    const message = await client().messages.create(ask)
    expect(message).toMatchObject({ type: 'message', role: 'assistant', model: 'claude-x', stop_reason: 'end_turn' })
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('Claude Messages format') as string })
    expect(message.usage.input_tokens).toBeGreaterThan(0)
    expect(message.usage.output_tokens).toBeGreaterThan(0)
  })

  test('streamed, in small pieces', async () => {
    const texts: string[] = []
    const stream = client()
      .messages.stream(ask)
      .on('text', (text) => texts.push(text))
    const message = await stream.finalMessage()
    expect(texts.length).toBeGreaterThan(10)
    expect(message.content[0]).toMatchObject({ type: 'text', text: texts.join('') })
  })

  test('a tool, there and back, with reasoning, streamed', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }]
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 }
    const first = await client()
      .messages.stream({ ...ask, tools, thinking, messages })
      .finalMessage()
    expect(first.stop_reason).toBe('tool_use')
    expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'tool_use'])
    const call = first.content.find((block) => block.type === 'tool_use')!
    expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } })
    messages.push(
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: result }] },
    )
    const second = await client().messages.create({ ...ask, tools, thinking, messages })
    expect(second.stop_reason).toBe('end_turn')
    expect(JSON.stringify(second.content)).toContain(result)
  })

  test('an answer of a given shape', async () => {
    const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'], additionalProperties: false }
    const message = await client().messages.create({ ...ask, tools: [], output_config: { format: { type: 'json_schema', schema } } })
    const [block] = message.content
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toEqual({ title: expect.any(String) as string })
  })

  test('tokens counted', async () => {
    const { input_tokens } = await client().messages.countTokens({ model: 'm', messages: ask.messages })
    expect(input_tokens).toBeGreaterThan(0)
  })

  test('models', async () => {
    const ids: string[] = []
    for await (const model of client().models.list()) ids.push(model.id)
    expect(ids).toEqual(['demo'])
    expect(await client().models.retrieve('demo')).toMatchObject({ display_name: 'Demo' })
    await expect(client().models.retrieve('nope')).rejects.toBeInstanceOf(NotFoundError)
  })

  test('errors', async () => {
    const bad = client().messages.create({ ...ask, messages: 'Hello' as never })
    await expect(bad).rejects.toBeInstanceOf(BadRequestError)
    await expect(bad).rejects.toThrow(/messages: expected an array/)
  })
})

describe('openai, Chat Completions', () => {
  const client = () => new OpenAI({ baseURL: `${served.url}/v1`, apiKey: 'unused', maxRetries: 0 })
  const tools = [{ type: 'function' as const, function: { ...weather, parameters } }]
  const ask = { model: 'gpt-x', messages: [{ role: 'user' as const, content: 'Hello' }] }

  test('whole', async () => {
    const completion = await client().chat.completions.create(ask)
    expect(completion).toMatchObject({ object: 'chat.completion', model: 'gpt-x', choices: [{ finish_reason: 'stop' }] })
    expect(completion.choices[0]?.message.content).toContain('OpenAI Chat Completions format')
    expect(completion.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('streamed, in small pieces', async () => {
    const stream = client().chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
    const texts: string[] = []
    stream.on('content', (text) => texts.push(text))
    const completion = await stream.finalChatCompletion()
    expect(texts.length).toBeGreaterThan(10)
    expect(completion.choices[0]?.message.content).toBe(texts.join(''))
    expect(completion.usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('a tool, there and back, streamed', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }]
    const first = await client()
      .chat.completions.stream({ ...ask, tools, messages })
      .finalChatCompletion()
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    const call = first.choices[0]!.message.tool_calls![0]!
    expect(call).toMatchObject({ type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } })
    messages.push(first.choices[0]!.message, { role: 'tool', tool_call_id: call.id, content: result })
    const second = await client().chat.completions.create({ ...ask, tools, messages })
    expect(second.choices[0]?.message.content).toContain(result)
  })

  test('models', async () => {
    const ids: string[] = []
    for await (const model of client().models.list()) ids.push(model.id)
    expect(ids).toEqual(['demo'])
    await expect(client().models.retrieve('nope')).rejects.toBeInstanceOf(OpenAINotFoundError)
  })

  test('errors', async () => {
    const bad = client().chat.completions.create({ ...ask, messages: 'Hello' as never })
    await expect(bad).rejects.toBeInstanceOf(OpenAIBadRequestError)
    await expect(bad).rejects.toThrow(/messages: expected an array/)
  })
})

describe('openai, Responses', () => {
  const client = () => new OpenAI({ baseURL: `${served.url}/v1`, apiKey: 'unused', maxRetries: 0 })
  const tools = [{ type: 'function' as const, ...weather, parameters: { ...parameters, additionalProperties: false }, strict: true }]

  test('whole', async () => {
    const response = await client().responses.create({ model: 'gpt-x', input: 'Hello' })
    expect(response).toMatchObject({ object: 'response', status: 'completed', model: 'gpt-x' })
    expect(response.output_text).toContain('OpenAI Responses format')
  })

  test('streamed, in small pieces', async () => {
    let pieces = 0
    const stream = client().responses.stream({ model: 'gpt-x', input: 'Hello' })
    stream.on('response.output_text.delta', () => pieces++)
    const response = await stream.finalResponse()
    expect(pieces).toBeGreaterThan(10)
    expect(response.output_text).toContain('OpenAI Responses format')
  })

  test('a tool, there and back, with reasoning, streamed', async () => {
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }]
    const ask = {
      model: 'gpt-x',
      tools,
      reasoning: { effort: 'low' as const },
      store: false,
      include: ['reasoning.encrypted_content' as const],
    }
    const first = await client()
      .responses.stream({ ...ask, input })
      .finalResponse()
    const call = first.output.find((item) => item.type === 'function_call')!
    expect(call).toMatchObject({ name: 'get_weather', arguments: '{"city":"Paris"}' })
    input.push(...(first.output as OpenAI.Responses.ResponseInput), { type: 'function_call_output', call_id: call.call_id, output: result })
    const second = await client().responses.create({ ...ask, input })
    expect(second.output_text).toContain(result)
  })

  test('errors', async () => {
    const bad = client().responses.create({ model: 'gpt-x', input: 3 as never })
    await expect(bad).rejects.toBeInstanceOf(OpenAIBadRequestError)
    await expect(bad).rejects.toThrow(/input/)
  })
})

describe('@google/genai', () => {
  const client = () => new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: served.url } })
  const tools = [{ functionDeclarations: [{ ...weather, parametersJsonSchema: parameters } satisfies FunctionDeclaration] }]

  test('whole', async () => {
    const response = await client().models.generateContent({ model: 'gemini-x', contents: 'Hello' })
    expect(response.text).toContain('Gemini format')
    expect(response.candidates?.[0]?.finishReason).toBe('STOP')
    expect(response.usageMetadata?.totalTokenCount).toBeGreaterThan(0)
  })

  test('streamed, in small pieces', async () => {
    const texts: string[] = []
    for await (const chunk of await client().models.generateContentStream({ model: 'gemini-x', contents: 'Hello' }))
      texts.push(chunk.text ?? '')
    expect(texts.length).toBeGreaterThan(10)
    expect(texts.join('')).toContain('Gemini format')
  })

  test('a tool, there and back, with reasoning, streamed', async () => {
    const contents: Content[] = [{ role: 'user', parts: [{ text: question }] }]
    const config = { tools, thinkingConfig: { includeThoughts: true } }
    const parts = []
    for await (const chunk of await client().models.generateContentStream({ model: 'gemini-x', contents, config }))
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []))
    expect(parts.some(({ thought }) => thought)).toBe(true)
    const call = parts.find(({ functionCall }) => functionCall)!.functionCall!
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Paris' } })
    contents.push(
      { role: 'model', parts: parts.filter(({ thought }) => !thought) },
      { role: 'user', parts: [{ functionResponse: { id: call.id, name: call.name, response: { output: result } } }] },
    )
    const second = await client().models.generateContent({ model: 'gemini-x', contents, config })
    expect(second.text).toContain(result)
  })

  test('tokens counted, models', async () => {
    const { totalTokens } = await client().models.countTokens({ model: 'gemini-x', contents: 'Hello' })
    expect(totalTokens).toBeGreaterThan(0)
    const names: string[] = []
    for await (const model of await client().models.list()) names.push(model.name ?? '')
    expect(names).toEqual(['models/demo'])
    expect(await client().models.get({ model: 'demo' })).toMatchObject({ displayName: 'Demo' })
  })

  test('errors', async () => {
    const bad = client().models.generateContent({ model: 'gemini-x', contents: [{ role: 'user', parts: [{ text: 3 as never }] }] })
    await expect(bad).rejects.toMatchObject({ name: 'ApiError', status: 400 })
  })
})

describe('@google/generative-ai', () => {
  const model = () =>
    new GoogleGenerativeAI('unused').getGenerativeModel(
      { model: 'gemini-x', tools: [{ functionDeclarations: [{ ...weather, parameters: { ...parameters, type: 'OBJECT' } as never }] }] },
      { baseUrl: served.url },
    )

  test('a tool, there and back, streamed', async () => {
    const chat = model().startChat()
    const first = await chat.sendMessageStream(question)
    for await (const _ of first.stream);
    const calls = (await first.response).functionCalls()
    expect(calls).toMatchObject([{ name: 'get_weather', args: { city: 'Paris' } }])
    const second = await chat.sendMessageStream([{ functionResponse: { name: 'get_weather', response: { output: result } } }])
    const texts: string[] = []
    for await (const chunk of second.stream) texts.push(chunk.text())
    expect(texts.join('')).toContain(result)
  })

  test('whole, and tokens counted', async () => {
    const { response } = await model().generateContent('Use no tools, please.')
    expect(response.text()).toContain('Gemini format')
    expect((await model().countTokens('Hello')).totalTokens).toBeGreaterThan(0)
  })
})
