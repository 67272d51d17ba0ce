import { expect, it } from 'vitest'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { sealCarried } from '../../../src/transformers/gemini/carrier.ts'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { SENTINEL } from '../../../src/transformers/gemini/sentinel.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { chunk, chunksOf, contentsOf, eventsOf, folded, fromClaude, json, replyContext, streamed, through, written } from './run.ts'

const tool = (id: string, name = 'look', input = {}) => ({ type: 'tool_use', id, name, input })
const result = (id: string, content = 'ok') => ({ type: 'tool_result', tool_use_id: id, content })
const signaturesOf = (body: unknown) =>
  contentsOf(json(body)).map(({ parts }) => parts.map((part) => part.thoughtSignature as string | undefined))

it('case 1: signs the first call of each step that nobody signed, its siblings not', () => {
  const { body } = fromClaude({
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [tool('a'), tool('b')] },
      { role: 'user', content: [result('a'), result('b')] },
      { role: 'assistant', content: [tool('c')] },
      { role: 'user', content: [result('c')] },
    ],
  })
  expect(signaturesOf(body)).toEqual([[undefined], [SENTINEL, undefined], [undefined, undefined], [SENTINEL], [undefined]])
})

it('signs nothing for models that do not think', () => {
  const messages = [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: [tool('a')] },
    { role: 'user', content: [result('a')] },
  ]
  expect(signaturesOf(fromClaude({ messages }, 'gemini-2.0-flash').body)[1]).toEqual([undefined])
  expect(signaturesOf(fromClaude({ messages }, 'gemini-2.5-flash').body)[1]).toEqual([SENTINEL])
})

const claudeAsk = { model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'hi' }] }
const claudeBlocks = (text: string): Record<string, unknown>[] => {
  const blocks: Record<string, unknown>[] = []
  for (const line of text.split('\n')) {
    if (!line.startsWith('data: ')) continue
    const event = JSON.parse(line.slice(6)) as { type: string; index: number; content_block?: object; delta?: Record<string, string> }
    if (event.type === 'content_block_start') blocks[event.index] = { ...event.content_block }
    else if (event.type === 'content_block_delta') {
      const { text: words, signature, partial_json, thinking } = event.delta ?? {}
      const block = blocks[event.index]!
      if (words) block.text = String(block.text) + words
      if (thinking) block.thinking = String(block.thinking) + thinking
      if (signature) block.signature = signature
      if (partial_json) block.json = String(block.json ?? '') + partial_json
    }
  }
  return blocks.map(({ json: args, ...block }) => (typeof args === 'string' ? { ...block, input: JSON.parse(args) as unknown } : block))
}

it('cases 2 and 8: a signature goes through a Claude client and comes back on the first call alone; ids stay short', () => {
  const signature = 'Ep'.padEnd(20_000, 'A')
  const exchange = translate(claudeAsk, { from: 'claude', to: 'gemini', model: 'gemini-3-pro' })
  const blocks = claudeBlocks(
    through(exchange, [
      chunk([{ functionCall: { id: 'f1', name: 'look', args: { a: 1 } }, thoughtSignature: signature }]),
      chunk([{ functionCall: { id: 'f2', name: 'look', args: { a: 2 } } }]),
      chunk([{ text: '' }], { finishReason: 'STOP' }),
    ]),
  )
  const calls = blocks.filter(({ type }) => type === 'tool_use')
  for (const { id } of calls) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  const { body } = fromClaude({
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: blocks },
      { role: 'user', content: calls.map(({ id }) => result(String(id))) },
    ],
  })
  expect(signaturesOf(body)).toEqual([[undefined], [signature, undefined], [undefined, undefined]])
  expect(contentsOf(json(body))[1]?.parts.map(({ functionCall }) => (functionCall as { args: unknown }).args)).toEqual([{ a: 1 }, { a: 2 }])
})

it('case 3: calls one after the other each get their own signature back', () => {
  const call = (id: string, signature: string) => ({ functionCall: { id, name: 'look', args: {} }, thoughtSignature: signature })
  const answer = (id: string) => ({ functionResponse: { id, name: 'look', response: { output: '' } } })
  const body = {
    contents: [
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [call('a', 'AAAA')] },
      { role: 'user', parts: [answer('a')] },
      { role: 'model', parts: [call('b', 'BBBB')] },
      { role: 'user', parts: [answer('b')] },
    ],
  }
  const chat = gemini.decodeRequest(body, {})
  expect(signaturesOf(written(chat).body).flat().filter(Boolean)).toEqual(['AAAA', 'BBBB'])
})

it('case 4: a signature at the end of a text makes no block behind it', () => {
  const exchange = translate(claudeAsk, { from: 'claude', to: 'gemini', model: 'gemini-3-pro' })
  const chunks = [chunk([{ text: 'Hello' }]), chunk([{ text: '', thoughtSignature: 'AAAA' }], { finishReason: 'STOP' })]
  expect(claudeBlocks(through(exchange, chunks)).at(-1)).toMatchObject({ type: 'text', text: 'Hello' })
  expect(folded(chunks).parts).toMatchObject([{ type: 'text', text: 'Hello', opaque: { by: 'gemini', form: 'text', data: 'AAAA' } }])
})

