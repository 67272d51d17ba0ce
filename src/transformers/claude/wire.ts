/**
 * How the Messages wire names things, and the shapes that are wider there than in the official types.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { Located } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import { setField, type JsonObject } from '../../core/json.ts'

export type { JsonObject }

/** Neutral names of fields as the wire has them, for the paths of notices. */
export const FIELDS: Record<string, string> = {
  maxTokens: 'max_tokens',
  topP: 'top_p',
  topK: 'top_k',
  stop: 'stop_sequences',
  toolChoice: 'tool_choice',
  parallelToolCalls: 'tool_choice/disable_parallel_tool_use',
  user: 'metadata/user_id',
  cacheKey: 'metadata/user_id',
  serviceTier: 'service_tier',
  cache: 'cache_control',
  mode: 'thinking/type',
  budget: 'thinking/budget_tokens',
  show: 'thinking/display',
  effort: 'output_config/effort',
  format: 'output_config/format',
  parameters: 'input_schema',
  callId: 'tool_use_id',
  isError: 'is_error',
  parts: 'content',
  opaque: 'signature',
  source: 'source',
  mediaType: 'source/media_type',
  maxUses: 'max_uses',
  allowedDomains: 'allowed_domains',
  blockedDomains: 'blocked_domains',
  userLocation: 'user_location',
  stopReason: 'stop_reason',
}

/**
 * What every neutral object carries of its wire object: its place, the fields that have no neutral word, and the known
 * fields that are `null` (which means absent, but is written back).
 */
export const locate = (object: JsonObject, at: string, known: ReadonlySet<string>): Located => locateIn({ at }, object, known)

/** The same, added to a new neutral object that has its place: a field that a literal has takes no memory of its own. */
export function locateIn<T extends Located>(located: T & { at: string }, object: JsonObject, known: ReadonlySet<string>): T {
  let extra: JsonObject | undefined
  let nulls: JsonObject | undefined
  for (const key in object) {
    const value = object[key]
    if (value === undefined) continue
    if (!known.has(key)) setField((extra ??= {}), key, value)
    else if (value === null) (nulls ??= {})[key] = null
  }
  if (extra) located.extra = { claude: extra }
  if (nulls) located.spelling = { claude: nulls }
  return located
}

/** Adds wire fields whose meaning the neutral fields already have. A field of `undefined` is left out of what is written. */
export const spell = <T extends Located>(object: T, fields: JsonObject): T =>
  extended(object, { spelling: Object.assign({}, object.spelling, { claude: Object.assign({}, object.spelling?.claude, fields) }) })

/** Whether a neutral object was read from this protocol, and is therefore written back as it was. */
export const isOwn = (object: Located): boolean => object.spelling?.claude !== undefined

/** The own fields of a neutral object, last so that they win. */
export const ownFields = (object: Located): JsonObject => ({ ...object.extra?.claude, ...object.spelling?.claude })

/** Adds a field unless its value is `undefined`. */
export const field = (key: string, value: unknown): JsonObject => (value === undefined ? {} : { [key]: value })
