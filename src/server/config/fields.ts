/**
 * The kinds of values that a configuration is made of. The text that a schema is given says what it expects, in the words of an
 * error: "expected <text>, got …"; its description is what editors and the documentation show.
 *
 * @module
 */
import * as v from 'valibot'

/** A text. */
export const text = (description: string, expected = 'a text') =>
  v.pipe(v.string(expected), v.nonEmpty(`${expected} that is not empty`), v.description(description))

export const flag = (description: string) => v.pipe(v.boolean('true or false'), v.description(description))

/** A number from `min` up, or between `min` and `max`. */
export function amount(description: string, { min = 0, max = Infinity } = {}) {
  const expected = max === Infinity ? `a number from ${min} up` : `a number from ${min} to ${max}`
  return v.pipe(v.number(expected), v.minValue(min, expected), v.maxValue(max, expected), v.description(description))
}

/** A whole number. */
export function count(description: string, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
  const expected = max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min} up` : `a whole number from ${min} to ${max}`
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected), v.description(description))
}

export const choice = <const T extends readonly string[]>(description: string, options: T) =>
  v.pipe(v.picklist(options, `one of ${options.join(', ')}`), v.description(description))

export const list = <T extends v.GenericSchema>(description: string, item: T, expected = 'a list') =>
  v.pipe(v.array(item, expected), v.description(description))

const ZONE = 'a time zone such as Europe/Berlin'

/** A time zone by its IANA name. */
export const zone = (description: string) => v.pipe(v.string(ZONE), v.check(isZone, ZONE), v.description(description))

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/** Texts by name. */
export const texts = (description: string) => v.pipe(byName(v.string(), v.string('a text'), 'texts by name'), v.description(description))

/** Values by name. JavaScript calls a list an object, too: this does not. */
export function byName<Key extends v.GenericSchema<string, string>, Item extends v.GenericSchema>(key: Key, item: Item, expected: string) {
  const schema = v.record(key, item, `an object of ${expected}`)
  return {
    ...schema,
    '~run': ((dataset, config) =>
      schema['~run'](Array.isArray(dataset.value) ? { value: null } : dataset, config)) satisfies (typeof schema)['~run'],
  }
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/
const DURATION_EXPECTED = 'milliseconds or a duration such as "30s", "5m" or "1h"'

/** A time span: milliseconds, or a text with a unit. Read as milliseconds. */
export const duration = (description: string) =>
  v.pipe(
    v.union(
      [
        v.pipe(v.number(DURATION_EXPECTED), v.minValue(0, DURATION_EXPECTED)),
        v.pipe(v.string(DURATION_EXPECTED), v.regex(DURATION, DURATION_EXPECTED)),
      ],
      DURATION_EXPECTED,
    ),
    v.description(description),
    v.transform((value) => (typeof value === 'number' ? value : scaled(value, DURATION, UNITS))),
  )

const SIZES: Record<string, number> = { B: 1, KB: 1000, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
const SIZE = /^(\d+(?:\.\d+)?) ?(B|KB|MB|GB|KiB|MiB|GiB)$/
const SIZE_EXPECTED = 'bytes or a size such as "500KB" or "32MiB"'

/** A size: bytes, or a text with a unit. Read as bytes. */
export const size = (description: string) =>
  v.pipe(
    v.union(
      [v.pipe(v.number(SIZE_EXPECTED), v.minValue(0, SIZE_EXPECTED)), v.pipe(v.string(SIZE_EXPECTED), v.regex(SIZE, SIZE_EXPECTED))],
      SIZE_EXPECTED,
    ),
    v.description(description),
    v.transform((value) => (typeof value === 'number' ? value : Math.round(scaled(value, SIZE, SIZES)))),
  )

function scaled(value: string, form: RegExp, units: Record<string, number>): number {
  const [, number, unit] = form.exec(value)!
  return Number(number) * units[unit!]!
}

/** `/` and `,` part a name from a model: `name/model`. */
const NAME = /^[\w.-]+$/
const NAME_EXPECTED = 'a name of letters, digits, ".", "-" and "_"'

/** Objects of one kind by their names, in the order of the file. */
export const named = <T extends v.GenericSchema>(description: string, item: T, expected: string) =>
  v.pipe(byName(v.pipe(v.string(), v.regex(NAME, NAME_EXPECTED)), item, expected), v.description(description))
