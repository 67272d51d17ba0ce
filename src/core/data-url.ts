/**
 * Data URLs: https://www.rfc-editor.org/rfc/rfc2397
 *
 * @module
 */
import { encodeUtf8 } from './utf8.ts'

export interface DataUrl {
  /** In lower case, without parameters; `undefined` where the URL does not say. */
  mediaType: string | undefined
  /** base64 */
  data: string
}

const SCHEME = /^data:/i
const BASE64 = /;\s*base64\s*$/i

export const isDataUrl = (url: string): boolean => SCHEME.test(url)

/** What a data URL holds, in whichever of the two forms; `undefined` for every other URL and for one without a comma. */
export function readDataUrl(url: string): DataUrl | undefined {
  const comma = isDataUrl(url) ? url.indexOf(',') : -1
  if (comma < 0) return undefined
  const head = url.slice(5, comma)
  const body = url.slice(comma + 1)
  const mediaType = typeOf(head)
  if (!BASE64.test(head)) return { mediaType: mediaType ?? 'text/plain', data: btoa(binaryOf(body)) }
  const data = body.includes('%') ? binaryOf(body) : body
  return { mediaType, data: /\s/.test(data) ? data.replace(/\s+/g, '') : data }
}

function typeOf(head: string): string | undefined {
  const type = head.split(';', 1)[0]!.trim().toLowerCase()
  return type.includes('/') ? type : undefined
}

/** The bytes behind percent signs, a character each; what is not ASCII stands for its UTF-8. A `%` without two digits is itself. */
const binaryOf = (text: string): string =>
  text.replace(/%[0-9a-f]{2}|[^\0-\x7f]+/gi, (found) =>
    found.startsWith('%')
      ? String.fromCharCode(parseInt(found.slice(1), 16))
      : Array.from(encodeUtf8(found), (byte) => String.fromCharCode(byte)).join(''),
  )
