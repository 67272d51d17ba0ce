/**
 * The bytes of an answer, in the events of its wire, and where in them its parts are.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import type { Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { writeEvent } from '../../core/sse.ts'
import { eventsInPieces } from '../pieces.ts'
import type { Position } from './fault.ts'

export interface Body {
  type: string
  /** One chunk for each event of the wire; a whole answer is one. */
  events: Uint8Array[]
  /** Bytes before each of these places. */
  places: { start: number; content: number; finish: number; terminator: number }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const lengthOf = (events: readonly Uint8Array[]): number => events.reduce((sum, { length }) => sum + length, 0)

export function wholeBody(json: JsonObject): Body {
  const bytes = bytesOf(JSON.stringify(json))
  const { length } = bytes
  const places = { start: 1, content: Math.floor(length / 2), finish: length - 1, terminator: length - 1 }
  return { type: 'application/json', events: [bytes], places }
}

export function streamBody(client: Protocol, reply: Reply, context: ReplyContext): Body {
  const encode = client.encodeStream(context)
  const events: Uint8Array[] = []
  let written = 0
  let start = 0
  let content = 0
  let finish = 0
  for (const event of eventsInPieces(reply)) {
    if (event.type === 'finish') finish = written
    for (const text of wireEvents(encode(event), context)) {
      const bytes = bytesOf(text)
      events.push(bytes)
      written += bytes.length
    }
    if (event.type === 'start') start = written
    // Gemini tells a tool call all at once, when it is over.
    if (!content && written > start && (event.type === 'delta' || event.type === 'part-end')) content = written
  }
  const places = { start, content: content || finish, finish, terminator: written - (events.at(-1)?.length ?? 0) }
  return { type: client.streamType(context), events, places }
}

/** A stream that breaks off with an error after `before` bytes, in the vendor's own form. */
export function brokenStream(client: Protocol, reply: Reply, context: ReplyContext, before: number, failure: Failure): Body {
  const encode = client.encodeStream(context)
  const events: Uint8Array[] = []
  let written = 0
  for (const event of eventsInPieces(reply)) {
    if (written >= before) break
    for (const text of wireEvents(encode(event), context)) written += events[events.push(bytesOf(text)) - 1]!.length
  }
  const told = client.name === 'openai-responses' ? encode({ type: 'error', failure }) : errorEvent(client, context, failure, written > 0)
  for (const text of wireEvents(told, context)) events.push(bytesOf(text))
  return { type: client.streamType(context), events, places: { start: 0, content: 0, finish: 0, terminator: written } }
}

/** The body of a 200 that is an error all the same. */
export function brokenWhole(client: Protocol, reply: Reply, context: ReplyContext, failure: Failure): Body {
  const body = isObject(failure.source?.body) ? failure.source.body : {}
  if (client.name !== 'openai-responses') return wholeBody(body)
  const { events } = brokenStream(client, reply, context, 0, failure)
  const last = tryParse(/data: (.*)/.exec(new TextDecoder().decode(events.at(-1)))?.[1] ?? '')
  return wholeBody(isObject(last) && isObject(last.response) ? last.response : body)
}

/** What cannot be told as the vendor tells it by the writer for clients, which is kinder to them. */
function errorEvent(client: Protocol, { framing }: ReplyContext, failure: Failure, begun: boolean): string {
  const json = JSON.stringify(failure.source?.body)
  if (framing === 'json-array') return `${begun ? ',\n' : '['}${json}]`
  return writeEvent(json, client.name === 'claude' ? 'error' : undefined)
}

const wireEvents = (text: string, { framing }: ReplyContext): string[] =>
  framing === 'json-array' ? (text ? [text] : []) : (text.match(/[^]+?\n\n|[^]+$/g) ?? [])

/** How many bytes stand before a position; never more than there are. */
export function bytesBefore({ events, places }: Body, position: Position): number {
  if (position === 'headers') return 0
  if (typeof position === 'string') return places[position]
  return 'byte' in position ? Math.min(position.byte, lengthOf(events)) : lengthOf(events.slice(0, position.event))
}

/** The chunks of a body before and after so many bytes: an event that the place is in is cut in two. */
export function splitAt(events: readonly Uint8Array[], bytes: number): [before: Uint8Array[], after: Uint8Array[]] {
  const before: Uint8Array[] = []
  const after: Uint8Array[] = []
  let at = 0
  for (const event of events) {
    const cut = Math.max(0, Math.min(event.length, bytes - at))
    if (cut > 0) before.push(event.subarray(0, cut))
    if (cut < event.length) after.push(event.subarray(cut))
    at += event.length
  }
  return [before, after]
}

/** As {@link splitAt}, but an event that the place is in stays whole, before it. */
export function splitAfterEvent(events: readonly Uint8Array[], bytes: number): [before: Uint8Array[], after: Uint8Array[]] {
  let at = 0
  let count = 0
  while (count < events.length && at < bytes) at += events[count++]!.length
  return [events.slice(0, count), events.slice(count)]
}
