/**
 * The ids that a request names: in its path, in its JSON, in the fields and files of its form.
 *
 * @module
 */
import { stringOf, tryParse } from '../../core/json.ts'

/** Those that a path may hold: its segments, and Gemini's folders with the name behind them. */
export function idsInPath(path: string): string[] {
  const segments = path.split('/').map((segment) => segment.replace(/:\w+$/, ''))
  return segments.flatMap((segment, index) => [segment, `${segments[index - 1]}/${segment}`])
}

/** A text in JSON that may be an id, or the address of something. Any other escape than these would make it neither: JSON in JSON is full of them. */
const VALUE = /"((?:[\w:/.~?&=#%+@-]|\\(?:\/|u[\da-f]{4})){4,300})"/gi
/** The name of a file in Gemini's address of it: `https://…/v1beta/files/abc`, `…/files/abc:download?alt=media`. By one regular expression it takes 200 us to tell that a long one has none. */
function nameIn(address: string): string {
  let [path = ''] = address.split(/[?#]/, 1)
  while (path.endsWith('/')) path = path.slice(0, -1)
  path = path.replace(/:\w+$/, '')
  return path.slice(path.lastIndexOf('/', path.lastIndexOf('/') - 1) + 1)
}

export function* idsInJson(text: string): Generator<string, void> {
  for (const [quoted, plain] of text.matchAll(VALUE)) {
    const value = plain!.includes('\\') ? stringOf(tryParse(quoted)) : plain!
    if (value === undefined) continue
    yield value
    // Paths of other things may end alike: `/home/me/files/readme`.
    if (value.includes('://')) yield nameIn(value)
  }
}

export function isInJson(text: string, id: string): boolean {
  for (const found of idsInJson(text)) if (found === id) return true
  return false
}

/** A part of a form that is nothing but an id. A file that is as short may be taken for one: no harm is done. */
const FIELD = /\r?\n\r?\n([\w:/.~-]{4,300})(?=\r?\n--)/g
/** As long as what is looked for may be, every letter of it escaped. */
const MARGIN = 2048

export interface BodyListener {
  /** Of a short field. */
  field(id: string): void
  /** Of all of it, in pieces that overlap: files and JSON within a form may name ids, too. */
  text(piece: string): void
}

/** The bytes of a body that is no JSON as they come, told before they go on. What the listener throws breaks the body. */
export function overBody({ field, text: told }: BodyListener): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  let before = ''
  return new TransformStream({
    transform(chunk, controller) {
      const text = before + decoder.decode(chunk)
      for (const [, id] of text.matchAll(FIELD)) field(id!)
      told(text)
      before = text.slice(-MARGIN)
      controller.enqueue(chunk)
    },
    // There are readers that do not miss the last boundary.
    flush() {
      for (const [, id] of `${before}\n--`.matchAll(FIELD)) field(id!)
    },
  })
}
