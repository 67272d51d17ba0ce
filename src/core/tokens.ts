/**
 * How many tokens a text roughly has, without a tokenizer: within a few percent on English and code, and cheap enough for
 * every request.
 *
 * @module
 */
import type { ChatRequest, Part } from './chat.ts'

const ASCII = 0.27
const OTHER = 0.7
const IMAGE = 1600
const PAGE_BYTES = 50_000
const MESSAGE = 4

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

/** Estimates the input tokens of a request: its instructions, conversation and tools. Never 0. */
export function estimateInput(chat: ChatRequest): number {
  let total = MESSAGE
  for (const part of chat.system) total += estimatePart(part)
  for (const message of chat.messages) {
    total += MESSAGE
    for (const part of message.parts) total += estimatePart(part)
  }
  for (const tool of chat.tools) {
    if (tool.type === 'hosted') total += 200
    else
      total +=
        8 +
        estimateTokens(tool.name) +
        estimateTokens(tool.description ?? '') +
        estimateTokens(JSON.stringify((tool.type === 'function' ? tool.parameters : tool.format) ?? {}))
  }
  return total
}

function estimatePart(part: Part): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return estimateTokens(part.text)
    case 'tool-call':
      return 8 + estimateTokens(part.name) + estimateTokens(part.json ?? JSON.stringify(part.input ?? {}))
    case 'tool-result':
      return part.parts.reduce((sum, inner) => sum + estimatePart(inner), 8)
    case 'native':
      return estimateTokens(part.text ?? JSON.stringify(part.value))
    default:
      if (part.source.type === 'text') return estimateTokens(part.source.text)
      // a page of a document costs about as much as an image
      return part.type === 'image' || part.source.type !== 'data'
        ? IMAGE
        : IMAGE * Math.max(1, Math.ceil((part.source.data.length * 0.75) / PAGE_BYTES))
  }
}
