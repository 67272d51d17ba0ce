/** Laws 4 to 6 as functions: streams translated, read back, broken, and counted. */
import type { ProtocolName } from '../../src/core/chat.ts'
import { createFold } from '../../src/core/fold.ts'
import { isObject, tryParse, type JsonObject } from '../../src/core/json.ts'
import type { Reply, StreamEvent } from '../../src/core/reply.ts'
import { createEventReader } from '../../src/core/sse.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { translate, type Exchange } from '../../src/transformers/translate.ts'
import { fixtures, MODEL } from '../fixtures/index.ts'
import { emptyChat, replyContext } from './contexts.ts'

/** A plain question, streamed. Clock and chance are the same each time. */
export function exchange(from: ProtocolName, to: ProtocolName): Exchange {
  let seed = 1
  const stream = from !== 'gemini' && { stream: true, ...(from === 'openai' && { stream_options: { include_usage: true } }) }
  return translate(
    { ...fixtures[from].requests.plain, ...stream },
    {
      from,
      to,
      model: MODEL[to],
      clientModel: 'client-model',
      stream: from === 'gemini' ? true : undefined,
      now: () => 1_700_000_000_000,
      random: () => (seed = (seed * 16807) % 2147483647) / 2147483647,
    },
  )
}

export interface Streamed {
  text: string
  events: StreamEvent[]
}

/** The client's stream for an upstream's that arrives in these pieces. */
export function translated(from: ProtocolName, to: ProtocolName, pieces: Iterable<Uint8Array>): Streamed {
  const events: StreamEvent[] = []
  const translator = exchange(from, to).translator((event) => events.push(event))
  let text = ''
  for (const piece of pieces) text += translator.push(piece)
  return { text: text + translator.end(), events }
}

export function* piecesOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** The bytes cut at these places. */
export function cutAt(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((one, other) => one - other), bytes.length]
  return sorted.slice(1).map((end, i) => bytes.subarray(sorted[i], end))
}

/** Each event of an SSE stream: its name and its data. */
export function sseOf(text: string): { name: string | undefined; data: string }[] {
  const events: { name: string | undefined; data: string }[] = []
  const reader = createEventReader((data, name) => events.push({ name, data }))
  reader.push(new TextEncoder().encode(text))
  reader.end()
  return events
}

/** What a client of a protocol reads from its stream. Throws where that ends in an error, or does not end. */
export function readBack(protocol: ProtocolName, text: string): Reply {
  const fold = createFold()
  const decoder = protocols[protocol].decodeStream(fold.emit, replyContext(protocol, emptyChat(), 'm'))
  let done = false
  for (const { name, data } of sseOf(text))
    if (data === '[DONE]') done = true
    else decoder.event(JSON.parse(data), name)
  decoder.end(done)
  return fold.reply()
}

/** Whether the arguments of a call in a complete stream are no JSON object. */
export function hasBrokenCall(events: readonly StreamEvent[]): boolean {
  const fold = createFold()
  for (const event of events) fold.emit(event)
  return fold.reply().parts.some((part) => {
    if (part.type !== 'tool-call' || part.custom || part.input !== undefined) return false
    const value = tryParse(part.json || '{}')
    // Some models write the text of the JSON as a text.
    return !isObject(typeof value === 'string' ? tryParse(value) : value)
  })
}

type Said = [kind: 'text' | 'refusal' | 'reasoning' | 'call', what: string, input?: unknown]

const saidIn = (reply: Reply): Said[] =>
  reply.parts.flatMap((part): Said[] =>
    part.type === 'tool-call'
      ? [['call', part.name, part.input ?? JSON.parse(part.json || '{}')]]
      : (part.type === 'text' || part.type === 'refusal' || part.type === 'reasoning') && part.text
        ? [[part.type, part.text]]
        : [],
  )

/** What follows each other in a stream need not be told apart. */
function joined(said: Said[]): Said[] {
  const list: Said[] = []
  for (const [kind, what, input] of said) {
    const last = list.at(-1)
    if (last && kind !== 'call' && last[0] === kind) last[1] += what
    else list.push([kind, what, input])
  }
  return list
}

const ORDER = ['reasoning', 'text', 'refusal', 'call']

/**
 * What counts of a reply: what is said, in which order, why it ends, and the counts. Ids and opaque envelopes differ by nature.
 * Chat Completions has a field for each kind of words, so that only the order within a kind can be told.
 */
export function essence(reply: Reply, protocol: ProtocolName) {
  const said = saidIn(reply)
  return {
    said: joined(protocol === 'openai' ? said.sort((one, other) => ORDER.indexOf(one[0]) - ORDER.indexOf(other[0])) : said),
    stop: reply.stop.reason,
    usage: reply.usage && [reply.usage.input ?? 0, reply.usage.cacheRead ?? 0, reply.usage.output],
  }
}

/** Whether an event of a provider's stream says that the answer is complete. */
export const FINISHES: Record<ProtocolName, (event: JsonObject) => boolean> = {
  claude: (event) => event.type === 'message_delta',
  openai: (event) => (event.choices as JsonObject[] | undefined)?.some((choice) => choice.finish_reason != null) ?? false,
  'openai-responses': (event) => event.type === 'response.completed' || event.type === 'response.incomplete',
  gemini: (event) => (event.candidates as JsonObject[] | undefined)?.some((candidate) => candidate.finishReason != null) ?? false,
}

/** How an event of a client's stream begins or ends the answer. */
const MARKS: Record<ProtocolName, (event: JsonObject) => 'start' | 'end' | undefined> = {
  claude: ({ type }) => (type === 'message_start' ? 'start' : type === 'message_stop' || type === 'error' ? 'end' : undefined),
  openai: (event) => (event.error || FINISHES.openai(event) ? 'end' : undefined),
  'openai-responses': ({ type }) =>
    type === 'response.created'
      ? 'start'
      : ['response.completed', 'response.incomplete', 'response.failed'].includes(type as string)
        ? 'end'
        : undefined,
  gemini: (event) => (event.error || FINISHES.gemini(event) ? 'end' : undefined),
}

/** How often a client's stream begins and ends, by what is on its wire. */
export function countMarks(protocol: ProtocolName, text: string): { starts: number; ends: number; dones: number } {
  const data = sseOf(text).map((event) => event.data)
  const marks = data.filter((one) => one !== '[DONE]').map((one) => MARKS[protocol](JSON.parse(one) as JsonObject))
  const count = (mark: string) => marks.filter((one) => one === mark).length
  return { starts: count('start'), ends: count('end'), dones: data.filter((one) => one === '[DONE]').length }
}
