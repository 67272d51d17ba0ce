import type { ProtocolName } from '../../src/core/chat.ts'
import type { VirtualClock } from '../../src/testing/index.ts'

export const PROTOCOLS: readonly ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']

/** One short question in each protocol, with a key where its SDK puts it. */
export function question(
  protocol: ProtocolName,
  options: { stream?: boolean; key?: string; model?: string; signal?: AbortSignal; origin?: string; text?: string } = {},
): Request {
  const { stream = false, key = 'k1', model = 'm1', signal, origin = 'https://provider.example', text = 'Hi' } = options
  const messages = [{ role: 'user', content: text }]
  const asks: Record<ProtocolName, { path: string; key: Record<string, string>; body: unknown }> = {
    claude: { path: '/v1/messages', key: { 'x-api-key': key }, body: { model, max_tokens: 64, messages, stream } },
    openai: {
      path: '/v1/chat/completions',
      key: { authorization: `Bearer ${key}` },
      body: { model, messages, stream, ...(stream && { stream_options: { include_usage: true } }) },
    },
    'openai-responses': {
      path: '/v1/responses',
      key: { authorization: `Bearer ${key}` },
      body: { model, input: text, stream, reasoning: { summary: 'auto' } },
    },
    gemini: {
      path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      key: { 'x-goog-api-key': key },
      body: { contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { thinkingConfig: { includeThoughts: true } } },
    },
  }
  const asked = asks[protocol]
  return new Request(`${origin}${asked.path}`, {
    method: 'POST',
    headers: { ...asked.key, 'content-type': 'application/json' },
    body: JSON.stringify(asked.body),
    ...(signal && { signal }),
  })
}

/** What a body gave until it ended, broke, or fell silent. */
export interface Heard {
  text: string
  bytes: Uint8Array
  /** When each chunk came. */
  times: number[]
  how: 'end' | 'error' | 'silent'
  error?: unknown
  cancel(): Promise<void>
}

/** Reads a body while virtual time goes on for `ms`. */
export async function listen(response: Response, clock: VirtualClock, ms = 0): Promise<Heard> {
  const reader = response.body!.getReader()
  const chunks: Uint8Array[] = []
  const heard: Heard = { text: '', bytes: new Uint8Array(), times: [], how: 'silent', cancel: () => reader.cancel() }
  const reading = (async () => {
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return void (heard.how = 'end')
        chunks.push(value)
        heard.times.push(clock.now())
      }
    } catch (error) {
      heard.how = 'error'
      heard.error = error
    }
  })()
  await clock.advance(ms)
  if (heard.how !== 'silent') await reading
  heard.bytes = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
  heard.text = new TextDecoder().decode(heard.bytes)
  return heard
}

/** The error of a promise that must not resolve. */
export const errorOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It resolved.')
}
