/**
 * Conversations that a provider has compacted.
 *
 * @module
 */
import type { Message, Part } from './chat.ts'

/**
 * The conversation as its provider takes it where it holds a summary of itself: the summary, told by the user, in the place of all that came
 * before it. The provider itself gets the conversation as it was. Never changes its input.
 */
export function sinceSummary(messages: Message[]): Message[] {
  const from = messages.findLastIndex(({ parts }) => parts.some(isSummary))
  const message = messages[from]
  if (!message) return messages
  const place = message.parts.findLastIndex(isSummary)
  const summary: Message = { role: 'user', parts: message.parts.slice(place, place + 1), at: message.at }
  const after: Message = { ...message, bare: false, parts: message.parts.slice(place + 1) }
  return [summary, ...(after.parts.length ? [after] : []), ...messages.slice(from + 1)]
}

const isSummary = (part: Part): boolean => part.type === 'native' && part.summary === true
