/**
 * Tests of single values, as configuration says them.
 *
 * @module
 */
import { isObject } from '../../core/json.ts'
import { globOf } from './glob.ts'

/** Bounds of a number. All that are given must hold. */
export interface Range {
  /** More than, strictly. */
  above?: number
  /** Less than, strictly. */
  below?: number
  /** At least. */
  from?: number
  /** At most. */
  to?: number
}

/** Text with `*`; a regular expression, as such or in its source (`{ regex: '^v2', flags: 'i' }`); `true`: there is one; `false`: there is none. */
export type TextTest = string | RegExp | { regex: string; flags?: string } | boolean | readonly (string | RegExp)[]

/** A value of the client's body: equal to this, text that fits a pattern, bounds of a number, or what a list or text contains. */
export type ValueTest = TextTest | number | null | (Range & { contains?: string | number; not?: string | number | boolean | null })

const BOUNDS: Record<keyof Range, (value: number, bound: number) => boolean> = {
  above: (value, bound) => value > bound,
  below: (value, bound) => value < bound,
  from: (value, bound) => value >= bound,
  to: (value, bound) => value <= bound,
}

/** @throws TypeError for a bound that is none */
export function rangeTest(range: Range | number): (value: number) => boolean {
  if (typeof range === 'number') return (value) => value === range
  const bounds = Object.entries(range).map(([name, bound]: [string, unknown]) => {
    const test = Object.hasOwn(BOUNDS, name) ? BOUNDS[name as keyof Range] : undefined
    if (!test || typeof bound !== 'number' || Number.isNaN(bound))
      throw new TypeError(`${name}: ${String(bound)} is no bound. Known: ${Object.keys(BOUNDS).join(', ')}, each with a number.`)
    return (value: number) => test(value, bound)
  })
  return (value) => bounds.every((holds) => holds(value))
}

/** @throws SyntaxError for a regular expression that is none */
export function textTest(test: TextTest): (text: string | undefined) => boolean {
  if (typeof test === 'boolean') return (text) => (text !== undefined) === test
  if (Array.isArray(test)) {
    const tests = test.map(textTest)
    return (text) => tests.some((holds) => holds(text))
  }
  const matches = typeof test === 'string' ? globOf(test).test : expressionTest(test as RegExp | { regex: string; flags?: string })
  return (text) => text !== undefined && matches(text)
}

function expressionTest(test: RegExp | { regex: string; flags?: string }): (text: string) => boolean {
  const { source, flags } = test instanceof RegExp ? test : new RegExp(test.regex, test.flags)
  // `g` and `y` would make each answer depend on the one before
  const expression = new RegExp(source, flags.replace(/[gy]/g, ''))
  return (text) => expression.test(text)
}

export function valueTest(test: ValueTest): (value: unknown) => boolean {
  if (test === null || typeof test === 'number') return (value) => value === test
  if (typeof test === 'boolean') return (value) => value === test
  if (isObject(test) && !(test instanceof RegExp) && !('regex' in test)) return comparison(test)
  const holds = textTest(test as TextTest)
  return (value) => typeof value === 'string' && holds(value)
}

function comparison({ contains, not, ...range }: Record<string, unknown>): (value: unknown) => boolean {
  const within = rangeTest(range)
  return (value) =>
    (not === undefined || value !== not) &&
    (contains === undefined ||
      (Array.isArray(value) ? value.includes(contains) : typeof value === 'string' && value.includes(String(contains)))) &&
    (!Object.keys(range).length || (typeof value === 'number' && within(value)))
}
