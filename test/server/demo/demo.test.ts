import { describe, expect, test } from 'vitest'
import type { ChatRequest, FunctionTool, Part } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { demoReply } from '../../../src/server/demo/reply.ts'
import { readEvents } from '../../../src/testing/index.ts'
import { clients } from '../clients.ts'

const tool = (name: string, parameters?: FunctionTool['parameters']): FunctionTool => ({ type: 'function', name, parameters })
const ask = (text: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  stream: false,
  system: [],
  tools: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
  ...more,
})
const reply = (chat: ChatRequest) => demoReply(chat, { protocol: 'claude', newCallId: () => 'call_1' })
const called = (chat: ChatRequest) => reply(chat).parts.flatMap((part) => (part.type === 'tool-call' ? part.name : []))
const said = (parts: Part[]) => parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

describe('which tool is called', () => {
  test('one that only looks, before others', () => {
    expect(called(ask('hi', { tools: [tool('Bash'), tool('run'), tool('ListAgents'), tool('Read')] }))).toEqual(['ListAgents'])
    expect(called(ask('hi', { tools: [tool('Task'), tool('mcp__files__read_file')] }))).toEqual(['mcp__files__read_file'])
    expect(called(ask('hi', { tools: [tool('delete_all'), tool('calculator')] }))).toEqual(['calculator'])
  })

  test('one that acts, only where it is asked for', () => {
    const tools = [tool('delete_all'), tool('Agent')]
    expect(called(ask('hi', { tools }))).toEqual([])
    expect(called(ask('call delete_all please', { tools }))).toEqual(['delete_all'])
    expect(called(ask('hi', { tools, toolChoice: { type: 'required' } }))).toEqual(['delete_all'])
    expect(called(ask('hi', { tools, toolChoice: { type: 'tool', name: 'Agent' } }))).toEqual(['Agent'])
  })

  test('none where none is wanted', () => {
    const tools = [tool('get_weather')]
    expect(called(ask('hi', { tools, toolChoice: { type: 'none' } }))).toEqual([])
    expect(called(ask('Do NOT call any tools.', { tools }))).toEqual([])
    expect(called(ask('hi', { tools: [] }))).toEqual([])
    expect(called(ask('hi', { tools: [{ type: 'hosted', kind: 'web-search', protocol: 'claude', value: {} }] }))).toEqual([])
  })

  test('only one of those allowed', () => {
    const tools = [tool('get_weather'), tool('get_time')]
    expect(called(ask('hi', { tools, toolChoice: { type: 'allowed', mode: 'auto', names: ['get_time'] } }))).toEqual(['get_time'])
  })
})

test('a tool’s answer is told, also with a reminder of the system behind it', () => {
  const chat = ask('hi', { tools: [tool('get_weather')] })
  chat.messages.push(
    { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'get_weather' }] },
    {
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'a', isError: true, parts: [{ type: 'text', text: 'no sun' }] }],
    },
    { role: 'system', parts: [{ type: 'text', text: 'Tokens left: 5' }] },
  )
  expect(said(reply(chat).parts)).toContain('get_weather answered with an error: “no sun”')
})

test('an answer of a given shape is JSON of that shape', () => {
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
  expect(said(reply(ask('hi', { format: { type: 'schema', schema } })).parts)).toBe('{"title":"demo"}')
  expect(said(reply(ask('hi', { format: { type: 'json' } })).parts)).toBe('{}')
})

test('the limit on output is kept', () => {
  const { parts, stop } = reply(ask('hi', { maxTokens: 3 }))
  expect(said(parts)).toHaveLength(12)
  expect(stop.reason).toBe('max-tokens')
})

test('reasoning, only where it is asked for', () => {
  const types = (chat: ChatRequest) => reply(chat).parts.map(({ type }) => type)
  expect(types(ask('hi'))).toEqual(['text'])
  expect(types(ask('hi', { reasoning: { mode: 'off' } }))).toEqual(['text'])
  expect(types(ask('hi', { reasoning: { mode: 'adaptive' } }))).toEqual(['reasoning', 'text'])
})

test('pieces come apart from each other, and stop when the client goes', async () => {
  const timers: (() => void)[] = []
  let stopped = 0
  const clock = { now: () => 0, after: (_: number, run: () => void) => (timers.push(run), () => void stopped++) }
  const demo = createDemo({ delayMs: 10, clock })
  const response = await demo('http://localhost/v1/messages', {
    method: 'POST',
    body: JSON.stringify({ model: 'm', max_tokens: 99, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  const reader = response.body!.getReader()
  await reader.read()
  await reader.cancel()
  expect(timers.length).toBeLessThanOrEqual(1)
  expect(stopped).toBeLessThanOrEqual(1)
})

describe.each(clients)('$protocol', ({ path, streamPath, body, streamBody }) => {
  const demo = createDemo()

  test.each(clients)('through an upstream of $protocol', async ({ protocol }) => {
    const app = endpoint({ protocol, baseUrl: 'http://demo.example', model: 'demo', fetch: demo })
    const whole = await app(`http://localhost${path}`, { method: 'POST', body: JSON.stringify(body) })
    expect(whole.status).toBe(200)
    expect(await whole.text()).toContain('demo provider')
    const events = await readEvents(await app(`http://localhost${streamPath}`, { method: 'POST', body: JSON.stringify(streamBody) }))
    expect(events.length).toBeGreaterThan(10)
  })
})
