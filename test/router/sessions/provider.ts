/** A provider of any protocol that answers from a script and remembers what it was told. */
import OpenAI from 'openai'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { unfold } from '../../../src/core/fold.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Reply } from '../../../src/core/reply.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { sessions, type SessionsOptions } from '../../../src/router/sessions/sessions.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { replyContext } from '../../laws/contexts.ts'

export interface Provider {
  fetch: Fetch
  /** What it was told in each request: `user: Hello`. */
  heard: string[][]
  /** The bodies that it got. */
  bodies: JsonObject[]
}

export type Answer = string | Partial<Reply>

/** `cut` leaves out that many characters at the end of a stream. */
export function createProvider(name: ProtocolName, answers: Answer[], cut = 0): Provider {
  const protocol = protocols[name]
  const heard: string[][] = []
  const bodies: JsonObject[] = []
  let ids = 0
  const provider: Fetch = async (input, init) => {
    const url = String(input)
    const body = JSON.parse(await new Response(init?.body).text()) as JsonObject
    const chat = protocol.decodeRequest(body, {})
    bodies.push(body)
    heard.push(
      chat.messages.flatMap(({ role, parts }) =>
        parts.flatMap((part) => {
          if (part.type === 'text') return `${role}: ${part.text}`
          if (part.type === 'tool-call') return `${role} calls ${part.name}`
          if (part.type === 'tool-result')
            return `${part.parts.map((inner) => (inner.type === 'text' ? inner.text : inner.type)).join('')} came back`
          return part.type === 'native' ? `${role}: <${String(part.value.type)}>` : `${role}: <${part.type}>`
        }),
      ),
    )
    const answer = answers[heard.length - 1] ?? 'I have nothing more to say.'
    const said = typeof answer === 'string' ? { parts: [{ type: 'text' as const, text: answer }] } : answer
    const reply: Reply = { parts: [], stop: { reason: 'end' }, usage: { input: 5, output: 7 }, ...said }
    const context = { ...replyContext(name, chat, 'model'), newId: (prefix: string) => `${prefix}${++ids}` }
    if (body.stream !== true && !url.includes('streamGenerateContent')) return Response.json(protocol.encodeReply(reply, context))
    let text = ''
    const write = protocol.encodeStream(context)
    unfold(reply, (event) => void (text += write(event)))
    if (name === 'openai') text += 'data: [DONE]\n\n'
    return new Response(text.slice(0, text.length - cut), { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch: provider, heard, bodies }
}

/** The official client over sessions over an endpoint of a provider. */
export function setUp(name: ProtocolName, answers: Answer[], options: SessionsOptions & { cut?: number } = {}) {
  const provider = createProvider(name, answers, options.cut)
  const app = sessions(endpoint({ protocol: name, baseUrl: 'https://provider.example', fetch: provider.fetch, model: 'model' }), options)
  const client = (apiKey = 'mine') => new OpenAI({ apiKey, baseURL: 'http://here/v1', fetch: app, maxRetries: 0 })
  return { ...provider, app, client, openai: client() }
}

export const call = (id: string, name = 'get_weather'): Partial<Reply> => ({
  parts: [{ type: 'tool-call', id, name, input: { city: 'Paris' } }],
  stop: { reason: 'tool-calls' },
})

export const tools: OpenAI.Responses.FunctionTool[] = [
  { type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } }, strict: false },
]
