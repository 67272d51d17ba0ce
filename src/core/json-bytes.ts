/**
 * A long body as the UTF-8 of its JSON, written piece by piece.
 *
 * @module
 */
import { joinBytes } from './join-bytes.ts'
import type { JsonObject } from './json.ts'
import { encodeUtf8 } from './utf8.ts'

/**
 * In characters: as two bytes each they still fit where V8 keeps what is young, where a text of a whole body gets pages of its own, new
 * from the system each time. A request of 149 KB with an arrow here and there takes 400 us instead of 850, and what has no arrow stays narrow.
 */
const PIECE = 32 * 1024

/** What `encodeUtf8(JSON.stringify(body))` gives; the items of the body's own lists are the pieces. A `toJSON` of the body or of those lists is not looked for. */
export function encodeJson(body: JsonObject): Uint8Array<ArrayBuffer> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let text = ''
  const flush = () => {
    pieces.push(encodeUtf8(text))
    text = ''
  }
  const write = (more: string) => {
    if (text && text.length + more.length > PIECE) flush()
    text += more
  }
  let before = '{'
  for (const key in body) {
    const value = body[key]
    const name = `${before}${JSON.stringify(key)}:`
    if (Array.isArray(value) && value.length) {
      for (let at = 0; at < value.length; at++) write(`${at ? ',' : `${name}[`}${JSON.stringify(value[at]) ?? 'null'}`)
      write(']')
    } else {
      const json = JSON.stringify(value) as string | undefined
      if (json === undefined) continue
      write(name + json)
    }
    before = ','
  }
  write(before === '{' ? '{}' : '}')
  flush()
  return joinBytes(pieces)
}
