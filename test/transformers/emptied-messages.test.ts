import { expect, test } from 'vitest'
import type { ChatRequest } from '../../src/core/chat.ts'
import { translate } from '../../src/transformers/translate.ts'

/** Takes every part away that says something secret, as somebody's own `adjust` may. */
const redacted = (chat: ChatRequest): ChatRequest => ({
  ...chat,
  system: chat.system.filter(({ text }) => !text.includes('SECRET')),
  messages: chat.messages.map((message) => ({
    ...message,
    parts: message.parts.filter((part) => part.type !== 'text' || !part.text.includes('SECRET')),
  })),
})

const WHAT = 'SECRET words'

test.each([
  [
    'openai-responses',
    {
      model: 'm',
      input: [
        { role: 'developer', content: WHAT },
        { role: 'user', content: 'hi' },
      ],
    },
  ],
  [
    'openai-responses',
    {
      model: 'm',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: WHAT }] },
        { role: 'user', content: 'hi' },
      ],
    },
  ],
  [
    'openai-responses',
    {
      model: 'm',
      input: [
        { role: 'user', content: 'hi' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: WHAT }] },
      ],
    },
  ],
  [
    'openai',
    {
      model: 'm',
      messages: [
        { role: 'system', content: WHAT },
        { role: 'user', content: [{ type: 'text', text: WHAT }] },
        { role: 'user', content: 'hi' },
      ],
    },
  ],
  [
    'claude',
    {
      model: 'm',
      max_tokens: 9,
      system: WHAT,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: WHAT },
            { type: 'text', text: 'hi' },
          ],
        },
      ],
    },
  ],
  ['gemini', { contents: [{ role: 'user', parts: [{ text: WHAT }, { text: 'hi' }] }] }],
] as const)('what was taken out of a message of %s does not come back with its wire form: %#', (protocol, body) => {
  for (const to of ['openai-responses', 'openai', 'claude', 'gemini'] as const) {
    const sent = translate(body, { from: protocol, to, model: 'm', adjust: redacted }).body
    expect(JSON.stringify(sent)).not.toContain('SECRET')
    expect(JSON.stringify(sent)).toContain('hi')
  }
})

test('a field that is called __proto__ is a field like any other', () => {
  const body = JSON.parse(
    '{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],"tools":[{"name":"t","input_schema":{"type":"object"},"__proto__":{"a":1}}]}',
  ) as unknown
  const sent = translate(body, { from: 'claude', to: 'claude', model: 'm', adjust: (chat) => ({ ...chat }) }).body
  expect(JSON.stringify(sent)).toContain('"__proto__":{"a":1}')
})

test('what stands in words for the blocks of another provider stands apart, and a message of which nothing can be said is none', () => {
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'news' } },
    { type: 'web_search_call', id: 'ws_2', status: 'completed', action: { type: 'open_page', url: 'https://a.example' } },
    { type: 'mcp_list_tools', id: 'mcpl_1', server_label: 's', tools: [] },
    { type: 'message', role: 'assistant', id: 'msg_0', status: 'completed', content: [{ type: 'output_text', text: '', annotations: [] }] },
    { type: 'message', role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'output_text', text: 'So it', annotations: [] }, { type: 'output_text', text: ' is.', annotations: [] }] },
    { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: true },
    { role: 'user', content: 'go on' },
  ] // prettier-ignore
  const { body, notices } = translate({ model: 'm', input }, { from: 'openai-responses', to: 'openai', model: 'm' })
  expect(body.messages).toEqual([
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: '[The web was searched: news]\n\n[A page was opened: https://a.example]\n\nSo it is.' },
    { role: 'user', content: 'go on' },
  ])
  expect(notices.map(({ path }) => path)).toEqual(expect.arrayContaining(['/input/1', '/input/2', '/input/3', '/input/6']))
})
