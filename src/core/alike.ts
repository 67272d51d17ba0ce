/**
 * JSON.parse for texts of which most are like the one before, as the events of a stream are: what stays the same is compared,
 * and only what differs is read. An event takes a quarter to a half of the time.
 *
 * @module
 */
import { isObject, tryParse, type JsonObject } from './json.ts'

/** What texts have in common. */
interface Form {
  /** What stands before, between and behind the values that differ; of strings the quotes as well. */
  pieces: string[]
  /** Where each value goes, and whether it is a string: the others are whole numbers. */
  slots: { holder: JsonObject; key: string; isString: boolean }[]
  /** The value of the last text of this form. */
  value: unknown
}

/** Longer texts are no small pieces of an answer. In characters. */
const LONGEST = 4096
/** After so many texts in a row that are like no other none is compared any more: that would cost as much as reading it. */
const PATIENCE = 8

/** So many a double holds exactly. */
const MAX_DIGITS = 15
/** A backslash, or what may not stand in a string without one. */
const ESCAPED = /[^ -[\]-\uffff]/
const BLANK = 0x20
const BACKSLASH = 0x5c
const BRACE = 0x7d
const QUOTE = 0x22
const COLON = 0x3a
const ZERO = 0x30
const NINE = 0x39

/**
 * Makes a `JSON.parse` for one text after another. Of texts that differ in nothing but fields of `differing` the later ones give **the same object
 * again, changed**: what holds these fields must not be kept beyond the next call, and nothing of the value may be changed.
 *
 * @param differing paths of keys, joined by `/`; places in lists are left out: `choices/delta/content`
 * @returns a function that throws a SyntaxError where `JSON.parse` does
 */
export function createAlikeParser(differing: ReadonlySet<string>): (json: string) => unknown {
  let form: Form | undefined
  let before = ''
  let patience = PATIENCE
  return (json) => {
    const inner = withoutEnd(json)
    if (form && fill(form, inner)) return form.value
    const value: unknown = JSON.parse(json)
    if (!patience || !inner || inner.length > LONGEST) return value
    const found = formOf(before, inner, differing)
    if (found) form = found
    patience = found ? PATIENCE : patience - 1
    before = found ? '' : inner
    return value
  }
}

/** An object without its closing brace, and without the blanks before that, of which Claude adds some to each event. */
function withoutEnd(json: string): string {
  let end = json.length - 1
  if (json.charCodeAt(end) !== BRACE) return ''
  while (json.charCodeAt(end - 1) === BLANK) end--
  return json.slice(0, end)
}

/** Puts what differs into the form's value; tells whether the text has that form. Slices are compared because `startsWith` takes fifteen times as long. */
function fill({ pieces, slots }: Form, json: string): boolean {
  let at = pieces[0]!.length
  if (json.slice(0, at) !== pieces[0]) return false
  for (let i = 0; i < slots.length; i++) {
    const { holder, key, isString } = slots[i]!
    const end = isString ? endOfString(json, at) : endOfCount(json, at)
    const next = end + pieces[i + 1]!.length
    if (end < 0 || json.slice(end, next) !== pieces[i + 1]) return false
    const told = json.slice(at, end)
    if (!isString) holder[key] = Number(told)
    else if (!ESCAPED.test(told)) holder[key] = told
    else {
      const value = tryParse(json.slice(at - 1, end + 1))
      if (value === undefined) return false
      holder[key] = value
    }
    at = next
  }
  return at === json.length
}

/** Where the closing quote is of a string that goes on at `from`; -1 where there is none. */
function endOfString(json: string, from: number): number {
  let end = json.indexOf('"', from)
  while (end > from && json.charCodeAt(end - 1) === BACKSLASH) {
    let first = end - 1
    while (first > from && json.charCodeAt(first - 1) === BACKSLASH) first--
    if ((end - first) % 2 === 0) break
    end = json.indexOf('"', end + 1)
  }
  return end
}

/** Where the whole number ends that begins at `from`; -1 where there is none. */
function endOfCount(json: string, from: number): number {
  let end = from
  while (end < json.length && isDigit(json.charCodeAt(end))) end++
  const length = end - from
  return length === 0 || length > MAX_DIGITS || (length > 1 && json.charCodeAt(from) === ZERO) ? -1 : end
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE

/** Stands where values differ. A provider's own text that begins so has no form. */
const MARK = 'cc-route differs '

/** The form of two texts, `undefined` where they have none in common or differ elsewhere. */
function formOf(before: string, json: string, differing: ReadonlySet<string>): Form | undefined {
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
      const [from, length] = [j + 1, endOfString(before, i + 1) - i]
      const end = endOfString(json, from)
      if (end - j !== length || json.slice(from, end) !== before.slice(i + 1, i + length)) {
        if (json.charCodeAt(end + 1) === COLON) return undefined
        leaveOut(from, end, true)
      }
      i += length + 1
      j = end + 1
    } else {
      i++
      j++
    }
  }
  if (!strings.length || i < before.length || j < json.length) return undefined
  pieces.push(json.slice(begun))
  const mark = (at: number) => (strings[at] ? `${MARK}${at}` : `"${MARK}${at}"`)
  const marked = pieces.reduce((text, piece, at) => text + mark(at - 1) + piece)
  const value = tryParse(`${marked}}`)
  const slots: Form['slots'] = []
  let marks = 0
  const look = (holder: unknown, path: string): void => {
    if (Array.isArray(holder)) for (const item of holder) look(item, path)
    if (!isObject(holder)) return
    for (const [key, inner] of Object.entries(holder)) {
      const below = path + key
      if (typeof inner !== 'string') look(inner, `${below}/`)
      else if (inner.startsWith(MARK)) {
        marks++
        const at = Number(inner.slice(MARK.length))
        if (differing.has(below)) slots[at] = { holder, key, isString: strings[at]! }
      }
    }
  }
  look(value, '')
  const isWhole = marks === strings.length && strings.every((_, at) => slots[at])
  return isWhole ? { pieces, slots, value } : undefined
}
