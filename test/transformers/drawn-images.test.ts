/** Images that a model made, on their way to a client and back: Gemini wants the signature of each of its own with the next request. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { translate } from '../../src/transformers/translate.ts'
import { readBack, sseOf } from '../laws/streamed.ts'

const DRAWN = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' }, thoughtSignature: 'c2lnbmVk' }
const ANSWER = {
  candidates: [{ content: { role: 'model', parts: [{ text: 'Here:' }, DRAWN] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 },
}
type Client = 'openai' | 'openai-responses'
const user = { role: 'user', content: 'Draw.' }
const bodyOf = (from: Client, history: unknown[], stream = false): JsonObject => ({
  model: 'm',
  ...(stream && { stream }),
  ...(from === 'openai' ? { messages: [user, ...history, user] } : { input: [user, ...history, user] }),
})
const ask = (from: Client, to: ProtocolName, history: unknown[] = [], stream = false) =>
  translate(bodyOf(from, history, stream), { from, to, model: 'm' })

/** What a client keeps of an answer for its next request. */
const kept: Record<Client, (answer: JsonObject) => unknown[]> = {
  openai: ({ choices }) => [(choices as JsonObject[])[0]!.message],
  'openai-responses': ({ output }) => output as unknown[],
}
const streamed: Record<Client, (text: string) => unknown[]> = {
  openai(text) {
    const message: JsonObject = { role: 'assistant', content: '', images: [] }
    for (const { data } of sseOf(text)) {
      if (data === '[DONE]') continue
      const { delta } = ((JSON.parse(data) as JsonObject).choices as { delta: JsonObject }[])[0]!
      message.content += String(delta.content ?? '')
      ;(message.images as unknown[]).push(...((delta.images as unknown[] | undefined) ?? []))
    }
    return [message]
  },
  'openai-responses': (text) =>
    sseOf(text).flatMap(({ name, data }) => (name === 'response.output_item.done' ? [(JSON.parse(data) as JsonObject).item] : [])),
}
const streamOf = (from: Client) => {
  const translator = ask(from, 'gemini', [], true).translator()
  return translator.push(new TextEncoder().encode(`data: ${JSON.stringify(ANSWER)}\n\n`)) + translator.end()
}

describe.each(['openai', 'openai-responses'] as const)('a client of %s', (from) => {
  const histories = () => [kept[from](ask(from, 'gemini').response(ANSWER)), streamed[from](streamOf(from))]

  it('gives Gemini its images back as they were signed', () => {
    for (const history of histories()) {
      const { body, notices } = ask(from, 'gemini', history)
      expect((body.contents as JsonObject[])[1]).toEqual({ role: 'model', parts: [{ text: 'Here:' }, DRAWN] })
      expect(notices.filter(({ minor }) => !minor)).toEqual([])
    }
  })
  it('gives no other provider the signature, and is told so', () => {
    for (const history of histories())
      for (const to of ['claude', 'openai', 'openai-responses'] as const) {
        const { body, notices } = ask(from, to, history)
        expect(JSON.stringify(body)).not.toMatch(/ccr1|c2lnbmVk/)
        expect(notices.filter(({ reason }) => reason.includes('this signature was left out'))).toHaveLength(1)
      }
  })
})

it('a list of images beside the content goes back to its own provider as it came', () => {
  const images = [{ type: 'image_url', index: 0, image_url: { url: 'data:image/png;base64,AAAA' } }]
  const history = [{ role: 'assistant', content: 'Here:', images }]
  const same = translate(bodyOf('openai', history), { from: 'openai', to: 'openai', model: 'm', adjust: (chat) => chat })
  expect(same.body.messages).toEqual([user, ...history, user])
  expect(same.notices).toEqual([])
  const odd = [{ role: 'assistant', content: 'Here:', images: 'none' }]
  expect(ask('openai', 'gemini', odd).notices).toMatchObject([{ action: 'dropped', path: '/messages/1/images' }])
})

it('an item of an image goes back to its own provider as it came, whatever else is in its turn', () => {
  const item = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'AAAA' }
  const [carrier] = kept['openai-responses'](ask('openai-responses', 'gemini').response(ANSWER)).slice(-1)
  const history = [item, carrier]
  const { body } = translate(bodyOf('openai-responses', history), { from: 'openai-responses', to: 'openai-responses', model: 'm' })
  expect(body.input).toEqual([user, item, user])
})

it('a client of Gemini gets the signature of an image that is read and written again', () => {
  const contents = [{ role: 'user', parts: [{ text: 'Draw.' }] }]
  const exchange = translate({ contents }, { from: 'gemini', to: 'gemini', model: 'm', stream: true, adjust: (chat) => chat })
  const translator = exchange.translator()
  const text = translator.push(new TextEncoder().encode(`data: ${JSON.stringify(ANSWER)}\n\n`)) + translator.end()
  expect(readBack('gemini', text).parts).toMatchObject([{ text: 'Here:' }, { type: 'image', opaque: { data: DRAWN.thoughtSignature } }])
})
