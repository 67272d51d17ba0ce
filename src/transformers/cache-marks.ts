/**
 * Cache marks for Claude where the client's protocol has no need of them. OpenAI and Gemini cache prompts by themselves;
 * Claude caches up to a mark only, and an agent that sends none pays the full price for its whole history every turn.
 * @see https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 *
 * @module
 */
import type { CacheMark, ChatRequest, Message, Part, ProtocolName, TextPart } from '../core/chat.ts'
import { extended } from '../core/extended.ts'
import { mapped } from '../core/mapped.ts'
import type { Notes } from '../core/notice.ts'

const MARK: CacheMark = {}

/**
 * The request with two marks: behind the instructions, and behind the last message. Only for conversations that go on,
 * since writing a cache costs more than not caching, and only where the client made no mark of its own.
 */
export function withCacheMarks(chat: ChatRequest, { from, to }: { from: ProtocolName; to: ProtocolName }, notes: Notes): ChatRequest {
  if (to !== 'claude' || from === 'claude' || !goesOn(chat) || isMarked(chat)) return chat
  notes.invented('/messages', 'cache marks behind the instructions and the last message: Claude caches nothing without them')
  const lead = chat.messages.findIndex((message) => !isInstruction(message)) - 1
  return {
    ...chat,
    system: lead < 0 ? markLast(chat.system) : chat.system,
    messages: mapped(chat.messages, (message, i) =>
      i === lead || i === chat.messages.length - 1 ? { ...message, parts: markLast(message.parts) } : message,
    ),
  }
}

const isInstruction = (message: Message) => message.role === 'system' || message.role === 'developer'

/** An agent, or a conversation that has had an answer. */
const goesOn = (chat: ChatRequest) => chat.tools.length > 0 || chat.messages.some((message) => message.role === 'assistant')

const isMarked = (chat: ChatRequest) =>
  chat.cache !== undefined ||
  chat.system.some((part) => part.cache) ||
  chat.tools.some((tool) => tool.type === 'function' && tool.cache) ||
  chat.messages.some((message) => message.parts.some((part) => 'cache' in part && part.cache))

/** The parts with a mark on the last one that can hold it. */
function markLast<P extends Part | TextPart>(parts: P[]): P[] {
  const last = parts.findLastIndex(
    (part) =>
      part.type === 'tool-result' || part.type === 'tool-call' || part.type === 'image' || (part.type === 'text' && part.text !== ''),
  )
  return last < 0 ? parts : mapped(parts, (part, i) => (i === last ? extended(part, { cache: MARK }) : part))
}
