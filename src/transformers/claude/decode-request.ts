/**
 * A client's request, read into the neutral model.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { ChatRequest, Effort, Message, OutputFormat, ReasoningAsk, ServiceTier } from '../../core/chat.ts'
import {
  optional,
  pointer,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
  reject,
  restOf,
  type JsonObject,
} from '../../core/json.ts'
import { decodeBlocks, decodeSystem } from './decode-blocks.ts'
import { decodeTool, decodeToolChoice } from './decode-tools.ts'
import { decodeCache } from './cache.ts'
import { locate, spell } from './wire.ts'

const KNOWN = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'stream',
  'stop_sequences',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
  'service_tier',
  'speed',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'cache_control',
])

/** Reads a request. Always leaves a mark in `spelling.claude`, by which the encoder knows a request of its own protocol. */
export function decodeRequest(body: unknown): ChatRequest {
  const wire = readObject(body, '')
  const { cache, unknown } = decodeCache(wire)
  const located = locate(wire, '', KNOWN)
  const extra: JsonObject = { ...located.extra?.claude, ...unknown }
  const spelling: JsonObject = { ...located.spelling?.claude }
  const chat: ChatRequest = {
    ...located,
    stream: optional(readBoolean, wire.stream, '/stream') ?? false,
    system: wire.system === undefined || wire.system === null ? [] : decodeSystem(wire.system, '/system'),
    messages: readArray(wire.messages, '/messages').map((message, i) => decodeMessage(message, pointer('/messages', i))),
    tools: (optional(readArray, wire.tools, '/tools') ?? []).map((tool, i) => decodeTool(tool, pointer('/tools', i))),
    ...decodeToolChoice(wire.tool_choice),
    ...decodeTier(wire, extra, spelling),
  }
  const set = <K extends keyof ChatRequest>(key: K, value: ChatRequest[K] | undefined) => {
    if (value !== undefined) chat[key] = value
  }
  set('model', optional(readString, wire.model, '/model'))
  set('maxTokens', optional(readNumber, wire.max_tokens, '/max_tokens'))
  set('temperature', optional(readNumber, wire.temperature, '/temperature'))
  set('topP', optional(readNumber, wire.top_p, '/top_p'))
  set('topK', optional(readNumber, wire.top_k, '/top_k'))
  set('stop', optional(readStrings, wire.stop_sequences, '/stop_sequences'))
  set('reasoning', decodeThinking(wire, extra, spelling))
  set('format', decodeFormat(wire, extra, spelling))
  set('user', decodeUser(wire, extra, spelling))
  set('cache', cache)
  if (typeof wire.system === 'string') chat.systemBare = true
  if (wire.stream === false) spelling.stream = false
  if (Array.isArray(wire.system) && !wire.system.length) spelling.system = []
  if (Array.isArray(wire.tools) && !wire.tools.length) spelling.tools = []
  if (Object.keys(extra).length) chat.extra = { claude: extra }
  return { ...chat, spelling: { claude: spelling } }
}

const MESSAGE = new Set(['role', 'content'])
function decodeMessage(value: unknown, at: string): Message {
  const wire = readObject(value, at)
  const role = wire.role
  if (role !== 'user' && role !== 'assistant' && role !== 'system') reject(pointer(at, 'role'), '"user", "assistant" or "system"', role)
  const located = locate(wire, at, MESSAGE)
  // only a message of the system may lack content: then it changes settings from here on
  if (role === 'system' && (wire.content === undefined || wire.content === null))
    return spell({ role, parts: [], ...located }, { content: wire.content })
  const { parts, bare } = decodeBlocks(wire.content, pointer(at, 'content'))
  return bare ? { role, parts, bare, ...located } : { role, parts, ...located }
}

const SHOW: Record<string, ReasoningAsk['show']> = { summarized: 'summary', updates: 'summary', omitted: 'hidden' }

