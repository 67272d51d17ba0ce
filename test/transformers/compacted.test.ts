/** A history that Claude compacted, for a provider that knows nothing of that. */
import { describe, expect, it } from 'vitest'
import { estimateInput } from '../../src/core/tokens.ts'
import { translate, type TranslateOptions } from '../../src/transformers/translate.ts'

const compaction = { type: 'compaction', content: 'They said hello.', encrypted_content: null }
const body = (...content: object[]) => ({
  model: 'm',
  max_tokens: 10,
  messages: [
    { role: 'user', content: 'Hello.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_0', name: 'ls', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_0', content: 'old' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'Old.' }, ...content] },
    { role: 'user', content: 'Go on.' },
  ],
})
const to = (protocol: TranslateOptions['to'], ...content: object[]) => translate(body(...content), { from: 'claude', to: protocol })
const compacted = [compaction, { type: 'text', text: 'New.' }]

describe('a compaction', () => {
  it('stands in the place of what was before it', () => {
    const exchange = to('openai', ...compacted)
    expect(exchange.body.messages).toEqual([
      { role: 'user', content: 'They said hello.' },
      { role: 'assistant', content: 'New.' },
      { role: 'user', content: 'Go on.' },
    ])
    expect(exchange.notices).toMatchObject([{ action: 'approximated', path: '/messages/3/content/1' }])
    expect(to('gemini', ...compacted).body.contents).toEqual([
      { role: 'user', parts: [{ text: 'They said hello.' }] },
      { role: 'model', parts: [{ text: 'New.' }] },
      { role: 'user', parts: [{ text: 'Go on.' }] },
    ])
    expect(to('openai-responses', ...compacted).body.input).toMatchObject([
      { role: 'user', content: [{ type: 'input_text', text: 'They said hello.' }] },
      { role: 'assistant' },
      { role: 'user' },
    ])
  })
  it('may end a message, and the last of several counts', () => {
    expect(to('openai', ...compacted, { ...compaction, content: 'Later.' }).body.messages).toEqual([
      { role: 'user', content: 'Later.' },
      { role: 'user', content: 'Go on.' },
    ])
  })
  it('stands for nothing where it failed', () => {
    expect(to('openai', { ...compaction, content: null }).body.messages).toHaveLength(5)
  })
  it('is what is counted', () => {
    const asked = body(...compacted)
    asked.messages[0] = { role: 'user', content: 'Hello. '.repeat(10_000) }
    const exchange = translate(asked, { from: 'claude', to: 'openai' })
    expect(estimateInput(exchange.chat!)).toBeLessThan(100)
  })
  it('stays as it is for Claude', () => {
    const asked = body(...compacted)
    expect(translate(asked, { from: 'claude', to: 'claude', adjust: (chat) => ({ ...chat }) }).body).toEqual(asked)
  })
})
