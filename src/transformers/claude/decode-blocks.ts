/**
 * Content blocks of questions and answers, read into neutral parts.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { NativePart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import { opaqueFromClient } from '../../core/envelope.ts'
import { isObject, optional, pointer, readArray, readBoolean, readObject, readString, reject, type JsonObject } from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { decodeCache } from './cache.ts'
import { unloadCarriers } from './carrier.ts'
import { decodeCitations } from './citations.ts'
import { decodeDocument, decodeImage } from './decode-media.ts'
import { inWords } from './in-words.ts'
import { familyName } from './toolset.ts'
import { locate, locateIn, spell } from './wire.ts'

type BlockReader = (block: JsonObject, at: string) => Part | Part[]

/** Claude Code's line of accounting, which differs between requests of different kinds. */
const BILLING_LINE = 'x-anthropic-billing-header'

const READERS: ReadonlyMap<string, BlockReader> = new Map<string, BlockReader>([
  ['text', readText],
  ['image', decodeImage],
  ['document', decodeDocument],
  ['tool_use', readToolUse],
  ['tool_result', readToolResult],
  ['thinking', readThinking],
  ['redacted_thinking', readRedacted],
  ['tool_reference', readToolReference],
])

/** Reads a list of blocks, or one bare string. */
export function decodeBlocks(content: unknown, at: string): { parts: Part[]; bare: boolean } {
  if (typeof content === 'string') return { parts: [{ type: 'text', text: content, at }], bare: true }
  const blocks = readArray(content, at)
  const parts: Part[] = []
  for (let i = 0; i < blocks.length; i++) {
    const read = decodeBlock(readObject(blocks[i], at, i), `${at}/${i}`)
    if (Array.isArray(read)) parts.push(...read)
    else parts.push(read)
  }
  return { parts: unloadCarriers(parts), bare: false }
}

/** Reads the instructions: they hold text alone. */
export function decodeSystem(system: unknown, at: string): TextPart[] {
  if (typeof system === 'string') return [markVolatile({ type: 'text', text: system, at })]
  return mapped(readArray(system, at), (block, i) => {
    const here = pointer(at, i)
    const object = readObject(block, here)
    if (object.type !== 'text') reject(pointer(here, 'type'), '"text"', object.type)
    return markVolatile(readText(object, here))
  })
}

function decodeBlock(block: JsonObject, at: string): Part | Part[] {
  const read = READERS.get(readString(block.type, at, 'type'))
  return read ? read(block, at) : readNative(block, at)
}

const markVolatile = (part: TextPart): TextPart => (part.text.startsWith(BILLING_LINE) ? { ...part, volatile: true } : part)

const TEXT = new Set(['type', 'text', 'cache_control', 'citations'])
function readText(block: JsonObject, at: string): TextPart {
  const { cache, unknown } = decodeCache(block)
  const citations = Array.isArray(block.citations) ? decodeCitations(block.citations, at) : undefined
  const part = locateIn<TextPart>({ type: 'text', text: readString(block.text, at, 'text'), at }, block, TEXT)
  if (cache) part.cache = cache
  if (citations?.length) part.citations = citations
  if (unknown) part.extra = { claude: { ...part.extra?.claude, ...unknown } }
  return citations && !citations.length ? spell(part, { citations: [] }) : part
}

const TOOL_USE = new Set(['type', 'id', 'name', 'input', 'cache_control', 'caller', 'toolset_name'])
function readToolUse(block: JsonObject, at: string): ToolCallPart {
  const { cache, unknown } = decodeCache(block)
  const id = readString(block.id, at, 'id')
  const name = familyName(readString(block.name, at, 'name'), block.toolset_name)
  const part = locateIn<ToolCallPart>({ type: 'tool-call', id, name, input: block.input, at }, block, TOOL_USE)
  if (cache) part.cache = cache
  return withCaller(unknown ? { ...part, extra: { claude: { ...part.extra?.claude, ...unknown } } } : part, block)
}

/** `caller` says which code called the tool: the model itself is not worth a word to others. */
export function withCaller(part: ToolCallPart, block: JsonObject): ToolCallPart {
  if (block.caller === undefined && block.toolset_name === undefined && part.name === block.name) return part
  const kept: JsonObject = {}
  if (isObject(block.caller) && block.caller.type === 'direct') part = spell(part, { caller: block.caller })
  else if (isObject(block.caller)) kept.caller = block.caller
  if (part.name !== block.name) part = spell(part, { name: block.name, toolset_name: block.toolset_name })
  else if (typeof block.toolset_name === 'string') kept.toolset_name = block.toolset_name
  return Object.keys(kept).length ? { ...part, extra: { ...part.extra, claude: { ...part.extra?.claude, ...kept } } } : part
}

const TOOL_RESULT = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control', 'toolset_name'])
function readToolResult(block: JsonObject, at: string): ToolResultPart {
  const { cache, unknown } = decodeCache(block)
  const absent = block.content === undefined || block.content === null
  const { parts, bare } = absent ? { parts: [], bare: false } : decodeBlocks(block.content, `${at}/content`)
  const isError = optional(readBoolean, block.is_error, at, 'is_error')
  const callId = readString(block.tool_use_id, at, 'tool_use_id')
  const part = locateIn<ToolResultPart>({ type: 'tool-result', callId, parts, at }, block, TOOL_RESULT)
  if (bare) part.bare = true
  if (isError !== undefined) part.isError = isError
  if (cache) part.cache = cache
  if (typeof block.toolset_name === 'string' || unknown)
    part.extra = {
      claude: { ...part.extra?.claude, ...unknown, ...(typeof block.toolset_name === 'string' && { toolset_name: block.toolset_name }) },
    }
  return absent ? spell(part, { content: block.content }) : part
}

const THINKING = new Set(['type', 'thinking', 'signature'])
function readThinking(block: JsonObject, at: string): ReasoningPart {
  const part: ReasoningPart = {
    type: 'reasoning',
    text: readString(block.thinking, at, 'thinking'),
    ...locate(block, at, THINKING),
  }
  const signature = optional(readString, block.signature, at, 'signature')
  // unsigned thinking is what providers that only look like Claude send; it goes back as it came
  if (!signature) return spell(part, { signature: block.signature })
  const opaque = opaqueFromClient(signature, 'claude', 'signature')
  return opaque ? { ...part, opaque } : part
}

const REDACTED = new Set(['type', 'data'])
function readRedacted(block: JsonObject, at: string): ReasoningPart {
  const part: ReasoningPart = { type: 'reasoning', text: '', redacted: true, ...locate(block, at, REDACTED) }
  const opaque = opaqueFromClient(readString(block.data, at, 'data'), 'claude', 'redacted')
  return opaque ? { ...part, opaque } : part
}

const TOOL_REFERENCE = new Set(['type', 'tool_name'])
/** The answer of a search for tools: the tool found is in the next request's list, so a word that it is there will do. */
function readToolReference(block: JsonObject, at: string): TextPart {
  const name = readString(block.tool_name, at, 'tool_name')
  const part: TextPart = { type: 'text', text: `Loaded tool ${name}`, ...locate(block, at, TOOL_REFERENCE) }
  return spell(part, { type: 'tool_reference', tool_name: name, text: undefined })
}

/** A block that only Claude can say. A compaction that failed has no words, and sums nothing up. */
function readNative(block: JsonObject, at: string): NativePart {
  const part: NativePart = { type: 'native', protocol: 'claude', value: block, at }
  const text = inWords(block)
  if (text === undefined) return part
  return block.type === 'compaction' ? { ...part, text, summary: true } : { ...part, text }
}
