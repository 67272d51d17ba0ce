/**
 * Bounds on the shape of JSON. `JSON.parse` takes any depth, and takes gigabytes for a few megabytes of brackets; what comes after
 * it goes down by recursion.
 *
 * @module
 */
import { fail } from '../core/failure.ts'
import { endOfString } from '../core/json-strings.ts'

/** How deep the JSON of a request may be nested, unless the server says otherwise. */
export const MAX_DEPTH = 512
/** Texts below this length cannot hurt before they are parsed: only their depth is looked at, afterwards, which is cheaper. */
const LARGE = 1024 * 1024
/** More values than any conversation has: lists of a million tokens are taken. */
const MAX_VALUES = 2_000_000

/** Throws a 400 for a large text whose brackets would take too much memory. Long strings, such as images, cost next to nothing. */
export function checkBeforeParsing(text: string, maxDepth: number): void {
  if (text.length < LARGE) return
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      if (at < 0) return
    } else if (code === BRACKET || code === BRACE) {
      if (++depth > maxDepth) tooDeep(maxDepth)
      values++
    } else if (code === BRACKET_END || code === BRACE_END) depth--
    else if (code === COMMA) values++
    if (values > MAX_VALUES)
      fail({ kind: 'invalid-request', message: `The body has more than ${MAX_VALUES} values. Send fewer at a time.`, retryable: false })
  }
}

/** Throws a 400 for a value that is nested more deeply than `maxDepth`. */
export function checkDepth(value: unknown, maxDepth: number): void {
  if (isDeeper(value, maxDepth)) tooDeep(maxDepth)
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (left === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && isDeeper(item, left - 1)) return true
    return false
  }
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'object' && isDeeper(item, left - 1)) return true
  }
  return false
}

const tooDeep = (maxDepth: number): never =>
  fail({
    kind: 'invalid-request',
    message: `The body is nested more than ${maxDepth} levels deep. Flatten it and try again.`,
    retryable: false,
  })

const QUOTE = 0x22
const COMMA = 0x2c
const BRACKET = 0x5b
const BRACKET_END = 0x5d
const BRACE = 0x7b
const BRACE_END = 0x7d
