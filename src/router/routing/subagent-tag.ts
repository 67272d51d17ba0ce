/**
 * `<CCR-SUBAGENT-MODEL>endpoint,model</CCR-SUBAGENT-MODEL>` at the beginning of a prompt: the model for a sub-agent, as users write it
 * into the sub-agent's instructions. It is taken out before the prompt is sent.
 *
 * @module
 */
import type { ChatRequest, Message, Part, TextPart } from '../../core/chat.ts'
import { chatOf, type RequestFacts } from '../request-facts.ts'

const MARK = '<CCR-SUBAGENT-MODEL>'
const TAG = /^\s*<CCR-SUBAGENT-MODEL>\s*([^<]*?)\s*<\/CCR-SUBAGENT-MODEL>\s*/

/**
 * What the tag says; `undefined` where there is none. Looks where instructions begin: in each part of them, and in those of the first
 * message of the user. What stands later was said in the conversation, or read from a file, and instructs nobody.
 */
export function taggedModel(facts: RequestFacts): string | undefined {
  if (!facts.text.includes(MARK)) return undefined
  const chat = chatOf(facts)
  const parts: Part[] = [...chat.system, ...openingOf(chat).flatMap((message) => message.parts)]
  for (const part of parts) {
    const said = part.type === 'text' ? TAG.exec(part.text)?.[1] : undefined
    if (said) return said
  }
  return undefined
}

/** The prompt without its tags. */
export function withoutTag(chat: ChatRequest): ChatRequest {
  const opening = new Set(openingOf(chat))
  return {
    ...chat,
    system: chat.system.map(cut).filter(isSaid),
    messages: chat.messages.map((message) =>
      opening.has(message) ? { ...message, parts: message.parts.map(cutPart).filter(isSaid) } : message,
    ),
  }
}

/** The messages up to the first one of the user. */
function openingOf({ messages }: ChatRequest): readonly Message[] {
  const first = messages.findIndex(({ role }) => role === 'user')
  return messages.slice(0, first + 1)
}

const cut = (part: TextPart): TextPart => {
  const text = part.text.replace(TAG, '')
  return text === part.text ? part : { ...part, text }
}
const cutPart = (part: Part): Part => (part.type === 'text' ? cut(part) : part)
/** A part that was nothing but the tag: providers refuse empty texts. */
const isSaid = (part: Part): boolean => part.type !== 'text' || part.text !== ''
