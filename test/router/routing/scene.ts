import type { ChatRequest, ProtocolName } from '../../../src/core/chat.ts'
import type { Failure } from '../../../src/core/failure.ts'
import type { Usage } from '../../../src/core/usage.ts'
import { errorResponse } from '../../../src/router/endpoint/answer.ts'
import type { Capability } from '../../../src/router/capability.ts'
import { factsOf } from '../../../src/router/facts.ts'
import { chatOf, type RequestFacts } from '../../../src/router/request-facts.ts'
import { requestOf, type Handler } from '../../../src/router/fetch.ts'
import { attachMember, type Readiness } from '../../../src/router/member.ts'
import { attachOutcome, outcomeOf } from '../../../src/router/outcome.ts'
import { tripOf, type Trip } from '../../../src/router/trip.ts'
import { protocols } from '../../../src/transformers/registry.ts'

export type Body = Record<string, unknown>

/** What a target was asked, as it would be told to its upstream. */
export interface Seen {
  name: string
  model: string | undefined
  chat: ChatRequest
  facts: RequestFacts
  trip: Trip
  request: Request
}

export interface TargetOptions {
  /** One a call; the last one holds for all that follow. Default: an answer. */
  answers?: readonly (Partial<Failure> | Usage | 'ok')[]
  can?: Capability
  ready?: Readiness
  model?: string
}

/** Targets that answer as told and write down what they were asked. */
export function scene() {
  const seen: Seen[] = []
  const target = (name: string, { answers = ['ok'], can = {}, ready = { at: 0 }, model: own }: TargetOptions = {}): Handler => {
    let calls = 0
    const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
      const request = requestOf(input, init)
      const facts = await factsOf(request)
      const trip = tripOf(request)
      const chat = trip.adjust?.(chatOf(facts)) ?? chatOf(facts)
      seen.push({ name, model: trip.model ?? own ?? facts.route.model ?? chat.model, chat, facts, trip, request })
      const answer = answers[Math.min(calls++, answers.length - 1)]!
      const known = { endpoint: name, model: trip.model ?? own, notices: [], attempts: trip.attempts }
      if (typeof answer === 'object' && 'kind' in answer) {
        // a provider said so, and not this program
        const source = { protocol: 'gemini' as const, body: {} }
        const failure = { status: 500, message: `${name} failed`, source, ...answer } as Failure
        const refusal = errorResponse(protocols[facts.protocol], failure)
        return attachOutcome(refusal, { ...known, failure, ended: Promise.resolve({ how: 'error', failure }) })
      }
      const usage = answer === 'ok' ? undefined : (answer as Usage)
      return attachOutcome(Response.json({ by: name }), { ...known, ended: Promise.resolve({ how: 'complete', ...(usage && { usage }) }) })
    }
    return attachMember(handler, {
      name,
      kind: 'endpoint',
      model: (ask) => ask.model ?? own,
      ready: () => ready,
      can: () => can,
      explain: (ask) => ({ kind: 'endpoint', name, model: ask.model ?? own }),
    })
  }
  return { seen, target }
}

const PATHS: Record<ProtocolName, string> = {
  claude: '/v1/messages',
  openai: '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  gemini: '/v1beta/models/{model}:generateContent',
}

/** The smallest request of each protocol: one text of the user's. */
const SMALL: Record<ProtocolName, (text: string) => Body> = {
  claude: (text) => ({ max_tokens: 100, messages: [{ role: 'user', content: text }] }),
  openai: (text) => ({ messages: [{ role: 'user', content: text }] }),
  'openai-responses': (text) => ({ input: text }),
  gemini: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
}

export interface AskOptions {
  protocol?: ProtocolName
  model?: string
  text?: string
  body?: Body
  headers?: Record<string, string>
  query?: string
  path?: string
}

export function requestWith({
  protocol = 'claude',
  model = 'some-model',
  text = 'Hi',
  body = {},
  headers = {},
  query = '',
  path,
}: AskOptions = {}): Request {
  const full = { ...(protocol !== 'gemini' && { model }), ...SMALL[protocol](text), ...body }
  const url = `http://client.test${(path ?? PATHS[protocol]).replace('{model}', encodeURIComponent(model))}${query}`
  return new Request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(full) })
}

/** Who answered, and by which rule. */
export async function whoAnswers(app: Handler, options: AskOptions = {}): Promise<string> {
  const response = await app(requestWith(options))
  const outcome = outcomeOf(response)
  return response.ok
    ? `${outcome?.endpoint}${outcome?.model === undefined ? '' : `/${outcome.model}`} by ${outcome?.route}`
    : `${response.status}: ${await response.text()}`
}