it('case 5: a text with a signature stays text, and one part', () => {
  expect(folded([chunk([{ text: 'a', thoughtSignature: 'AAAA' }]), chunk([{ text: 'b' }], { finishReason: 'STOP' })]).parts).toMatchObject([
    { type: 'text', text: 'ab', opaque: { data: 'AAAA' } },
  ])
})

it("case 6: Claude's signatures never reach Gemini", () => {
  const { body, notices } = fromClaude({
    messages: [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm', signature: 'EqQB' }, tool('a')] },
      { role: 'user', content: [result('a')] },
    ],
  })
  expect(JSON.stringify(body)).not.toContain('EqQB')
  expect(signaturesOf(body)[1]).toEqual([SENTINEL])
  expect(notices.some(({ path }) => path === '/messages/1/content/0')).toBe(true)
})

it('tells the signature of a call when the call opens, for carriers that stand before it', () => {
  const [, opened] = eventsOf([chunk([{ functionCall: { name: 'a' }, thoughtSignature: 'AAAA' }], { finishReason: 'STOP' })])
  expect(opened).toMatchObject({ type: 'part-start', part: { opaque: { form: 'call', data: 'AAAA' } } })
})

it('cases 33 and 8: Claude reasoning lives through a Gemini client in the signature of the call behind it', () => {
  const secret = { by: 'claude' as const, form: 'signature', data: 'claude-sig' }
  const events: StreamEvent[] = [
    { type: 'start', id: 'x' },
    { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
    { type: 'delta', index: 0, text: 'I think.' },
    { type: 'part-end', index: 0, opaque: secret },
    { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'c1', name: 'look' } },
    { type: 'delta', index: 1, text: '{"a":' },
    { type: 'delta', index: 1, text: '1}' },
    { type: 'part-end', index: 1 },
    { type: 'finish', stop: { reason: 'tool-calls' } },
  ]
  const parts = chunksOf(streamed(events)).map(({ candidates }) => (candidates as { content: { parts: object[] } }[])[0]!.content.parts[0]!)
  expect(parts[0]).toEqual({ text: 'I think.', thought: true })
  const kept = parts.filter((part) => !('thought' in part)) // as Gemini CLI does
  const chat = gemini.decodeRequest(
    {
      contents: [
        { role: 'user', parts: [{ text: 'hi' }] },
        { role: 'model', parts: kept },
      ],
    },
    {},
  )
  expect(chat.messages[1]?.parts).toMatchObject([
    { type: 'reasoning', text: 'I think.', opaque: secret },
    { type: 'tool-call', id: 'c1', name: 'look', input: { a: 1 } },
    { type: 'text', text: '' },
  ])
})

it('carries several blocks of reasoning, and only for the provider that minted them', () => {
  const reasoning = [
    { text: 'a', opaque: { by: 'claude' as const, origin: 'api.anthropic.com', data: '1' } },
    { text: '', redacted: true, opaque: { by: 'claude' as const, form: 'redacted', data: '2' } },
  ]
  const signature = sealCarried({ reasoning })
  expect(signature).toMatch(/^[A-Za-z0-9_-]+$/)
  const body = {
    contents: [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ text: 'Yes.', thoughtSignature: signature }] },
      { role: 'user', parts: [{ text: 'go on' }] },
    ],
  }
  expect(gemini.decodeRequest(body, {}).messages[1]?.parts).toMatchObject([...reasoning, { type: 'text', text: 'Yes.' }])
  const elsewhere = translate(body, { from: 'gemini', to: 'openai', clientModel: 'm', model: 'gpt' })
  expect(JSON.stringify(elsewhere.body)).not.toContain('ccr1')
})

it('case 7: a signature of another Gemini endpoint is replaced', () => {
  const signature = sealCarried({ reasoning: [], own: { by: 'gemini', origin: 'a.example', form: 'call', data: 'AAAA' } })
  const body = {
    contents: [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: {} }, thoughtSignature: signature }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'x' } } }] },
    ],
  }
  const to = (origin: string) =>
    translate(body, { from: 'gemini', to: 'gemini', clientModel: 'gemini-3-pro', model: 'gemini-3-pro', origin })
  expect(signaturesOf(to('b.example').body)[1]).toEqual([SENTINEL])
  expect(signaturesOf(to('a.example').body)[1]).toEqual(['AAAA'])
})

it('hides reasoning from clients that do not want it and still carries it', () => {
  const context = replyContext('sse', { reasoning: { show: 'hidden' } })
  const text = streamed(
    [
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'reasoning', text: '' } },
      { type: 'delta', index: 0, text: 'secret' },
      { type: 'part-end', index: 0, opaque: { by: 'claude', form: 'signature', data: 's' } },
      { type: 'part-start', index: 1, part: { type: 'text', text: '' } },
      { type: 'delta', index: 1, text: 'Hi' },
      { type: 'part-end', index: 1 },
      { type: 'finish', stop: { reason: 'end' } },
    ],
    context,
  )
  expect(text).not.toContain('"thought":true')
  expect(text).toContain('"thoughtSignature":"ccr1')
})
