/**
 * Server-sent events, read and written.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @module
 */
import { createParser } from 'eventsource-parser'
import { fail } from './failure.ts'
import { isObject, tryParse } from './json.ts'

/** The longest event that is read, in characters. The longest real ones hold images and signatures of a few megabytes. */
export const MAX_EVENT_LENGTH = 8 * 1024 * 1024

export interface EventReader {
  /** Bytes in, cut anywhere, inside a character too. */
  push(bytes: Uint8Array): void
  /** No more bytes: a last event without its blank line is still told. */
  end(): void
}

/** The longest error that is looked for outside of events, in characters. */
const MAX_LOOSE_LENGTH = 64 * 1024

/** Calls `onEvent` for each event, and for an error that stands between events as mere JSON, as Gemini writes them. Invalid UTF-8 becomes U+FFFD; an event longer than `maxLength` throws a `bad-response` failure. */
export function createEventReader(onEvent: (data: string, name: string | undefined) => void, maxLength = MAX_EVENT_LENGTH): EventReader {
  const decoder = createLineDecoder()
  const readLoose = createLooseReader(onEvent)
  const parser = createParser({
    maxBufferSize: maxLength,
    onEvent: (event) => onEvent(event.data, event.event),
    onError: (error) => {
      if (error.type === 'unknown-field') readLoose(error.line ?? '')
      else if (error.type === 'max-buffer-size-exceeded')
        fail({ kind: 'bad-response', message: `The upstream sent an event of more than ${maxLength} characters. It was not read further.` })
    },
  })
  return {
    push(bytes) {
      const text = decoder.push(bytes)
      if (text) parser.feed(text)
    },
    end() {
      parser.feed(`${decoder.end()}\n\n`)
    },
  }
}

/** Takes the lines that belong to no event. */
function createLooseReader(onError: (json: string, name: undefined) => void): (line: string) => void {
  let text = ''
  return (line) => {
    if (line.startsWith('{')) text = ''
    else if (!text) return
    text += line
    if (text.length > MAX_LOOSE_LENGTH) text = ''
    const value = line.endsWith('}') ? tryParse(text) : undefined
    if (value === undefined) return
    const json = text
    text = ''
    if (isObject(value) && value.error !== undefined) onError(json, undefined)
  }
}

/** One event for the wire. `data` is JSON text: it has no line breaks. */
export const writeEvent = (data: string, name?: string): string =>
  name === undefined ? `data: ${data}\n\n` : `event: ${name}\ndata: ${data}\n\n`

const LF = 0x0a
const CR = 0x0d

/** Whether a chunk ends where an event does: only there can a stream say one more thing. */
export function endsEvent(chunk: Uint8Array | string): boolean {
  if (typeof chunk === 'string') return chunk.endsWith('\n\n') || chunk.endsWith('\n\r\n')
  const at = chunk.length - 1
  return chunk[at] === LF && (chunk[at - 1] === LF || (chunk[at - 1] === CR && chunk[at - 2] === LF))
}

/** Keeps nothing in mind: one for all. */
const whole = new TextDecoder('utf-8', { ignoreBOM: true })

/** Bytes as text. Chunks of whole lines, as most are, need nothing kept in mind between them: that is three times as fast. */
function createLineDecoder() {
  let cut: TextDecoder | undefined
  let isWhole = true
  let begun = false
  return {
    push(bytes: Uint8Array): string {
      const endsLine = bytes[bytes.length - 1] === LF
      const text =
        isWhole && endsLine ? whole.decode(bytes) : (cut ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes, { stream: true })
      isWhole = endsLine
      if (begun || !text) return text
      begun = true
      return text.startsWith('\uFEFF') ? text.slice(1) : text
    },
    end: () => cut?.decode() ?? '',
  }
}
