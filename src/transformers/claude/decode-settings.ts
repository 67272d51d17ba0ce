/**
 * The settings of a request that the wire groups in objects of its own: thinking, the answer's form, the user, the lane.
 *
 * @module
 */
import type { ChatRequest, Effort, Located, OutputFormat, ReasoningAsk } from '../../core/chat.ts'
import { optional, pointer, readNumber, readObject, readString, reject, restOf, type JsonObject } from '../../core/json.ts'
import { sessionInUser } from '../../core/session-in-user.ts'
import { locate, spell } from './wire.ts'

type Settings = Pick<ChatRequest, 'reasoning' | 'format' | 'user' | 'cacheKey' | 'serviceTier' | 'groups' | 'wireNames'>

const MODES: Record<string, ReasoningAsk['mode']> = { enabled: 'on', adaptive: 'adaptive', disabled: 'off', between_tools: 'off' }
const SHOWN: Record<string, ReasoningAsk['show']> = { summarized: 'summary', updates: 'summary', omitted: 'hidden' }
/** Words that say more than the neutral ones. */
const FINER = new Set(['between_tools'])
/** Words that say the same as a neutral one, which is written as another. */
const SYNONYMS = new Set(['updates'])
const EFFORTS: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** Reads them. Each object that was there leaves a group with what the neutral model has no word for. */
export function decodeSettings(wire: JsonObject): Settings {
  const groups: Located[] = []
  const ask: ReasoningAsk = { at: '' }
  const thinking = optional(readObject, wire.thinking, '/thinking')
  if (thinking) groups.push(readThinking(thinking, ask))
  const config = optional(readObject, wire.output_config, '/output_config')
  if (config) groups.push(readEffort(config, ask))
  const metadata = optional(readObject, wire.metadata, '/metadata')
  const user = metadata && optional(readString, metadata.user_id, '/metadata/user_id')
  if (metadata) groups.push(spell(locate(metadata, '/metadata', new Set(['user_id'])), {}))
  const format = readFormat(config?.format, '/output_config/format') ?? readFormat(wire.output_format, '/output_format')
  const tier = readTier(wire)
  return {
    ...(Object.keys(ask).length > 1 && { reasoning: ask }),
    ...(format && { format }),
    ...(user !== undefined && { user }),
    ...(user !== undefined && sessionOf(user)),
    ...tier,
    ...(groups.length && { groups }),
  }
}

/** Requests of one session share a prefix, which other providers find by a key. */
function sessionOf(user: string): Pick<ChatRequest, 'cacheKey'> {
  const session = sessionInUser(user)
  return session ? { cacheKey: session } : {}
}

function readThinking(thinking: JsonObject, ask: ReasoningAsk): Located {
  const type = readString(thinking.type, '/thinking/type')
  const display = optional(readString, thinking.display, '/thinking/display')
  const budget = optional(readNumber, thinking.budget_tokens, '/thinking/budget_tokens')
  const mode = MODES[type]
  const show = display === undefined ? undefined : SHOWN[display]
  if (mode) ask.mode = mode
  if (budget !== undefined) ask.budget = budget
  if (show) ask.show = show
  const group = keep(locate(thinking, '/thinking', new Set(['type', 'budget_tokens', 'display'])), {
    ...((!mode || FINER.has(type)) && { type }),
    ...(display !== undefined && !show && { display }),
  })
  return spell(group, display !== undefined && SYNONYMS.has(display) ? { display } : {})
}

function readEffort(config: JsonObject, ask: ReasoningAsk): Located {
  const effort = optional(readString, config.effort, '/output_config/effort')
  const known = effort !== undefined && EFFORTS.has(effort)
  if (known) ask.effort = effort as Effort
  const group = locate(config, '/output_config', new Set(['effort', 'format']))
  return spell(keep(group, effort !== undefined && !known ? { effort } : {}), {})
}

const keep = (located: Located, fields: JsonObject): Located =>
  Object.keys(fields).length ? { ...located, extra: { claude: { ...located.extra?.claude, ...fields } } } : located

/** `output_config.format`, or `output_format` as its beta had it. */
function readFormat(value: unknown, at: string): OutputFormat | undefined {
  const wire = optional(readObject, value, at)
  if (!wire) return undefined
  if (wire.type !== 'json_schema') reject(pointer(at, 'type'), '"json_schema"', wire.type)
  const rest = restOf(wire, new Set(['type', 'schema']))
  return { type: 'schema', schema: readObject(wire.schema, pointer(at, 'schema')), at, ...(rest && { extra: { claude: rest } }) }
}

/** `service_tier` and `speed` are one choice elsewhere; where both are given the speed says more. */
function readTier(wire: JsonObject): Pick<ChatRequest, 'serviceTier' | 'wireNames'> {
  const speed = optional(readString, wire.speed, '/speed')
  const tier = optional(readString, wire.service_tier, '/service_tier')
  if (speed === 'fast') return { serviceTier: 'fast', wireNames: { serviceTier: 'speed' } }
  return tier === 'auto' ? { serviceTier: 'auto' } : tier === 'standard_only' ? { serviceTier: 'standard' } : {}
}
