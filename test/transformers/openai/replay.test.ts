/** What a provider needs of its own reasoning comes back to it, through clients of another protocol too. */
import { describe, expect, it } from 'vitest'
import { fromClaude, type Wire } from './asking.ts'

const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
const answer = (message: object) => ({
  choices: [{ message: { role: 'assistant', content: null, tool_calls: [call], ...message }, finish_reason: 'tool_calls' }],
})

/** One round through a client of Claude Messages: the second request's assistant message. */
function round(message: object, dialect: string, nextDialect = dialect): Wire {
  const reply = fromClaude({}, { dialect }).response(answer(message)) as Wire
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: reply.content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] },
  ]
  return fromClaude({ messages }, { dialect: nextDialect }).body.messages[1]
}

describe('45: reasoning goes back', () => {
  it('as a field', () => {
    expect(round({ reasoning_content: 'hm' }, 'deepseek').reasoning_content).toBe('hm')
    expect(round({ reasoning: 'hm' }, 'groq').reasoning).toBe('hm')
    expect(round({ reasoning_content: 'hm' }, 'compatible').reasoning_content).toBe('hm')
  })

  it('as details, unchanged and in order', () => {
    const reasoning_details = [
      { type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'x', id: 'r', index: 1 },
    ]
    expect(round({ reasoning: 'hm', reasoning_details }, 'openrouter').reasoning_details).toEqual(reasoning_details)
  })

  it('between tags, byte for byte', () => {
    expect(round({ content: '<think>\nhm\n</think>\n\nI look.' }, 'minimax').content).toBe('<think>\nhm\n</think>\n\nI look.')
  })

  it("in parts of the content, and in Copilot's pair of fields", () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }
    expect(round({ content: [thinking, { type: 'text', text: 'I look.' }] }, 'mistral').content).toEqual([
      thinking,
      { type: 'text', text: 'I look.' },
    ])
    expect(round({ reasoning_text: 'hm', reasoning_opaque: 'secret' }, 'copilot')).toMatchObject({
      reasoning_text: 'hm',
      reasoning_opaque: 'secret',
    })
  })

  it('never to OpenAI, which does not know it', () => {
    expect(Object.keys(round({ reasoning_content: 'hm' }, 'openai'))).toEqual(['role', 'content', 'tool_calls'])
  })

  it('a blank stands for what is missing where the provider would refuse the request', () => {
    expect(round({}, 'moonshot').reasoning_content).toBe(' ')
    expect(round({}, 'compatible').reasoning_content).toBeUndefined()
  })

  it('46: a thought signature goes back with its call', () => {
    const signed = { ...call, extra_content: { google: { thought_signature: 'c2ln' } } }
    expect(round({ tool_calls: [signed] }, 'gemini-openai').tool_calls).toEqual([signed])
  })
})
