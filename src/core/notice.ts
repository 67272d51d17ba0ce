/**
 * What a translation could not keep. A notice is made for every field that does not reach the other side as it was.
 *
 * @module
 */
import type { ChatRequest, Located, ProtocolName } from './chat.ts'
import { fail } from './failure.ts'
import { pointer } from './json.ts'
import type { Stop } from './reply.ts'

export interface Notice {
  /** `dropped`: gone; `approximated`: said in other words; `invented`: the target needs it and the source did not say. */
  action: 'dropped' | 'approximated' | 'invented'
  /** JSON Pointer into what was translated; covers everything below it. For `invented` the place in the result. */
  path: string
  reason: string
  /** Which way the translation went. */
  in: 'request' | 'reply'
  /** Nothing of the answer hangs on it: what the model is told, what it may do and what the answer must be stay the same. Strict mode lets it pass. */
  minor?: true
}

/** Tells whether a notice is minor: `object` is the neutral object concerned, `field` the neutral field of it. */
export type Judge = (notice: Notice, object: Located, field: string | undefined) => boolean

/** Collects the notices of one exchange. `object` is the neutral object concerned, `field` the neutral field of it. */
export interface Notes {
  readonly list: Notice[]
  dropped(object: Located, field: string | undefined, reason: string, below?: string): void
  /** `below` is a JSON Pointer from the field down to what is concerned. */
  approximated(object: Located, field: string | undefined, reason: string, below?: string): void
  /** `path` points into the result. */
  invented(path: string, reason: string): void
}

/**
 * @param direction which way the translation goes
 * @param fields the source protocol's own names of neutral fields, relative to the object's wire object:
 *   `{ maxTokens: 'max_tokens', topK: 'generationConfig/topK' }`; a field that is not listed has the same name
 * @param isMinor marks notices as minor. Default: none is
 */
export function createNotes(direction: Notice['in'], fields: Record<string, string>, list: Notice[] = [], isMinor?: Judge): Notes {
  const add = (action: Notice['action'], object: Located, field: string | undefined, reason: string, below = '') => {
    const at = object.at ?? ''
    const notice: Notice = {
      action,
      path: (field === undefined ? at : `${at}/${object.wireNames?.[field] ?? fields[field] ?? field}`) + below,
      reason,
      in: direction,
    }
    if (isMinor?.(notice, object, field)) notice.minor = true
    list.push(notice)
  }
  return {
    list,
    dropped: (object, field, reason, below) => add('dropped', object, field, reason, below),
    approximated: (object, field, reason, below) => add('approximated', object, field, reason, below),
    invented: (path, reason) => list.push({ action: 'invented', path, reason, in: direction }),
  }
}

/** Notes an end of an answer that other protocols have no word for: their clients are told that it just ended. */
export function noteOddEnd({ reason, detail }: Stop, notes: Notes): void {
  if (reason === 'other') notes.approximated({}, 'stopReason', `the provider stopped for a reason of its own: ${detail ?? 'unknown'}`)
}

/** Notes that something of an answer is lost, each reason once: a stream says the same with many events. */
export type Lose = (at: string, reason: string) => void

/** More reasons than that are an upstream's that makes them up. */
const MOST_REASONS = 100

export function createLose(notes: Notes): Lose {
  let noted: Set<string> | undefined
  return (at, reason) => {
    if (noted && (noted.has(reason) || noted.size >= MOST_REASONS)) return
    noted = (noted ?? new Set()).add(reason)
    notes.dropped({ at }, undefined, reason)
  }
}

/**
 * Notes every field that only the source protocol has a word for. Run once after a request was encoded as `target`.
 *
 * @throws FailureError where the request is bound to its own protocol's provider
 */
export function noteForeignExtras(chat: ChatRequest, target: ProtocolName, notes: Notes): void {
  if (chat.bound && chat.bound.source?.protocol !== target) fail(chat.bound)
  const look = (object: Located | undefined) => {
    if (object?.extra) noteExtras(object.at ?? '', object.extra, target, notes)
  }
  look(chat)
  chat.system.forEach(look)
  for (const message of chat.messages) {
    look(message)
    for (const part of message.parts) {
      look(part)
      if (part.type === 'tool-result') part.parts.forEach(look)
      if (part.type === 'text') part.citations?.forEach(look)
    }
  }
  chat.tools.forEach(look)
  look(chat.toolChoice)
  look(chat.reasoning)
  look(chat.format)
  chat.groups?.forEach(look)
}

function noteExtras(at: string, extra: NonNullable<Located['extra']>, target: ProtocolName, notes: Notes): void {
  for (const protocol in extra) {
    if (protocol === target) continue
    const fields = extra[protocol as ProtocolName] ?? {}
    for (const key in fields)
      if (fields[key] !== null) notes.dropped({ at: pointer(at, key) }, undefined, `only ${protocol} knows this field`)
  }
}
