/**
 * JSON.parse for texts of which most are like the one before, as the events of a stream are: what stays the same is compared,
 * and only what differs is read. An event takes a third to a half of the time.
 *
 * @module
 */
import { endOfCount, formOf, type Differing, type Form } from './alike-form.ts'
import { flat } from './flat.ts'
import { endOfString, stringBetween } from './json-strings.ts'

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
    const end = endOfFields(json)
    if (form && fill(form, json, end)) {
      patience = PATIENCE
      return form.value
    }
    const value: unknown = JSON.parse(json)
    if (!patience || !end || json.length > LONGEST) return value
    const inner = json.slice(0, end)
    const found = formOf(before, inner, value, differing)
    if (found) form = found
    patience = found ? PATIENCE : patience - 1
    before = found ? '' : flat(inner)
    return value
  }
}

/** Where an object's closing brace is, or the blanks before that, of which Claude adds some to each event; 0 where there is none. */
function endOfFields(json: string): number {
  let end = json.length - 1
  if (json.charCodeAt(end) !== BRACE) return 0
  while (json.charCodeAt(end - 1) === BLANK) end--
  return end
}

/** Puts what differs into the form's value; tells whether the text has that form up to `end`. Slices are compared because `startsWith` takes fifteen times as long. */
function fill({ pieces, slots }: Form, json: string, end: number): boolean {
  let at = pieces[0]!.length
  if (json.slice(0, at) !== pieces[0]) return false
  for (let i = 0; i < slots.length; i++) {
    const { holder, key, isString } = slots[i]!
    const close = isString ? endOfString(json, at - 1) : endOfCount(json, at)
    const next = close + pieces[i + 1]!.length
    if (close < 0 || next > end || json.slice(close, next) !== pieces[i + 1]) return false
    const told = isString ? stringBetween(json, at, close) : Number(json.slice(at, close))
    if (told === undefined) return false
    holder[key] = told
    at = next
  }
  return at === end
}
