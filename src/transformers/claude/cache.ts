/**
 * `cache_control`: marks where a prompt's cached prefix ends.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 * @module
 */
import type { CacheMark, Located } from '../../core/chat.ts'
import { addFields, isObject, stringOf, type JsonObject, lookUp } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'

/** How long-lived marks of other protocols are said here. */
const LIFETIMES: Record<string, string> = { '5m': '5m', '1h': '1h', '30m': '1h', '12h': '1h' }

const UNMARKED = {}

/** A block's mark; with fields that are not known yet, the whole object is kept as well. */
export function decodeCache(object: JsonObject): { cache?: CacheMark; unknown?: JsonObject } {
  const control = object.cache_control
  if (!isObject(control)) return UNMARKED
  const ttl = stringOf(control.ttl)
  const cache: CacheMark = ttl === undefined ? {} : { ttl }
  const plain =
    control.type === 'ephemeral' &&
    (ttl === undefined || ttl === '5m' || ttl === '1h') &&
    Object.keys(control).every((key) => key === 'type' || key === 'ttl')
  return plain ? { cache } : { cache, unknown: { cache_control: control } }
}

/** A block with its mark and, last so that they win, its own fields. Nearly all have neither: an object that is spread for nothing costs as much as the rest. */
export function complete(block: JsonObject, part: Located & { cache?: CacheMark }, notes: Notes): JsonObject {
  if (part.cache) Object.assign(block, encodeCache(part, notes))
  if (part.extra?.claude) addFields(block, part.extra.claude)
  if (part.spelling?.claude) addFields(block, part.spelling.claude)
  return block
}

/** Writes a mark. Lifetimes that do not exist here become the next longer one that does. */
export function encodeCache(part: Located & { cache?: CacheMark }, notes: Notes): JsonObject {
  const { cache } = part
  if (!cache) return {}
  const ttl = cache.ttl === undefined ? undefined : lookUp(LIFETIMES, cache.ttl)
  if (ttl !== cache.ttl)
    notes.approximated(part, 'cache', `cached for ${ttl ?? 'the default time'}: Claude knows 5m and 1h, not ${cache.ttl}`)
  return { cache_control: ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl } }
}
