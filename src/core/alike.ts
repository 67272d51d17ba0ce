/**
 * JSON.parse for texts of which most are like the one before, as the events of a stream are: what stays the same is compared,
 * and only what differs is read. An event takes a third to a half of the time.
 *
 * @module
 */
import { endOfCount, formOf, type Differing, type Form } from './alike-form.ts'
import { flat } from './flat.ts'
import { endOfString, isPlain, tryParse } from './json.ts'

/** Longer texts are no small pieces of an answer. In characters. */
const LONGEST = 4096
/** After so many texts in a row that are like no other none is compared any more: that would cost as much as reading it. */
const PATIENCE = 8

const BLANK = 0x20
const BRACE = 0x7d

/**
 * Makes a `JSON.parse` for one text after another. Of texts that differ in nothing but fields of `differing` the later ones give **the same object
 * again, changed**: what holds these fields must not be kept beyond the next call, and nothing of the value may be changed.
 *
 * @returns a function that throws a SyntaxError where `JSON.parse` does
 */
export function createAlikeParser(differing: Differing): (json: string) => unknown {
  let form: Form | undefined
  let before = ''
  let patience = PATIENCE
  return (json) => {
    const inner = withoutEnd(json)
    if (form && fill(form, inner)) {
      patience = PATIENCE
      return form.value
    }
    const value: unknown = JSON.parse(json)
    if (!patience || !inner || json.length > LONGEST) return value
    const found = formOf(before, inner, value, differing)
    if (found) form = found
    patience = found ? PATIENCE : patience - 1
    before = found ? '' : flat(inner)
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
    const end = isString ? endOfString(json, at - 1) : endOfCount(json, at)
    const next = end + pieces[i + 1]!.length
    if (end < 0 || json.slice(end, next) !== pieces[i + 1]) return false
    const told = isString ? textOf(json, at, end) : Number(json.slice(at, end))
    if (told === undefined) return false
    holder[key] = told
    at = next
  }
  return at === json.length
}

/** V8 copies shorter texts out of others; a longer one keeps all that came with it in memory, for as long as somebody keeps the text. */
const SHORT = 13

/** The string between two quotes, in memory of its own; `undefined` where it is none. */
function textOf(json: string, from: number, end: number): unknown {
  const text = end - from < SHORT ? json.slice(from, end) : undefined
  return text !== undefined && isPlain(text) ? text : tryParse(json.slice(from - 1, end + 1))
}
