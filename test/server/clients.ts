/** What each protocol's client sends, and what an error looks like to it. */
import { expect } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'

export interface Client {
  protocol: ProtocolName
  path: string
  streamPath: string
  body: Record<string, unknown>
  streamBody: Record<string, unknown>
  headers: Record<string, string>
  /** The message of an error body; fails the test where the body is no error of this protocol. */
  errorOf(body: unknown): string
}

const text = expect.any(String) as string
const say = [{ role: 'user', content: 'Hi' }]
const contents = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
const messageIn = (body: unknown) => (body as { error: { message: string } }).error.message

const openaiError = (body: unknown) => {
  expect(body).toMatchObject({ error: { message: text, type: text } })
  return messageIn(body)
}

export const clients: Client[] = [
  {
    protocol: 'claude',
    path: '/v1/messages',
    streamPath: '/v1/messages',
    body: { model: 'm', max_tokens: 100, messages: say },
    streamBody: { model: 'm', max_tokens: 100, messages: say, stream: true },
    headers: { 'anthropic-version': '2023-06-01', 'x-api-key': 'k' },
    errorOf(body) {
      expect(body).toMatchObject({ type: 'error', error: { type: text, message: text } })
      return messageIn(body)
    },
  },
  {
    protocol: 'openai',
    path: '/v1/chat/completions',
    streamPath: '/v1/chat/completions',
    body: { model: 'm', messages: say },
    streamBody: { model: 'm', messages: say, stream: true },
    headers: { authorization: 'Bearer k' },
    errorOf: openaiError,
  },
  {
    protocol: 'openai-responses',
    path: '/v1/responses',
    streamPath: '/v1/responses',
    body: { model: 'm', input: 'Hi' },
    streamBody: { model: 'm', input: 'Hi', stream: true },
    headers: { authorization: 'Bearer k' },
    errorOf: openaiError,
  },
  {
    protocol: 'gemini',
    path: '/v1beta/models/m:generateContent',
    streamPath: '/v1beta/models/m:streamGenerateContent?alt=sse',
    body: contents,
    streamBody: contents,
    headers: { 'x-goog-api-key': 'k' },
    errorOf(body) {
      expect(body).toMatchObject({ error: { code: expect.any(Number), message: text, status: text } })
      return messageIn(body)
    },
  },
]

export const clientOf = (protocol: ProtocolName): Client => clients.find((client) => client.protocol === protocol)!

/** A client's request, sent as it is. */
export const post = (url: string, client: Client, init: RequestInit = {}): Promise<Response> =>
  fetch(url + client.path, {
    method: 'POST',
    body: JSON.stringify(client.body),
    ...init,
    headers: { 'content-type': 'application/json', ...client.headers, ...(init.headers as Record<string, string>) },
  })

/** A client's request for a stream. */
export const postStream = (url: string, client: Client): Promise<Response> =>
  fetch(url + client.streamPath, {
    method: 'POST',
    body: JSON.stringify(client.streamBody),
    headers: { 'content-type': 'application/json', ...client.headers },
  })
