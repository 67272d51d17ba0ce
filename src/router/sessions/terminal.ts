/**
 * Finds the finished response in an answer on its way, without reading the rest of it.
 *
 * @module
 */
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import type { Listener } from '../overhear.ts'

/** Calls back at most once, as soon as the response is there. */
type Watcher = Required<Listener>

/** Held at most of one event, or of a whole answer, in characters; a longer one is let go. */
const MAX_LENGTH = 64 * 1024 * 1024

const FINISHED: ReadonlySet<unknown> = new Set(['completed', 'incomplete'])

/** Only what was finished goes on a conversation. */
const finished = (response: unknown): response is JsonObject => isObject(response) && FINISHED.has(response.status)

/** Watches an answer that is one JSON text. */
export function watchWhole(found: (response: JsonObject) => void): Watcher {
  const decoder = new TextDecoder()
  const parts: string[] = []
  let length = 0
  return {
    see(chunk) {
      length += chunk.length
      if (length <= MAX_LENGTH) parts.push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    },
    end() {
      const response = length <= MAX_LENGTH ? tryParse(parts.join('') + decoder.decode()) : undefined
      if (finished(response)) found(response)
    },
  }
}

/** The names of the events that are read. All else only passes: one look for these words is what it costs. */
const READ = /response\.(?:completed|incomplete|output_item\.done)/
const BLANK_LINE = /\r?\n\r?\n/

/** Watches a stream of events. */
export function watchEvents(found: (response: JsonObject) => void): Watcher {
  const decoder = new TextDecoder()
  const items: string[] = []
  /** What has come of an event that is not complete. */
  let open: string[] = []
  let openLength = 0
  /** Nothing of a character is left in the decoder. */
  let settled = true
  let over = false

  const read = (events: string) => {
    if (over || !READ.test(events)) return
    for (const text of events.split(BLANK_LINE)) {
      if (over || !READ.test(text)) continue
      const data = dataOf(text)
      // An item is finished long before anybody knows whether it has to be looked up: it is not parsed yet.
      if (data.includes('response.output_item.done')) items.push(data)
      const event = data.includes('"response"') ? tryParse(data) : undefined
      if (!isObject(event) || event.type !== `response.${String((event.response as JsonObject | undefined)?.status)}`) continue
      if (!finished(event.response)) continue
      over = true
      found(withItems(event.response, items))
    }
  }
  return {
    see(chunk) {
      if (over || (typeof chunk !== 'string' && !open.length && settled && !tells(chunk))) return
      settled = typeof chunk === 'string' || chunk.at(-1) === LF
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
      const cut = endOfEvents(text, open.at(-1))
      if (cut > 0) {
        read(open.join('') + text.slice(0, cut))
        open = []
        openLength = 0
      }
      if (cut === text.length) return
      openLength += text.length - cut
      if (openLength > MAX_LENGTH) over = true
      else open.push(cut > 0 ? text.slice(cut) : text)
    },
    end() {
      read(open.join('') + decoder.decode())
    },
  }
}

const LF = 0x0a
const DOT = 0x2e
const [C, I, M, O, R] = [0x63, 0x69, 0x6d, 0x6f, 0x72]

/** Whether there may be an event in these bytes that is read, or half an event. Decoding them would cost more than all else here. */
function tells(bytes: Uint8Array): boolean {
  const { length } = bytes
  if (bytes[length - 1] !== LF || bytes[length - 2] !== LF) return true
  for (let i = 8; i < length; i++) if (bytes[i] === DOT && bytes[i - 8] === R && isRead(bytes, i + 1)) return true
  return false
}

/** Whether a name may go on as one of those in {@link READ}: `completed`, `incomplete`, `output_item`. */
const isRead = (bytes: Uint8Array, at: number): boolean =>
  (bytes[at] === C && bytes[at + 2] === M) || (bytes[at] === I && bytes[at + 2] === C) || (bytes[at] === O && bytes[at + 7] === I)

/** Where the last whole event of a chunk ends; 0 where none does. `before` is what came before it. */
function endOfEvents(text: string, before = ''): number {
  const last = text.length - 1
  if (text.charCodeAt(last) === LF && text.charCodeAt(last - 1) === LF) return text.length
  const [plain, returned] = [text.lastIndexOf('\n\n'), text.lastIndexOf('\n\r\n')]
  if (plain >= 0 || returned >= 0) return Math.max(plain + 2, returned + 3)
  // A blank line that is itself cut in two.
  if (before.endsWith('\n') && /^\r?\n/.test(text)) return text.indexOf('\n') + 1
  return before.endsWith('\n\r') && text.startsWith('\n') ? 1 : 0
}

const dataOf = (event: string): string =>
  event
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? line.slice(5).trim() : []))
    .join('\n')

/** Some providers leave the output out of the response in the end, having told its items one by one. */
function withItems(response: JsonObject, items: readonly string[]): JsonObject {
  if (!items.length || (Array.isArray(response.output) && response.output.length > 0)) return response
  const output = items.flatMap((data) => {
    const event = tryParse(data)
    return isObject(event) && isObject(event.item) ? event.item : []
  })
  return { ...response, output }
}
