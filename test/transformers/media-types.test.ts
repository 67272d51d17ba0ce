/** What a file is: data URLs of both forms, and links whose extension tells their type, or nothing does. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { readDataUrl } from '../../src/core/data-url.ts'
import { typeOfName } from '../../src/core/media-types.ts'
import { translate } from '../../src/transformers/translate.ts'

const MODEL: Record<ProtocolName, string> = {
  claude: 'claude-sonnet-5',
  openai: 'gpt-4.1',
  'openai-responses': 'gpt-5',
  gemini: 'gemini-2.5-pro',
}

/** What becomes of one part of a user's message, and the notices. */
function sent(from: ProtocolName, part: object, to: ProtocolName = 'gemini', strict = false) {
  const said = { role: 'user', content: [{ type: from === 'openai-responses' ? 'input_text' : 'text', text: 'What is it?' }, part] }
  const limit = from === 'openai-responses' ? 'max_output_tokens' : 'max_tokens'
  const body = { model: 'x', [limit]: 99, [from === 'openai-responses' ? 'input' : 'messages']: [said] }
  const { body: wire, notices } = translate(body, { from, to, model: MODEL[to], stream: false, strict })
  const { contents, messages, input } = wire as Record<string, { parts?: unknown[]; content?: unknown[] }[] | undefined>
  const last = (contents ?? messages ?? input)?.at(-1)
  return { part: (last?.parts ?? last?.content)?.at(-1), notices }
}
const chatImage = (url: string, to?: ProtocolName) => sent('openai', { type: 'image_url', image_url: { url } }, to)
const image = (image_url: string, to?: ProtocolName) => sent('openai-responses', { type: 'input_image', image_url }, to)
const invented = expect.objectContaining({ action: 'invented', path: '/contents' })

describe('a data URL', () => {
  it.each([
    ['data:image/svg+xml;utf8,<svg/>', 'image/svg+xml', btoa('<svg/>')],
    ['data:image/svg+xml,%3Csvg%2F%3e', 'image/svg+xml', btoa('<svg/>')],
    ['data:image/png,%89PNG%0D%0A', 'image/png', btoa('\x89PNG\r\n')],
    ['data:text/plain,100%,%zz', 'text/plain', btoa('100%,%zz')],
    ['data:text/plain,ä%C3%A4', 'text/plain', btoa('\xc3\xa4\xc3\xa4')],
    ['data:text/plain,🙂', 'text/plain', btoa('\xf0\x9f\x99\x82')],
    ['data:,hi', 'text/plain', btoa('hi')],
    ['data:image/png;base64,AAAA', 'image/png', 'AAAA'],
    ['data:image/png;charset=utf-8;base64,AAAA', 'image/png', 'AAAA'],
    ['DATA:Image/PNG; BASE64,AA%2BA%3D%3d%0A', 'image/png', 'AA+A=='],
    ['data:;base64,AAAA', undefined, 'AAAA'],
  ])('is read: %s', (url, mediaType, data) => expect(readDataUrl(url)).toEqual({ mediaType, data }))

  it.each(['https://example.com/a,b', 'data:image/png', 'database,x'])('is none: %s', (url) => expect(readDataUrl(url)).toBeUndefined())

  it.each([
    ['data:image/svg+xml;utf8,<svg/>', { mimeType: 'image/svg+xml', data: btoa('<svg/>') }],
    ['data:image/png,AAAA', { mimeType: 'image/png', data: btoa('AAAA') }],
    ['data:image/png;charset=utf-8;base64,AAAA', { mimeType: 'image/png', data: 'AAAA' }],
  ])('reaches Gemini as data: %s', (url, inlineData) => {
    expect(chatImage(url)).toEqual({ part: { inlineData }, notices: [] })
    expect(image(url)).toEqual({ part: { inlineData }, notices: [] })
    const byClaude = sent('claude', { type: 'image', source: { type: 'url', url } })
    expect(byClaude.part).toEqual({ inlineData })
  })

  it('reaches Claude as data', () => {
    const source = { type: 'base64', media_type: 'image/png', data: btoa('AAAA') }
    expect(chatImage('data:image/png,AAAA', 'claude').part).toEqual({ type: 'image', source })
    expect(image('data:image/png,AAAA', 'claude').part).toEqual({ type: 'image', source })
    const text = { type: 'input_file', file_data: 'data:text/plain,hi%20there', filename: 'a.txt' }
    expect(sent('openai-responses', text, 'claude').part).toMatchObject({ type: 'document', source: { type: 'text', data: 'hi there' } })
  })

  it.each([
    'data:image/png;charset=utf-8;base64,AAAA',
    'data:image/svg+xml,%3Csvg/%3E',
    'data:;base64,AAAA',
    'data:IMAGE/png;base64,AAAA',
    'data:image/png;base64,AA%3D%3D',
    'data:image/png',
  ])('stays as it is with its own provider: %s', (url) => {
    const chat = { type: 'image_url', image_url: { url } }
    expect(sent('openai', chat, 'openai')).toEqual({ part: chat, notices: [] })
    const own = { type: 'input_image', image_url: url }
    expect(sent('openai-responses', own, 'openai-responses')).toEqual({ part: own, notices: [] })
    const file = { type: 'input_file', file_data: url, filename: 'a' }
    expect(sent('openai-responses', file, 'openai-responses')).toEqual({ part: file, notices: [] })
  })

  it('is told to be missing where it cannot be read', () => {
    const { part, notices } = chatImage('data:image/png')
    expect(part).toEqual({ text: '[image that could not be sent to this model]' })
    expect(notices).toMatchObject([{ action: 'dropped', path: '/messages/0/content/1' }])
  })
})

