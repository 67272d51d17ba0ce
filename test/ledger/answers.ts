/** What becomes of answers: why they end, what they cost, how they fail. Found out by translating one of each. */
import type { ProtocolName } from '../../src/core/chat.ts'
import { isFailureError, STATUS, type FailureKind } from '../../src/core/failure.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { translate } from '../../src/transformers/translate.ts'
import { fixtures, PROTOCOLS } from '../fixtures/index.ts'
import { MODEL } from './outcome.ts'

type Reply = Record<string, unknown>
const answer = (name: ProtocolName, reply = 'text'): Reply => structuredClone(fixtures[name].replies[reply]!)
const part = (reply: Reply, list: string): Reply => (reply[list] as Reply[])[0]!

/** A provider's answer that ends in this way. */
const ENDING: Record<ProtocolName, (how: string) => Reply> = {
  claude: (how) => ({
    ...answer('claude', how === 'tool_use' ? 'tools' : 'text'),
    stop_reason: how,
    ...(how === 'stop_sequence' && { stop_sequence: 'END' }),
  }),
  openai(how) {
    const reply = answer('openai', how === 'tool_calls' ? 'tools' : 'text')
    part(reply, 'choices').finish_reason = how
    return reply
  },
  'openai-responses'(how) {
    const [status, reason] = how.split(': ')
    return { ...answer('openai-responses'), status, incomplete_details: reason === undefined ? null : { reason } }
  },
  gemini(how) {
    const reply = answer('gemini')
    part(reply, 'candidates').finishReason = how
    return reply
  },
}
const STOPS: Record<ProtocolName, string[]> = {
  claude: ['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'refusal', 'pause_turn', 'model_context_window_exceeded'],
  openai: ['stop', 'tool_calls', 'length', 'content_filter'],
  'openai-responses': ['completed', 'incomplete: max_output_tokens', 'incomplete: content_filter'],
  gemini: ['STOP', 'MAX_TOKENS', 'SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'MALFORMED_FUNCTION_CALL', 'OTHER'],
}
/** How an answer ends, in a client's words. */
const TOLD: Record<ProtocolName, (reply: Reply) => unknown> = {
  claude: (reply) => reply.stop_reason,
  openai: (reply) => part(reply, 'choices').finish_reason,
  'openai-responses': (reply) =>
    [reply.status, (reply.incomplete_details as Reply | null)?.reason].filter((word) => word !== undefined).join(': '),
  gemini: (reply) => part(reply, 'candidates').finishReason,
}

const exchange = (client: ProtocolName, upstream: ProtocolName) =>
  translate(fixtures[client].requests.plain, {
    from: client,
    to: upstream,
    model: MODEL[upstream],
    clientModel: MODEL[client],
    ...(client === 'gemini' && { stream: false }),
  })
const told = (client: ProtocolName, upstream: ProtocolName, reply: Reply, what: (reply: JsonObject) => unknown): string => {
  if (client === upstream) return String(what(reply))
  try {
    return String(what(exchange(client, upstream).response(reply)))
  } catch (error) {
    if (isFailureError(error)) return 'an error'
    throw error
  }
}

export interface Line {
  upstream: ProtocolName
  says: string
  clients: Partial<Record<ProtocolName, string>>
}

const lines = (upstream: ProtocolName, says: string, reply: Reply, what: Record<ProtocolName, (reply: Reply) => unknown>): Line => ({
  upstream,
  says,
  clients: Object.fromEntries(
    PROTOCOLS.filter((client) => client !== upstream).map((client) => [client, told(client, upstream, reply, what[client])]),
  ),
})

export const stops = (): Line[] =>
  PROTOCOLS.flatMap((upstream) => STOPS[upstream].map((how) => lines(upstream, how, ENDING[upstream](how), TOLD)))

/** Counts without their brackets and quotes. */
const counts = (usage: unknown): string => {
  const flat = (value: Reply): string[] =>
    Object.entries(value).flatMap(([key, count]) =>
      count && typeof count === 'object' ? flat(count as Reply) : [`${key} ${String(count)}`],
    )
  return flat(usage as Reply).join(', ')
}
const USAGE: Record<ProtocolName, (reply: Reply) => string> = {
  claude: (reply) => counts(reply.usage),
  openai: (reply) => counts(reply.usage),
  'openai-responses': (reply) => counts(reply.usage),
  gemini: (reply) => counts(reply.usageMetadata),
}
export const usages = (): Line[] => PROTOCOLS.map((upstream) => lines(upstream, USAGE[upstream](answer(upstream)), answer(upstream), USAGE))

export interface ErrorLine {
  kind: FailureKind
  clients: Record<ProtocolName, string>
}

/** What each kind of failure looks like to each client. */
export const errors = (): ErrorLine[] =>
  (Object.keys(STATUS) as FailureKind[]).map((kind) => ({
    kind,
    clients: Object.fromEntries(
      PROTOCOLS.map((client) => {
        const { status, body } = protocols[client].encodeError({ kind, status: STATUS[kind], message: 'No.' })
        const { type, code, status: word } = body.error as Reply
        return [client, [status, ...new Set([type ?? word, typeof code === 'string' ? code : undefined])].filter(Boolean).join(' ')]
      }),
    ) as Record<ProtocolName, string>,
  }))
