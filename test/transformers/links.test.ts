/** A link is passed on as a link, even where it is doubtful that the other side can open it; then a notice says so. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { translate } from '../../src/transformers/translate.ts'

const MODEL: Record<ProtocolName, string> = {
  claude: 'claude-sonnet-5',
  openai: 'gpt-4.1',
  'openai-responses': 'gpt-5',
  gemini: 'gemini-2.5-pro',
}

/** What becomes of a file that Gemini links to, and the notices about it. */
function linked(fileData: object, to: ProtocolName, dialect?: string) {
  const body = { contents: [{ role: 'user', parts: [{ text: 'What is it?' }, { fileData }] }] }
  const sent = translate(body, {
    from: 'gemini',
    to,
    model: MODEL[to],
    clientModel: 'gemini-3-pro',
    stream: false,
    ...(dialect && { dialect }),
  })
  const { messages, input } = sent.body as { messages?: { content: unknown[] }[]; input?: { content: unknown[] }[] }
  const told = sent.notices.filter(({ path, action }) => path === '/contents/0/parts/1' && action === 'approximated')
  return { wire: (messages ?? input)?.at(-1)?.content[1], told: told.length, sent }
}

const YOUTUBE = 'https://youtu.be/lCdaVNyHtjU'
const STORED = 'https://generativelanguage.googleapis.com/v1beta/files/k8plo4aq1e1w'
const BUCKET = 'gs://bucket/cat.jpg'

describe('a link of Gemini', () => {
  it.each([
    ['claude', YOUTUBE, 'video/mp4', { type: 'document', source: { type: 'url', url: YOUTUBE } }],
    ['claude', STORED, 'application/pdf', { type: 'document', source: { type: 'url', url: STORED } }],
    ['claude', BUCKET, 'image/jpeg', { type: 'image', source: { type: 'url', url: BUCKET } }],
    ['openai', YOUTUBE, 'video/mp4', { type: 'file', file: { filename: 'document.mp4', file_data: YOUTUBE } }],
    ['openai', STORED, 'application/pdf', { type: 'file', file: { filename: 'document.pdf', file_data: STORED } }],
    ['openai', BUCKET, 'image/jpeg', { type: 'image_url', image_url: { url: BUCKET } }],
    ['openai-responses', YOUTUBE, 'video/mp4', { type: 'input_file', file_url: YOUTUBE }],
    ['openai-responses', BUCKET, 'image/jpeg', { type: 'input_image', image_url: BUCKET, detail: 'auto' }],
  ] as const)('goes to %s: %s', (to, fileUri, mimeType, wire) => {
    const { wire: said, told, sent } = linked({ fileUri, mimeType }, to)
    expect(said).toMatchObject(wire)
    expect(told).toBe(1)
    const back = translate(sent.body, { from: to, to: 'gemini', model: MODEL.gemini, stream: false }).body as {
      contents: { parts: unknown[] }[]
    }
    expect(back.contents[0]?.parts[1]).toMatchObject({ fileData: { fileUri } })
  })

  it('goes with no doubt where everybody can open it', () => {
    expect(linked({ fileUri: 'https://example.com/a.png', mimeType: 'image/png' }, 'claude').told).toBe(0)
    expect(linked({ fileUri: 'https://example.com/a.png', mimeType: 'image/png' }, 'openai').told).toBe(0)
    expect(linked({ fileUri: 'https://example.com/a.pdf', mimeType: 'application/pdf' }, 'openai', 'openrouter').told).toBe(0)
  })

  it('has a place of its own where the provider takes films, and is told in words where it takes no files', () => {
    const film = { fileUri: 'https://example.com/a.mp4', mimeType: 'video/mp4' }
    expect(linked(film, 'openai', 'openrouter').wire).toEqual({ type: 'video_url', video_url: { url: film.fileUri } })
    expect(linked(film, 'openai', 'mistral').wire).toEqual({ type: 'text', text: `[video: ${film.fileUri}]` })
  })

  it('is refused where it is no address but the name of a stored file', () => {
    expect(() => linked({ fileUri: 'files/abc', mimeType: 'image/png' }, 'openai')).toThrow(/stored with another provider/)
  })

  it('is a film when Gemini gets a link to YouTube back', () => {
    const document = { type: 'document', source: { type: 'url', url: YOUTUBE } }
    const body = { model: 'x', max_tokens: 9, messages: [{ role: 'user', content: [document] }] }
    const sent = translate(body, { from: 'claude', to: 'gemini', model: 'gemini-3-pro' }).body as { contents: { parts: unknown[] }[] }
    expect(sent.contents[0]?.parts).toEqual([{ fileData: { fileUri: YOUTUBE, mimeType: 'video/mp4' } }])
  })
})

describe('a link to a document', () => {
  it('goes to Chat Completions, which reads links behind some gateways only', () => {
    const document = { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' }, title: 'a.pdf' }
    const body = { model: 'x', max_tokens: 9, messages: [{ role: 'user', content: [document] }] }
    const sent = translate(body, { from: 'claude', to: 'openai', model: 'gpt-4.1' })
    expect((sent.body as { messages: unknown[] }).messages).toEqual([
      { role: 'user', content: [{ type: 'file', file: { filename: 'a.pdf', file_data: 'https://example.com/a.pdf' } }] },
    ])
    expect(sent.notices).toContainEqual(expect.objectContaining({ action: 'approximated', path: '/messages/0/content/0' }))
    expect(() => translate(body, { from: 'claude', to: 'openai', model: 'gpt-4.1', strict: true })).toThrow(/strict|link/i)
  })
})
