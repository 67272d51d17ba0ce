import type { ProtocolName } from '../../../src/core/chat.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { createFold } from '../../../src/core/fold.ts'
import { createNotes } from '../../../src/core/notice.ts'
import type { ReplyContext } from '../../../src/core/protocol.ts'
import type { Reply } from '../../../src/core/reply.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { createClientEvents } from '../../../src/router/pool/client-events.ts'
import { protocols } from '../../../src/transformers/registry.ts'

const BODIES: Record<ProtocolName, (question: string, stream: boolean) => { path: string; body: object }> = {
  claude: (question, stream) => ({
    path: '/v1/messages',
    body: { model: 'm', max_tokens: 100, stream, messages: [{ role: 'user', content: question }] },
  }),
  openai: (question, stream) => ({
    path: '/v1/chat/completions',
    body: { model: 'm', stream, messages: [{ role: 'user', content: question }] },
  }),
  'openai-responses': (question, stream) => ({ path: '/v1/responses', body: { model: 'm', stream, input: question } }),
  gemini: (question, stream) => ({
    path: `/v1beta/models/m:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: question }] }] },
  }),
}

/** A request as a client of this protocol makes it. */
export function requestFor(protocol: ProtocolName, { stream = false, question = 'Hi?', headers = {}, signal }: AskOptions = {}): Request {
  const { path, body } = BODIES[protocol](question, stream)
  return new Request(`http://client.example${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}

export interface AskOptions {
  stream?: boolean
  question?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

export interface Answered {
  response: Response
  text: string
  /** The connection broke before the body's end. */
  broken: boolean
}

/** Asks and reads to the end, whatever comes. */
export async function ask(app: Fetch, protocol: ProtocolName, options: AskOptions = {}): Promise<Answered> {
  const response = await app(requestFor(protocol, options))
  let text = ''
  const decoder = new TextDecoder()
  try {
    for (const reader = response.body!.getReader(); ;) {
      const { done, value } = await reader.read()
      if (done) return { response, text, broken: false }
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return { response, text, broken: true }
  }
}

const STARTS: Record<ProtocolName, RegExp> = {
  claude: /^event: message_start/gm,
  openai: /"delta":\{"role":"assistant"/g,
  'openai-responses': /^event: response\.created/gm,
  gemini: /$^/g,
}
const ENDS: Record<ProtocolName, RegExp> = {
  claude: /^event: (message_stop|error)/gm,
  openai: /^data: (\[DONE\]|\{"error")/gm,
  'openai-responses': /^event: response\.(completed|incomplete|failed)/gm,
  gemini: /"finishReason"|^\{"error"/gm,
}
const count = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0

/** How often an answer begins in a client's stream. */
export const startsOf = (protocol: ProtocolName, text: string): number => count(STARTS[protocol], text)
/** How often it ends, well or in an error. */
export const endsOf = (protocol: ProtocolName, text: string): number => count(ENDS[protocol], text)

const TEXTS: Record<ProtocolName, RegExp> = {
  claude: /"text":"((?:[^"\\]|\\.)*)"/g,
  openai: /"content":"((?:[^"\\]|\\.)*)"/g,
  'openai-responses': /"(?:delta|text)":"((?:[^"\\]|\\.)*)"/g,
  gemini: /"text":"((?:[^"\\]|\\.)*)"/g,
}

/** What an answer says. */
export const textOf = (protocol: ProtocolName, text: string): string =>
  [...text.matchAll(TEXTS[protocol])].map(([, words]) => words).join('')

/** What a client understands of an answer: its text, and the whole of it or the failure that it ended in. */
export interface Understood {
  said: string
  reply?: Reply
  failure?: Failure
}

const contextOf = (protocol: ProtocolName): ReplyContext => ({
  chat: { stream: true, system: [], messages: [], tools: [] },
  model: '',
  dialect: { name: protocol },
  notes: createNotes('reply', protocols[protocol].fields),
  framing: 'sse',
  newId: (prefix) => prefix,
  now: () => 0,
})

/** Reads a client's stream. */
export function readStream(protocol: ProtocolName, text: string): Understood {
  const fold = createFold()
  let said = ''
  let failure: Failure | undefined
  const reader = createClientEvents(protocols[protocol], contextOf(protocol), (event) => {
    if (event.type === 'delta') said += event.text
    else if (event.type === 'error') failure = event.failure
    fold.emit(event)
  })
  reader.push(new TextEncoder().encode(text))
  while (reader.next());
  reader.end()
  return failure ? { said, failure } : { said, reply: fold.reply() }
}

/** Reads a whole answer, or an error. */
export function readWhole(protocol: ProtocolName, response: Response, text: string): Understood {
  const body: unknown = JSON.parse(text)
  const { status, headers } = response
  if (!response.ok) return { said: '', failure: protocols[protocol].decodeError({ status, headers, body }) }
  const reply = protocols[protocol].decodeReply(body, contextOf(protocol))
  return { said: reply.parts.map((part) => ('text' in part ? part.text : '')).join(''), reply }
}
