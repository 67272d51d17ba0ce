import { describe, expect, it, test } from 'vitest'
import type { Citation, Part } from '../../../src/core/chat.ts'
import { unfold } from '../../../src/core/fold.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { StreamEvent } from '../../../src/core/reply.ts'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { chunk, chunksOf, folded, replyContext, streamed } from './run.ts'

const source = { url: 'https://a.example/x', title: 'A' }
const web = { web: { uri: source.url, title: 'A' } }
const text = (said: string, ...citations: Citation[]): Part => ({ type: 'text', text: said, ...(citations.length && { citations }) })
const native: Part = { type: 'native', protocol: 'claude', value: { type: 'server_tool_use', id: 's', name: 'web_search', input: {} } }

/** What a client is told of the sources: in a whole answer, and in a stream of the same. */
function grounding(parts: Part[], context = replyContext()) {
  const reply = { parts, stop: { reason: 'end' as const } }
  const events: StreamEvent[] = []
  unfold(reply, (event) => events.push(event))
  const candidateIn = ({ candidates }: JsonObject) => (candidates as JsonObject[])[0]!.groundingMetadata as JsonObject
  return { whole: candidateIn(gemini.encodeReply(reply, context)), stream: candidateIn(chunksOf(streamed(events)).at(-1)!) }
}

describe('the sources that a Gemini client is told', () => {
  it('without a place of their own hold for the whole text, in bytes and in its own words', () => {
    const { whole, stream } = grounding([text('Grüße.', { ...source, quote: 'what the page says' })])
    expect(whole).toEqual({
      groundingChunks: [web],
      groundingSupports: [{ segment: { startIndex: 0, endIndex: 8, text: 'Grüße.' }, groundingChunkIndices: [0] }],
    })
    expect(stream).toEqual(whole)
  })
  it('keep the places that they have', () => {
    const { whole, stream } = grounding([text('Grüße 𝄞 an alle', { ...source, start: 6, end: 8 })])
    expect(whole.groundingSupports).toEqual([{ segment: { startIndex: 8, endIndex: 12, text: '𝄞' }, groundingChunkIndices: [0] }])
    expect(stream).toEqual(whole)
  })
  it('of one place are one support, for Gemini CLI writes marks from the end', () => {
    const { whole } = grounding([text('Sun.', source, { url: 'https://b.example' }, source)])
    expect(whole.groundingSupports).toMatchObject([{ groundingChunkIndices: [0, 1, 0] }])
  })
  it('are told with a notice where the cited words are not', () => {
    const context = replyContext()
    grounding([text('Sun.', { ...source, quote: 'It is sunny.', at: '/content/0/citations/0' }, { ...source, quote: 'Sun.' })], context)
    expect(context.notes.list).toMatchObject([{ action: 'approximated', path: '/content/0/citations/0' }])
  })
  const call: Part = { type: 'tool-call', id: 'a', name: 'look', input: {} }
  const cited = text('Sun.', source)
  const signed: Part = { type: 'text', text: '', opaque: { by: 'gemini', form: 'text', data: 'AAAA' } }
  test.each<[string, Part[], (number | undefined)[]]>([
    ['blocks that are not told', [native, native, cited], [undefined]],
    ['blocks between texts', [text('Hm.'), native, cited], [1]],
    ['calls', [text('Hm.'), call, cited], [2]],
    ['reasoning', [{ type: 'reasoning', text: 'Hm.' }, cited], [1]],
    ['an empty text that is signed', [signed, cited], [1]],
    ['an empty text', [text(''), cited], [undefined]],
    ['the same text twice', [text('Sun.'), cited, cited], [1, 2]],
  ])('count the parts that the client got: %s', (_, parts, indices) => {
    const { whole, stream } = grounding(parts)
    expect((whole.groundingSupports as { segment: JsonObject }[]).map(({ segment }) => segment.partIndex)).toEqual(indices)
    expect(stream).toEqual(whole)
  })
  it('of Claude are annotations again for whoever reads them', () => {
    const claude = {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'text', text: 'Look: ' },
        {
          type: 'text',
          text: 'Sün.',
          citations: [{ type: 'web_search_result_location', ...source, cited_text: 'It is sunny.', encrypted_index: 'E' }],
        },
      ],
      stop_reason: 'end_turn',
    }
    const ask = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    const answer = translate(ask, { from: 'gemini', to: 'claude', model: 'claude-sonnet-5' }).response(claude)
    const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }
    const read = translate(chat, { from: 'openai', to: 'gemini', model: 'gemini-3-pro' }).response(answer)
    expect(read).toMatchObject({
      choices: [{ message: { annotations: [{ url_citation: { start_index: 6, end_index: 10, url: source.url, title: 'A' } }] } }],
    })
  })
})

describe('works that an answer recites', () => {
  const works = { startIndex: 7, endIndex: 9, uri: source.url, title: 'A', license: 'MIT' }
  const citation = { ...source, supported: 'bc', start: 5, end: 7 }
  const path = '/candidates/0/citationMetadata'
  test.each(['citations', 'citationSources'])('are citations (%s)', (field) => {
    const context = replyContext()
    const citationMetadata = { [field]: [works, { startIndex: 12, endIndex: 13, uri: 'https://b.example/' }, { uri: 'x', startIndex: 99 }] }
    const parts = [{ text: 'hm', thought: true }, { text: 'Grüßebcde' }, { text: 'fg' }]
    const body = { candidates: [{ content: { parts }, finishReason: 'STOP', citationMetadata }] }
    expect(gemini.decodeReply(body, context).parts).toMatchObject([
      { type: 'reasoning' },
      { text: 'Grüßebcde', citations: [citation] },
      { text: 'fg', citations: [{ url: 'https://b.example/', title: 'b.example', supported: 'g', start: 1, end: 2 }] },
    ])
    expect(context.notes.list).toMatchObject([
      { action: 'dropped', path, reason: expect.stringMatching(/^1 sources/) as string },
      { action: 'dropped', path, reason: expect.stringContaining('licenses') as string },
    ])
  })
  it('are citations in a stream, which tells them again and counts from its beginning', () => {
    const citationMetadata = { citations: [works] }
    const context = replyContext()
    const { parts } = folded(
      [
        chunk([{ text: 'Grüße' }]),
        chunk([{ text: 'bc' }], { citationMetadata }),
        chunk([{ text: 'de' }], { citationMetadata, finishReason: 'STOP' }),
      ],
      context,
    )
    expect(parts).toMatchObject([{ text: 'Grüßebcde', citations: [citation] }])
    expect(parts[0]).toHaveProperty('citations.length', 1)
    expect(context.notes.list).toHaveLength(1)
  })
  it('of an earlier text of a stream are noted, and the others stay in place', () => {
    const context = replyContext()
    const call = { functionCall: { name: 'look', args: {} } }
    const citations = [works, { ...works, startIndex: 12, endIndex: 13 }]
    const chunks = [
      chunk([{ text: 'Grüßebcde' }]),
      chunk([call]),
      chunk([{ text: 'fg' }], { citationMetadata: { citations }, finishReason: 'STOP' }),
    ]
    const { parts } = folded(chunks, context)
    expect(parts).toMatchObject([{ text: 'Grüßebcde' }, {}, { text: 'fg', citations: [{ supported: 'g', start: 1, end: 2 }] }])
    expect(context.notes.list[0]).toMatchObject({ path, reason: '1 sources are cited at no place of the text' })
  })
})
