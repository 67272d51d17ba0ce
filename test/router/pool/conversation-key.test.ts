import { describe, expect, test } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { conversationKey } from '../../../src/router/pool/conversation-key.ts'

const key = (protocol: ProtocolName, body: JsonObject, headers: Record<string, string> = {}, tenant?: string) =>
  conversationKey(new Headers(headers), { protocol, body }, tenant)

const user = (text: string) => ({ role: 'user', content: text })
const assistant = (text: string) => ({ role: 'assistant', content: text })

describe('one conversation', () => {
  const session = { 'x-claude-code-session-id': '0b6c4e3e-0d7a-4c3e-9a51-7d3c1f0f1a2b' }
  const system = [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.abc; cc_entrypoint=cli;' },
    { type: 'text', text: 'You are Claude Code.' },
  ]
  const first = { model: 'm', system, messages: [user('fix the bug')], tools: [{ name: 'Bash' }] }

  test('keeps its key as it grows, though content flips between text and blocks and tools are loaded', () => {
    const later = {
      model: 'other',
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329.def;' },
        { ...system[1], cache_control: { type: 'ephemeral' } },
      ],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'fix the bug', cache_control: { type: 'ephemeral' } }] },
        { role: 'system', content: '<total_tokens>9 tokens left</total_tokens>' },
        assistant('which?'),
        user('that one'),
      ],
      tools: [{ name: 'Bash' }, { name: 'CronList' }],
    }
    expect(key('claude', later, session)).toBe(key('claude', first, session))
  })

  test('keeps its key without a session, too, by instructions, first message and tools', () => {
    const later = {
      ...first,
      system: [{ ...system[0], text: 'x-anthropic-billing-header: cc_version=1;' }, system[1]],
      messages: [...first.messages, assistant('which?'), user('x')],
    }
    expect(key('claude', later)).toBe(key('claude', first))
    for (const change of [{ system: 'You are somebody else.' }, { messages: [user('hello')] }, { tools: [{ name: 'Read' }] }])
      expect(key('claude', { ...first, ...change })).not.toBe(key('claude', first))
  })

  test.each([
    [
      'openai',
      { messages: [{ role: 'system', content: 'S' }, user('u')] },
      { messages: [{ role: 'system', content: 'S' }, user('u'), assistant('a'), user('v')] },
    ],
    [
      'openai-responses',
      { instructions: 'S', input: 'u' },
      { instructions: 'S', input: [user('u'), { type: 'reasoning', id: 'r' }, user('v')] },
    ],
    [
      'openai-responses',
      { input: [{ type: 'configuration_update' }, user('u')] },
      { input: [{ type: 'configuration_update' }, user('u'), { type: 'function_call', name: 'f' }] },
    ],
    [
      'gemini',
      { systemInstruction: { parts: [{ text: 'S' }] }, contents: [{ parts: [{ text: 'u' }] }] },
      {
        systemInstruction: { parts: [{ text: 'S' }] },
        contents: [
          { role: 'user', parts: [{ text: 'u' }] },
          { role: 'model', parts: [{ text: 'a' }] },
        ],
      },
    ],
  ] as const)('in %s', (protocol, begun, later) => {
    expect(key(protocol, later)).toBe(key(protocol, begun))
    const other = JSON.parse(JSON.stringify(begun).replace('"u"', '"w"')) as JsonObject
    expect(key(protocol, other)).not.toBe(key(protocol, begun))
  })

  test('is told by what clients call it', () => {
    const chat = { messages: [user('hi')] }
    const keys = [
      key('openai', { ...chat, prompt_cache_key: 'a' }),
      key('openai', { ...chat, prompt_cache_key: 'b' }),
      key('openai', chat, { 'session-id': 'a' }),
      key('openai', chat, { 'session-id': 'a', 'thread-id': 'b' }),
      key('claude', { ...chat, metadata: { user_id: 'user_1_account__session_1' } }),
      key('claude', { ...chat, metadata: { user_id: 'user_1_account__session_2' } }),
      key('openai-responses', { input: 'hi', conversation: { id: 'conv_1' } }),
      key('openai-responses', { input: 'hi', conversation: 'conv_2' }),
      key('gemini', { contents: [], cachedContent: 'cachedContents/1' }),
      key('openai', chat),
      key('claude', chat),
      key('claude', chat, {}, 'tenant-1'),
      key('claude', chat, {}, 'tenant-2'),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(key('openai-responses', { input: 'hi', conversation: 'conv_1' })).toBe(keys[6])
  })

  test('differs for each sub-agent, by id or else by its first message', () => {
    const agents = Array.from({ length: 50 }, (_, i) => key('claude', first, { ...session, 'x-claude-code-agent-id': i.toString(16) }))
    const tasks = Array.from({ length: 50 }, (_, i) => key('claude', { ...first, messages: [user(`search part ${i}`)] }, session))
    expect(new Set([key('claude', first, session), ...agents, ...tasks]).size).toBe(101)
  })
})

test('holds nothing that was sent, and stays short', () => {
  const body = { messages: [user('secret words')], prompt_cache_key: 'session-secret' }
  expect(key('openai', body, { 'session-id': 'secret' }, 'sk-secret')).toMatch(/^[a-z0-9]{2,14}$/)
})

test('looks at the ends of texts alone', () => {
  const long = (end: string, middle = 'm') => ({ messages: [user('b'.repeat(500) + middle.repeat(100_000) + end.repeat(300))] })
  expect(key('claude', long('e', 'n'))).toBe(key('claude', long('e')))
  expect(key('claude', long('f'))).not.toBe(key('claude', long('e')))
})

test.each([
  {},
  { messages: 5 },
  { messages: [null, 1, 'x'], tools: { a: 1 }, system: 7 },
  { contents: [{ role: 'user', parts: [{ inlineData: {} }] }] },
])('takes whatever is sent: %j', (body) => {
  expect(key('claude', body)).toMatch(/^[a-z0-9]+$/)
})
