/**
 * What two texts of JSON have in common, so that a third can be read by what differs.
 *
 * @module
 */
import { flat } from './flat.ts'
import { isObject, tryParse, type JsonObject } from './json.ts'
import { endOfString } from './json-strings.ts'
import { mapped } from './mapped.ts'

/** The fields in which texts may differ, as paths of keys joined by `/`; places in lists are left out: `choices/delta/content`. */
export interface Differing {
  strings: ReadonlySet<string>
  /** Whole numbers. */
  counts: ReadonlySet<string>
}

/** What texts have in common. */
export interface Form {
  /** What stands before, between and behind the values that differ; of strings the quotes as well. */
  pieces: string[]
  /** Where each value goes, and whether it is a string: the others are whole numbers. */
  slots: Slot[]
  /** The value of the last text of this form. */
  value: unknown
}

interface Slot {
  holder: JsonObject
  key: string
  isString: boolean
}

/** So many a double holds exactly. */
const MAX_DIGITS = 15
const QUOTE = 0x22
const COLON = 0x3a
const ZERO = 0x30
const NINE = 0x39

/** Where the whole number ends that begins at `from`; -1 where there is none. */
export function endOfCount(json: string, from: number): number {
  let end = from
  while (end < json.length && isDigit(json.charCodeAt(end))) end++
  const length = end - from
  return length === 0 || length > MAX_DIGITS || (length > 1 && json.charCodeAt(from) === ZERO) ? -1 : end
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE

/**
 * The form of two texts of objects, their closing braces left out; `undefined` where they have none in common, or differ elsewhere.
 *
 * @param parsed the second text's value
 */
export function formOf(before: string, json: string, parsed: unknown, differing: Differing): Form | undefined {
  const common = compare(before, json)
  if (!common) return undefined
  const { pieces, strings } = common
  const mark = (at: number) => (strings[at] ? `${MARK}${at}` : `"${MARK}${at}"`)
  const value = tryParse(`${pieces.reduce((text, piece, at) => text + mark(at - 1) + piece)}}`)
  const slots = slotsOf(value, strings, differing)
  // A provider's own text could have been taken for a mark.
  if (!slots || JSON.stringify(parsed).includes(MARK)) return undefined
  return { pieces: mapped(pieces, flat), slots, value }
}

/** What stands around the strings and whole numbers in which two texts differ, and which of these are strings; `undefined` where they differ in more, or in nothing. */
function compare(before: string, json: string): { pieces: string[]; strings: boolean[] } | undefined {
  const pieces: string[] = []
  const strings: boolean[] = []
  let begun = 0
  let i = 0
  let j = 0
  const leaveOut = (from: number, to: number, isString: boolean) => {
    pieces.push(json.slice(begun, from))
    strings.push(isString)
    begun = to
  }
  while (i < before.length && j < json.length) {
    if (before.charCodeAt(i) !== json.charCodeAt(j)) {
      let digits = 0
      while (j - digits > begun && isDigit(json.charCodeAt(j - digits - 1))) digits++
      const from = j - digits
      i = endOfCount(before, i - digits)
      j = endOfCount(json, from)
      if (i < 0 || j < 0) return undefined
      leaveOut(from, j, false)
    } else if (json.charCodeAt(j) === QUOTE) {
      const endBefore = endOfString(before, i)
      const end = endOfString(json, j)
      if (before.slice(i, endBefore) !== json.slice(j, end)) {
        if (json.charCodeAt(end + 1) === COLON) return undefined
        leaveOut(j + 1, end, true)
      }
      i = endBefore + 1
      j = end + 1
    } else {
      i++
      j++
    }
  }
  if (!strings.length || i < before.length || j < json.length) return undefined
  pieces.push(json.slice(begun))
  return { pieces, strings }
}

/** Stands where values differ, with their number. */
const MARK = 'cc-route differs '

/** Where the marks are in a value; `undefined` unless each stands once, in a field of its kind. */
function slotsOf(value: unknown, strings: readonly boolean[], { strings: texts, counts }: Differing): Slot[] | undefined {
  const slots: Slot[] = []
  const look = (holder: unknown, path: string): void => {
    if (Array.isArray(holder)) for (const item of holder) look(item, path)
    if (!isObject(holder)) return
    for (const [key, inner] of Object.entries(holder)) {
      // A key like this could be taken for a path.
      if (key.includes('/')) continue
      if (typeof inner !== 'string') look(inner, `${path}${key}/`)
      else if (inner.startsWith(MARK)) {
        const at = Number(inner.slice(MARK.length))
        const isString = strings[at]!
        if ((isString ? texts : counts).has(path + key)) slots[at] = { holder, key, isString }
      }
    }
  }
  look(value, '')
  return strings.every((_, at) => slots[at]) ? slots : undefined
}
