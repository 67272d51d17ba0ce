/**
 * In what a request differs from a recorded one, in words.
 *
 * @module
 */
import { isObject, pointer, tryParse } from '../../core/json.ts'
import { unpackBytes } from './bytes.ts'
import type { RecordedRequest } from './cassette.ts'

export interface Differences {
  /** 0: it is the same request. The larger, the less alike. */
  weight: number
  words: string[]
}

/** Another path is less alike than any other body of the same path. */
const OTHER_ADDRESS = 10_000

/** Method, address and body count. JSON may be spelt in any way, and what was masked may be of any length. */
export function differencesOf(recorded: RecordedRequest, asked: RecordedRequest): Differences {
  const words: string[] = []
  if (recorded.method !== asked.method) words.push(`method: recorded ${recorded.method}, asked ${asked.method}`)
  if (recorded.url !== asked.url) words.push(`address: recorded ${recorded.url}, asked ${asked.url}`)
  const weight = words.length * OTHER_ADDRESS
  const body = compare(contentOf(recorded), contentOf(asked), '')
  return { weight: weight + body.length, words: [...words, ...body.map((difference) => `body ${difference}`)] }
}

/** JSON where it is some, otherwise the text. */
function contentOf({ body }: RecordedRequest): unknown {
  if (!body) return undefined
  const text = 'text' in body ? body.text : new TextDecoder('latin1').decode(unpackBytes(body))
  const unmasked = text.replace(/\*{4,}/g, '****')
  return tryParse(unmasked) ?? unmasked
}

function compare(recorded: unknown, asked: unknown, at: string): string[] {
  if (Object.is(recorded, asked)) return []
  if (Array.isArray(recorded) && Array.isArray(asked)) {
    const length = Math.max(recorded.length, asked.length)
    return Array.from({ length }, (_, index) => compare(recorded[index], asked[index], pointer(at, index))).flat()
  }
  if (isObject(recorded) && isObject(asked)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(asked)])
    return [...keys].flatMap((key) => compare(recorded[key], asked[key], pointer(at, key)))
  }
  return [`${at || 'as a whole'}: recorded ${shown(recorded)}, asked ${shown(asked)}`]
}

const MAX_SHOWN = 60

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value)
  return json.length > MAX_SHOWN ? `${json.slice(0, MAX_SHOWN)}…` : json
}
