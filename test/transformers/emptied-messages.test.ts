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
