/**
 * The models that a request names.
 *
 * @module
 */
import { isObject, objectOf, stringOf, type JsonObject } from '../../core/json.ts'

/** Where a body names models: the one that is asked for, those that a provider may turn to by itself, and those of tools that it runs. */
const FIELDS = ['model', 'models', 'fallbacks', 'fallback_models', 'tools', 'plugins'] as const

/** Those that a provider may use besides the one that is asked for. They reach one of the client's own protocol as they stand. */
export function otherModels(body: JsonObject): string[] {
  const [, ...fields] = FIELDS
  return fields.flatMap((field) =>
    listOf(body[field]).flatMap((item) => {
      if (isObject(item) && ('model' in item || 'models' in item)) return [...namesIn(item['model']), ...namesIn(item['models'])]
      return field.startsWith('fallback') ? fallbacksIn(item) : namesIn(item)
    }),
  )
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

const namesIn = (value: unknown): string[] => listOf(value).flatMap((item) => stringOf(item) ?? stringOf(objectOf(item)?.['model']) ?? [])

/** Some tell fallbacks by the model that they stand in for: `{ "a": ["b", "c"] }`. */
function fallbacksIn(item: unknown): string[] {
  if (!isObject(item)) return namesIn(item)
  return 'model' in item ? namesIn(item['model']) : Object.entries(item).flatMap(([from, to]) => [from, ...namesIn(to)])
}

/** What is sent of one item of a batch stands no deeper. */
const MAX_DEPTH = 64

/**
 * All models that a body names, wherever they stand: batches have requests in them, and those have models of their own. `undefined` where it is too deep
 * to be looked at.
 */
export function modelsWithin(value: unknown, depth = 0): string[] | undefined {
  if (typeof value !== 'object' || value === null) return []
  if (depth > MAX_DEPTH) return undefined
  const found: string[] = []
  for (const [key, held] of Object.entries(value)) {
    const name = nameOf(key)
    if (name === 'model' || name === 'models') found.push(...namesIn(held))
    else if (/fallback(s|_models)$/.test(name)) found.push(...listOf(held).flatMap(fallbacksIn))
    const deeper = modelsWithin(held, depth + 1)
    if (!deeper) return undefined
    found.push(...deeper)
  }
  return found
}

/** A field as those read it who look past capitals. */
const nameOf = (key: string): string => key.normalize('NFKC').toLowerCase()

const [QUOTE, BACKSLASH, OPENS, CLOSES] = ['"', '\\', '{[', '}]'] as const
const COLON = /[ \t\r\n]*:/y

/**
 * A field that names models and stands in a body twice, or in other letters: `{ "model": …, "Model": … }`. Of two, some providers read the first and others the
 * last, and some look past capitals: what was looked at here need not be what they read. `text` is JSON, of any length.
 *
 * @param everywhere also whatever stands twice in an object, wherever it is: what is in the one may name models, too
 */
export function ambiguousField(text: string, everywhere = false): string | undefined {
  const seen: Set<string>[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (OPENS.includes(sign)) seen[++depth] = new Set()
    else if (CLOSES.includes(sign)) depth--
    if (sign !== QUOTE) continue
    const from = at
    at = endOfText(text, from)
    COLON.lastIndex = at + 1
    if ((depth !== 1 && !everywhere) || !COLON.test(text)) continue
    const key = JSON.parse(text.slice(from, at + 1)) as string
    const name = nameOf(key)
    const isName = (FIELDS as readonly string[]).includes(name)
    if (!isName && !everywhere) continue
    if ((isName && depth === 1 && key !== name) || seen[depth]?.has(key)) return key
    seen[depth]?.add(key)
  }
  return undefined
}

/** Where the text ends that begins at an offset. A regular expression has no room for those of some megabytes. */
function endOfText(text: string, from: number): number {
  for (let end = text.indexOf(QUOTE, from + 1); end >= 0; end = text.indexOf(QUOTE, end + 1)) {
    let before = end
    while (text[before - 1] === BACKSLASH) before--
    if ((end - before) % 2 === 0) return end
  }
  return text.length
}
