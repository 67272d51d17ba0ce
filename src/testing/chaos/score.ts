/**
 * A fault amid a body, as the score that its bytes are played by.
 *
 * @module
 */
import type { Heartbeat } from '../../core/protocol.ts'
import type { Step } from '../paced-body.ts'
import { bytesBefore, splitAfterEvent, splitAt, type Body } from './body.ts'
import { brokenBody } from './connection.ts'
import type { FaultSpec } from './fault.ts'

export interface ScoreOptions {
  body: Body
  /** Milliseconds between events. */
  eventMs: number
  /** What is sent when there is nothing to say; `''` where nothing can be. */
  heartbeat: Heartbeat
}

type Chunks = readonly Uint8Array[]

const isWhole = ({ type, events }: Body): boolean => type === 'application/json' && events.length === 1

/** Stands in a text for the bytes that are none: as many, so that no place moves. */
export const DAMAGE = '\ue000'
const DAMAGED = Uint8Array.of(0xff, 0xfe, 0xfd)
const COLON = 0x3a
const LF = 0x0a
const MARK = new TextEncoder().encode(DAMAGE)

export function scoreOf(fault: FaultSpec | undefined, options: ScoreOptions): Iterable<Step> {
  const { body } = options
  const { events, places } = body
  switch (fault?.type) {
    case 'slow-first-token':
      return late(fault.ms ?? 30_000, fault.pingMs, options)
    case 'slow-stream':
      return played(events, { ...options, eventMs: fault.ms ?? 1000, from: fault.ms ?? 1000 })
    case 'stall':
      return stalled(splitAt(events, bytesBefore(body, fault.at ?? 'content')), fault, options)
    case 'cut': {
      const [before] = splitAt(events, bytesBefore(body, fault.at ?? 'content'))
      return played(before, { ...options, last: fault.how === 'end' ? { end: true } : { error: brokenBody() } })
    }
    case 'missing-terminator':
      return played(splitAt(events, places.terminator)[0], options)
    case 'malformed-event': {
      const whole = isWhole(body)
      const [before, after] = (whole ? splitAt : splitAfterEvent)(events, bytesBefore(body, fault.at ?? 'content'))
      const damaged = new TextEncoder().encode(whole ? '\u0000' : 'data: {"type":"content_block_del\n\n')
      return played([...before, damaged, ...(fault.goesOn === false ? [] : after)], options)
    }
    case 'invalid-utf8':
      return played(damage(body, fault), options)
    default:
      return played(events, options)
  }
}

type Last = { end: true } | { error: unknown }

function* played(
  chunks: Chunks,
  { eventMs, from = 0, last = { end: true } }: ScoreOptions & { from?: number; last?: Last },
): Iterable<Step> {
  let at = from
  for (const [index, bytes] of chunks.entries()) yield { at: (at = from + index * eventMs), bytes }
  // A connection that breaks with its last bytes may take them along: on a socket it does.
  yield 'error' in last ? { at: at + eventMs, ...last } : { at, ...last }
}

function* late(ms: number, pingMs: number | undefined, options: ScoreOptions): Iterable<Step> {
  if (pingMs !== undefined) yield* pings(options.heartbeat.before, pingMs, { after: 0, until: ms })
  yield* played(options.body.events, { ...options, from: ms })
}

function* stalled([before, after]: [Chunks, Chunks], fault: { ms?: number; pingMs?: number }, options: ScoreOptions): Iterable<Step> {
  const { eventMs, heartbeat } = options
  const silent = Math.max(0, before.length - 1) * eventMs
  const until = silent + (fault.ms ?? Infinity)
  for (const [index, bytes] of before.entries()) yield { at: index * eventMs, bytes }
  if (fault.pingMs !== undefined) yield* pings(before.length ? heartbeat.within : heartbeat.before, fault.pingMs, { after: silent, until })
  if (until < Infinity) yield* played(after, { ...options, from: until })
}

function* pings(sign: string, everyMs: number, { after, until }: { after: number; until: number }): Iterable<Step> {
  if (!(everyMs > 0)) throw new TypeError(`chaosProvider: pingMs must be more than 0, got ${everyMs}.`)
  if (!sign) return
  const bytes = new TextEncoder().encode(sign)
  for (let at = after + everyMs; at < until; at += everyMs) yield { at, bytes }
}

/** Bytes that are no UTF-8, in the answer's first text; in an answer without text, as a comment. */
function damage(body: Body, { at = 'content', goesOn = true }: { at?: Parameters<typeof bytesBefore>[1]; goesOn?: boolean }): Chunks {
  const { events } = body
  const found = events.findIndex((event) => indexOf(event, MARK) >= 0)
  if (found < 0) {
    const whole = isWhole(body)
    const [before, after] = (whole ? splitAt : splitAfterEvent)(events, bytesBefore(body, at))
    return [...before, whole ? DAMAGED : Uint8Array.of(COLON, ...DAMAGED, LF, LF), ...(goesOn ? after : [])]
  }
  const damaged = events[found]!.slice()
  damaged.set(DAMAGED, indexOf(damaged, MARK))
  return [...events.slice(0, found), damaged, ...(goesOn ? events.slice(found + 1) : [])]
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at++) if (part.every((byte, index) => bytes[at + index] === byte)) return at
  return -1
}
