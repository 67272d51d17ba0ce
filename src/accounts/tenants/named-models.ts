/**
 * The models that a request names.
 *
 * @module
 */
import { isObject, stringOf, type JsonObject } from '../../core/json.ts'

/** Where a body names models: the one that is asked for, those that a provider may turn to by itself, and those of tools that it runs. */
const FIELDS = ['model', 'models', 'fallbacks', 'fallback_models', 'tools', 'plugins'] as const

/** Those that a provider may use besides the one that is asked for. They reach one of the client's own protocol as they stand. */
export function otherModels(body: JsonObject): string[] {
  const [, ...lists] = FIELDS
  const items = lists.flatMap((field): unknown[] => (Array.isArray(body[field]) ? body[field] : []))
  return items.flatMap((item) => {
    if (typeof item === 'string') return [item]
    if (!isObject(item)) return []
    const models: unknown[] = Array.isArray(item['models']) ? item['models'] : []
    return [item['model'], ...models].flatMap((model) => stringOf(model) ?? [])
  })
}

const [QUOTE, BACKSLASH, OPENS, CLOSES] = ['"', '\\', '{[', '}]'] as const
const COLON = /[ \t\r\n]*:/y

/**
 * A field that names models and stands in a body twice, or in other letters: `{ "model": …, "Model": … }`. Of two, some providers read the first and others the
 * last, and some look past capitals: what was looked at here need not be what they read. `text` is JSON, of any length.
 */
export function ambiguousField(text: string): string | undefined {
  const seen = new Set<string>()
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (OPENS.includes(sign)) depth++
    else if (CLOSES.includes(sign)) depth--
    if (sign !== QUOTE) continue
    const from = at
    at = endOfText(text, from)
    COLON.lastIndex = at + 1
    if (depth !== 1 || !COLON.test(text)) continue
    const key = JSON.parse(text.slice(from, at + 1)) as string
    const name = key.normalize('NFKC').toLowerCase()
    if (!(FIELDS as readonly string[]).includes(name)) continue
    if (key !== name || seen.has(name)) return key
    seen.add(name)
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