/** `thinking` and `output_config.effort` together say how much the model should think. */
function decodeThinking(wire: JsonObject, extra: JsonObject, spelling: JsonObject): ReasoningAsk | undefined {
  const ask: ReasoningAsk = { at: '' }
  const thinking = optional(readObject, wire.thinking, '/thinking')
  if (thinking) {
    const type = readString(thinking.type, '/thinking/type')
    const kept: JsonObject = {}
    const spelled: JsonObject = {}
    if (type === 'enabled') ask.mode = 'on'
    else if (type === 'adaptive') ask.mode = 'adaptive'
    else if (type === 'disabled') ask.mode = 'off'
    else kept.type = type
    // thinks between tool calls alone: as good as not at all where that is not known
    if (type === 'between_tools') ask.mode = 'off'
    const budget = optional(readNumber, thinking.budget_tokens, '/thinking/budget_tokens')
    if (budget !== undefined) ask.budget = budget
    const display = optional(readString, thinking.display, '/thinking/display')
    const show = display === undefined ? undefined : SHOW[display]
    if (show) ask.show = show
    if (thinking.display === null || display === 'updates') spelled.display = thinking.display
    else if (display !== undefined && !show) kept.display = display
    Object.assign(kept, restOf(thinking, new Set(['type', 'budget_tokens', 'display'])))
    if (Object.keys(kept).length) extra.thinking = kept
    if (Object.keys(spelled).length) spelling.thinking = spelled
  }
  const config = optional(readObject, wire.output_config, '/output_config')
  const effort = config && optional(readString, config.effort, '/output_config/effort')
  if (effort !== undefined) ask.effort = effort as Effort
  return Object.keys(ask).length > 1 ? ask : undefined
}

/** `output_config.format`, or `output_format` as its beta had it. */
function decodeFormat(wire: JsonObject, extra: JsonObject, spelling: JsonObject): OutputFormat | undefined {
  const config = optional(readObject, wire.output_config, '/output_config')
  if (config) {
    const rest = restOf(config, new Set(['effort', 'format']))
    if (rest) extra.output_config = rest
    spelling.output_config = Object.fromEntries(Object.entries(config).filter(([key, value]) => value === null && !rest?.[key]))
  }
  const old = optional(readObject, wire.output_format, '/output_format')
  const wanted = (config && optional(readObject, config.format, '/output_config/format')) ?? old
  if (!wanted) return undefined
  const at = wanted === old ? '/output_format' : '/output_config/format'
  if (wanted.type !== 'json_schema') reject(pointer(at, 'type'), '"json_schema"', wanted.type)
  const rest = restOf(wanted, new Set(['type', 'schema']))
  return { type: 'schema', schema: readObject(wanted.schema, pointer(at, 'schema')), at, ...(rest && { extra: { claude: rest } }) }
}

function decodeUser(wire: JsonObject, extra: JsonObject, spelling: JsonObject): string | undefined {
  const metadata = optional(readObject, wire.metadata, '/metadata')
  if (!metadata) return undefined
  const rest = restOf(metadata, new Set(['user_id']))
  if (rest) extra.metadata = rest
  spelling.metadata = metadata.user_id === null ? { user_id: null } : {}
  return optional(readString, metadata.user_id, '/metadata/user_id')
}

/** `service_tier` and `speed` are one choice elsewhere. */
function decodeTier(wire: JsonObject, extra: JsonObject, spelling: JsonObject): { serviceTier?: ServiceTier } {
  const tier = optional(readString, wire.service_tier, '/service_tier')
  const speed = optional(readString, wire.speed, '/speed')
  if (speed === 'fast') {
    if (tier !== undefined) extra.service_tier = tier
    spelling.speed = speed
    return { serviceTier: 'fast' }
  }
  if (speed === 'standard') spelling.speed = speed
  else if (speed !== undefined) extra.speed = speed
  if (tier === 'auto') return { serviceTier: 'auto' }
  if (tier === 'standard_only') return { serviceTier: 'standard' }
  if (tier !== undefined) extra.service_tier = tier
  return {}
}

const readStrings = (value: unknown, at: string): string[] => readArray(value, at).map((item, i) => readString(item, pointer(at, i)))
