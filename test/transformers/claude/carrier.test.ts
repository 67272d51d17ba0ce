import { expect, it } from 'vitest'
import type { Part } from '../../../src/core/chat.ts'
import { claude } from '../../../src/transformers/claude/index.ts'
import { answer } from './contexts.ts'

/** What comes back of an answer when the client sends it in its next request. */
function replayed(parts: Part[]): Part[] {
  const { content } = claude.encodeReply({ parts, stop: { reason: 'end' } }, answer())
  const chat = claude.decodeRequest({ model: 'm', messages: [{ role: 'assistant', content }] }, {})
  return (chat.messages[0]?.parts ?? []).map((part) => ({ ...part, at: undefined, spelling: undefined }))
}
const signed = (form: string) => ({ by: 'gemini' as const, form, data: 'S'.repeat(20_000) })

it('brings the signatures of calls and texts back to them (Gemini hard cases 2, 3 and 33)', () => {
  const parts: Part[] = [
    { type: 'reasoning', text: 'thought', opaque: { by: 'gemini', form: 'thought', data: '' } },
    { type: 'text', text: 'words', opaque: signed('text') },
    { type: 'tool-call', id: 'a', name: 'run', input: {}, opaque: signed('call') },
    { type: 'tool-call', id: 'b', name: 'run', input: {} },
  ]
  expect(replayed(parts)).toEqual(parts)
})

it('keeps a form of its own', () => {
  const parts: Part[] = [{ type: 'tool-call', id: 'a', name: 'run', input: {}, opaque: { by: 'openai', form: 'extra_content', data: 'x' } }]
  expect(replayed(parts)).toEqual(parts)
})

it('is left alone where what it belongs to is gone', () => {
  const { content } = claude.encodeReply(
    { parts: [{ type: 'tool-call', id: 'a', name: 'run', input: {}, opaque: signed('call') }], stop: { reason: 'end' } },
    answer(),
  )
  const chat = claude.decodeRequest({ model: 'm', messages: [{ role: 'assistant', content: (content as unknown[]).slice(0, 1) }] }, {})
  expect(chat.messages[0]?.parts).toMatchObject([{ type: 'reasoning', opaque: signed('call') }])
})
