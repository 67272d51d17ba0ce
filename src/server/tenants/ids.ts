/**
 * The ids that a request names: in its path, in its JSON, in the fields of its form.
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
const VALUE = /"((?:[\w:/.~-]|\\(?:\/|u[\da-f]{4})){4,300})"/gi

export function* idsInJson(text: string): Generator<string, void> {
  for (const [quoted, plain] of text.matchAll(VALUE)) {
    const value = plain!.includes('\\') ? stringOf(tryParse(quoted)) : plain!
    if (value === undefined) continue
    yield value
    // Paths of other things may end alike: `/home/me/files/readme`.
    if (value.includes('://')) yield value.slice(value.lastIndexOf('/', value.lastIndexOf('/') - 1) + 1)
  }
}

export function isInJson(text: string, id: string): boolean {
  for (const found of idsInJson(text)) if (found === id) return true
  return false
}

/** A part of a form that is nothing but an id. A file that is as short may be taken for one: no harm is done. */
const FIELD = /\r?\n\r?\n([\w:/.~-]{4,300})(?=\r?\n--)/g
/** As long as a field may be, with what stands around it. */
const MARGIN = 320

/** The bytes of a form with files as they come, its short fields told to `found` before what holds them goes on. What `found` throws breaks the body. */
export function overFields(found: (id: string) => void): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder()
  let before = ''
  return new TransformStream({
    transform(chunk, controller) {
      const text = before + decoder.decode(chunk)
      for (const [, id] of text.matchAll(FIELD)) found(id!)
      before = text.slice(-MARGIN)
      controller.enqueue(chunk)
    },
  })
}
