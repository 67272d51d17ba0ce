/**
 * Strings as they stand in JSON: found, read and written without a parser where that can be.
 *
 * @module
 */
import { tryParse } from './json.ts'

/** What JSON may write in another way within a string: quotes, backslashes, control characters, and surrogates, as those without the other half are escaped. */
const ESCAPED = /["\\]|[^ -\ud7ff\ue000-\uffff]/

/** Whether a text stands in JSON as it is. */
export const isPlain = (text: string): boolean => !ESCAPED.test(text)

/**
 * The last text that was read and stands in JSON as it is: mostly it is written next, and looking at it again takes a thirtieth of all that is
 * done for a stream. It was decoded from UTF-8, so that no half of a surrogate pair is in it.
 */
let lastPlain = ''
/** Longer texts are not remembered, in characters: nobody else needs them any more. */
const MOST_REMEMBERED = 4096

/** V8 copies shorter texts out of others; a longer one keeps all that came with it in memory, for as long as somebody keeps the text. */
const COPIED = 13

/** The string between the quotes at `from - 1` and `end`, in memory of its own; `undefined` where it is none. */
export function stringBetween(json: string, from: number, end: number): unknown {
  const text = end - from < COPIED ? json.slice(from, end) : undefined
  if (text !== undefined && isPlain(text)) return (lastPlain = text)
  const parsed = tryParse(json.slice(from - 1, end + 1))
  // What was read from as many characters had none that is escaped.
  if (typeof parsed === 'string' && parsed.length === end - from && parsed.length <= MOST_REMEMBERED) lastPlain = parsed
  return parsed
}

/** A text as it stands between the quotes of JSON. For the pieces of streams, of which most stand as they are: half the time of `JSON.stringify`. */
export const escaped = (text: string): string => (text === lastPlain || isPlain(text) ? text : JSON.stringify(text).slice(1, -1))

const BACKSLASH = 0x5c

/** Where the closing quote is of the string in JSON that begins with the quote at `from`; -1 where there is none. */
export function endOfString(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let backslashes = 0
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return at
  }
  return -1
}