describe('the type of a link', () => {
  const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

  it.each([
    ['a.PNG', 'image/png'],
    ['https://example.com/a.docx', DOCX],
    ['https://example.com/a.b.pdf?x=1#y', 'application/pdf'],
    ['https://example.com/get?file=a.csv', 'text/csv'],
    ['gs://bucket.md/cat.jpg', 'image/jpeg'],
    ['https://example.md', undefined],
    ['https://example.md/a', undefined],
    ['a.constructor', undefined],
    ['pdf', undefined],
  ])('is told by its extension: %s', (name, type) => expect(typeOfName(name)).toBe(type))

  it('reaches Gemini', () => {
    const fileUri = 'https://example.com/a.docx'
    const file = { type: 'input_file', file_url: fileUri }
    expect(sent('openai-responses', file)).toEqual({ part: { fileData: { fileUri, mimeType: DOCX } }, notices: [] })
    expect(chatImage('https://example.com/a.png').notices).toEqual([])
  })

  it('is told by the address where the name tells none', () => {
    const fileUri = 'https://example.com/a.csv'
    const { part } = sent('openai-responses', { type: 'input_file', file_url: fileUri, filename: 'Report' })
    expect(part).toEqual({ fileData: { fileUri, mimeType: 'text/csv' } })
  })

  it('is guessed by its kind where nothing tells it, and a notice says so', () => {
    const fileUri = 'https://example.com/a'
    const file = sent('openai-responses', { type: 'input_file', file_url: fileUri })
    expect(file).toEqual({ part: { fileData: { fileUri, mimeType: 'application/pdf' } }, notices: [invented] })
    for (const seen of [image(fileUri), chatImage(fileUri)])
      expect(seen).toEqual({ part: { fileData: { fileUri, mimeType: 'image/jpeg' } }, notices: [invented] })
    expect(() => sent('openai', { type: 'image_url', image_url: { url: fileUri } }, 'gemini', true)).not.toThrow()
  })
})

describe('bare base64', () => {
  it('is what the name of the file tells', () => {
    const inlineData = { mimeType: 'text/csv', data: 'AAAA' }
    expect(sent('openai', { type: 'file', file: { file_data: 'AAAA', filename: 'a.csv' } }).part).toEqual({ inlineData })
    expect(sent('openai-responses', { type: 'input_file', file_data: 'AAAA', filename: 'a.csv' }).part).toEqual({ inlineData })
  })

  it('is a guess where there is no name', () => {
    const { part, notices } = chatImage('AAAA')
    expect(part).toEqual({ inlineData: { mimeType: 'image/jpeg', data: 'AAAA' } })
    expect(notices).toEqual([invented])
  })
})

it('white space within base64 is no part of it', () => {
  for (const url of ['data:image/png;base64,AA\nAA', 'data:image/png;base64,AA%0AAA'])
    expect(readDataUrl(url)).toEqual({ mediaType: 'image/png', data: 'AAAA' })
})
