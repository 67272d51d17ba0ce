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
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i]!
    if (message.parts.some(isSummary)) return [...summedUp(message), ...messages.slice(i + 1)]
  }
  return messages
}

function summedUp(message: Message): Message[] {
  const place = message.parts.findLastIndex(isSummary)
  const summary: Message = { role: 'user', parts: message.parts.slice(place, place + 1), at: message.at }
  const after: Message = { ...message, bare: false, parts: message.parts.slice(place + 1) }
  return after.parts.length ? [summary, after] : [summary]
}

const isSummary = (part: Part): boolean => part.type === 'native' && part.summary === true
