/**
 * How many tokens a text roughly has, without a tokenizer: within a few percent on English and code, and cheap enough for
 * every request.
 *
 * @module
 */
import type { ChatRequest, Part, Tool } from './chat.ts'
import { isObject, stringOf } from './json.ts'
import { sinceSummary } from './summary.ts'

const ASCII = 0.27
const OTHER = 0.7
const IMAGE = 1600
const PAGE_BYTES = 50_000
const MESSAGE = 4
const TOOL = 8
/** Name, type and punctuation of a property. */
const SCHEMA = 10
const HOSTED = 200

/** Estimates tokens of a text. Looks at every 32nd character to tell scripts apart. */
export function estimateTokens(text: string): number {
  if (!text) return 0
  let looked = 0
  let other = 0
  for (let i = 0; i < text.length; i += 32) {
    looked++
    if (text.charCodeAt(i) > 127) other++
  }
  return Math.ceil(text.length * (ASCII + (OTHER - ASCII) * (other / looked)))
}

/** How long a text is that nobody keeps: its characters, and those of them that stand in pieces of other scripts than ASCII. */
export interface Length {
  characters: number
  wide: number
}

/** Adds a small piece of a text. Looks at its first character alone: this is done for each event of a stream. */
export function addLength(length: Length, piece: string): void {
  length.characters += piece.length
  if (piece.charCodeAt(0) > 127) length.wide += piece.length
}

/** Estimates tokens of a stream that nobody kept: by how much it said, or by its bytes where that is not known. */
export const estimateStreamed = (said: Length | undefined, bytes: number, bytesPerToken = 20): number =>
  Math.ceil(said ? said.characters * ASCII + said.wide * (OTHER - ASCII) : bytes / bytesPerToken)

/** Estimates the input tokens of a request: its instructions, conversation and tools. Never 0. */
export function estimateInput(chat: ChatRequest): number {
  let total = MESSAGE
  for (const part of chat.system) total += estimatePart(part)
  for (const message of sinceSummary(chat.messages)) {
    total += MESSAGE
    for (const part of message.parts) total += estimatePart(part)
  }
  for (const tool of chat.tools) total += estimateTool(tool)
  return total
}

function estimateTool(tool: Tool): number {
  if (tool.type === 'hosted') return HOSTED
  const told = TOOL + estimateTokens(tool.name) + estimateTokens(tool.description ?? '')
  return told + (tool.type === 'function' ? estimateSchema(tool.parameters, 0) : estimateTokens(stringOf(tool.format?.definition) ?? ''))
}

/** A schema by its properties and their descriptions: to write it as text first would cost more than all the rest. */
function estimateSchema(schema: unknown, depth: number): number {
  if (!isObject(schema) || depth > 4) return 0
  let total = SCHEMA + estimateTokens(stringOf(schema.description) ?? '')
  if (isObject(schema.properties)) for (const name in schema.properties) total += estimateSchema(schema.properties[name], depth + 1)
  if (schema.items !== undefined) total += estimateSchema(schema.items, depth + 1)
  return total
}

/** A JSON value by the texts in it. */
function estimateValue(value: unknown, depth: number): number {
  if (typeof value === 'string') return estimateTokens(value)
  if (typeof value !== 'object' || value === null || depth > 4) return 1
  let total = 0
  for (const key in value) total += 2 + estimateValue((value as Record<string, unknown>)[key], depth + 1)
  return total
}

function estimatePart(part: Part): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return estimateTokens(part.text)
    case 'tool-call':
      return 8 + estimateTokens(part.name) + (part.json === undefined ? estimateValue(part.input, 0) : estimateTokens(part.json))
    case 'tool-result':
      return part.parts.reduce((sum, inner) => sum + estimatePart(inner), 8)
    case 'native':
      return part.text === undefined ? estimateValue(part.value, 0) : estimateTokens(part.text)
    default:
      if (part.source.type === 'text') return estimateTokens(part.source.text)
      // a page of a document costs about as much as an image
      return part.type === 'image' || part.source.type !== 'data'
        ? IMAGE
        : IMAGE * Math.max(1, Math.ceil((part.source.data.length * 0.75) / PAGE_BYTES))
  }
}
