/**
 * Text of others on its way to a terminal or a file: what moves the cursor, rings, hides or turns text around is taken out.
 *
 * @module
 */

/** Sequences of terminals (CSI, OSC, DCS and the like, single escapes), control characters, and marks that turn the direction of text. */
const SEQUENCES = [
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/,
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b[P\]X^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/,
  // oxlint-disable-next-line no-control-regex
  /\u001b[ -/]*[0-~]?/,
]
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/
const UNSAFE = new RegExp([...SEQUENCES, CONTROLS].map(({ source }) => source).join('|'), 'g')
/** Whether there may be anything to take out of JSON, where a control character stands as an escape. */
const UNSAFE_IN_JSON = /\\(?:u(?:00[01789]|20[0126]|feff)|[bf])|[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/i

/** The text without control characters; lines and tabs stay. */
export const plainText = (text: string): string => text.replace(UNSAFE, '')

/** The same on one line, for logs: a line break must not make an entry of its own. */
export const oneLine = (text: string): string => (PRINTABLE.test(text) ? text : plainText(text).replace(/[\r\n\u2028\u2029]+/g, ' ⏎ '))

/** What most texts are: then one look is enough. */
const PRINTABLE = /^[ -~]*$/

/** JSON whose texts, once parsed, have no control characters; byte for byte the same where they had none. */
export function plainJson(json: string): string {
  if (!UNSAFE_IN_JSON.test(json)) return json
  let changed = false
  const clean = (_: string, value: unknown) => {
    if (typeof value !== 'string') return value
    const plain = plainText(value)
    changed ||= plain !== value
    return plain
  }
  try {
    const value: unknown = JSON.parse(json, clean)
    return changed ? JSON.stringify(value) : json
  } catch {
    return plainText(json)
  }
}
