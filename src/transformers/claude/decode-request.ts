/**
 * A client's request, read into the neutral model.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { ChatRequest, Message } from '../../core/chat.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { optional, pointer, readArray, readBoolean, readNumber, readObject, readString, reject, type JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { decodeCache } from './cache.ts'
import { decodeBlocks, decodeSystem } from './decode-blocks.ts'
import { decodeSettings } from './decode-settings.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { locate, locateIn, spell } from './wire.ts'

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
  const settings = decodeSettings(wire)
  const chat: ChatRequest = {
    at: '',
    stream: optional(readBoolean, wire.stream, '/stream') ?? false,
    system: wire.system === undefined || wire.system === null ? [] : decodeSystem(wire.system, '/system'),
    messages: mapped(readArray(wire.messages, '/messages'), (message, i) => decodeMessage(message, `/messages/${i}`)),
    tools: decodeTools(optional(readArray, wire.tools, '/tools') ?? []),
    ...decodeToolChoice(wire.tool_choice),
    ...settings,
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
  set('cache', cache)
  set('bound', boundOf(wire))
  if (typeof wire.system === 'string') chat.systemBare = true
  const extra = { ...located.extra?.claude, ...unknown, ...laneOf(wire, chat) }
  if (Object.keys(extra).length) chat.extra = { claude: extra }
  set('spelling', located.spelling)
  return spell(chat, emptyOnes(wire))
}

/** What only Claude's own servers hold or do, and without which the request would mean something else. */
const BOUND: readonly (Pick<Failure, 'kind' | 'message' | 'code'> & { param: string })[] = [
  // Claude Code asks again without them where an error names them
  {
    kind: 'unsupported',
    message: 'safeguards: Extra inputs are not permitted. This provider has none; ask without them.',
    param: 'safeguards',
  },
  {
    kind: 'not-found',
    message: 'thread: not found. This provider keeps no threads; send the whole conversation.',
    code: 'thread_not_found',
    param: 'thread',
  },
]

function boundOf(wire: JsonObject): Failure | undefined {
  const refusal = BOUND.find(({ param }) => wire[param] !== undefined && wire[param] !== null)
  return refusal && { ...refusal, status: STATUS[refusal.kind], source: { protocol: 'claude', body: undefined } }
}

/** What `serviceTier` does not say of the lane: the field that was not read, and words that are not known. */
function laneOf(wire: JsonObject, { serviceTier }: ChatRequest): JsonObject {
  return {
    ...(serviceTier !== 'auto' &&
      serviceTier !== 'standard' &&
      typeof wire.service_tier === 'string' && { service_tier: wire.service_tier }),
    ...(typeof wire.speed === 'string' && wire.speed !== 'fast' && wire.speed !== 'standard' && { speed: wire.speed }),
  }
}

/** Fields that say nothing, but are written back. */
const emptyOnes = (wire: JsonObject): JsonObject => ({
  ...(wire.stream === false && { stream: false }),
  ...(wire.speed === 'standard' && { speed: 'standard' }),
  ...(Array.isArray(wire.system) && !wire.system.length && { system: [] }),
  ...(Array.isArray(wire.tools) && !wire.tools.length && { tools: [] }),
})

const MESSAGE = new Set(['role', 'content'])
function decodeMessage(value: unknown, at: string): Message {
  const wire = readObject(value, at)
  const role = wire.role
  if (role !== 'user' && role !== 'assistant' && role !== 'system') reject(pointer(at, 'role'), '"user", "assistant" or "system"', role)
  // only a message of the system may lack content: then it changes settings from here on
  if (role === 'system' && (wire.content === undefined || wire.content === null))
    return spell({ role, parts: [], ...locate(wire, at, MESSAGE) }, { content: wire.content })
  const { parts, bare } = decodeBlocks(wire.content, `${at}/content`)
  return locateIn<Message>(bare ? { role, parts, bare, at } : { role, parts, at }, wire, MESSAGE)
}

const readStrings = (value: unknown, at: string): string[] => readArray(value, at).map((item, i) => readString(item, at, i))
