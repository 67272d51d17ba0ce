/**
 * Which conversation a request belongs to, and which agent of it asks.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'

/** Headers in which clients name their session, the most telling first: Claude Code, Codex, others. */
const SESSION_HEADERS = ['x-claude-code-session-id', 'session-id', 'session_id', 'thread-id', 'x-session-id', 'x-session-affinity']

/** Headers in which clients name the sub-agent that asks: Claude Code's by id, Codex' by kind. */
const AGENT_HEADERS = ['x-claude-code-agent-id', 'x-openai-subagent']

function firstOf(headers: Headers, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headers.get(name)
    if (value) return value
  }
  return undefined
}

/**
 * The session's id. Claude Code says it in a header and in `metadata.user_id`, Codex in headers and in `prompt_cache_key`; `chat` is read
 * only where no header tells.
 */
export const sessionOf = (headers: Headers, chat: () => Pick<ChatRequest, 'cacheKey'>): string | undefined =>
  firstOf(headers, SESSION_HEADERS) ?? chat().cacheKey

/** The sub-agent that asks; `undefined` for the main one. Sub-agents share the session's id. */
export const agentOf = (headers: Headers): string | undefined => firstOf(headers, AGENT_HEADERS)

/** How Claude Code's first line of instructions says it, too, where the header was lost on the way. */
export const SUBAGENT_SIGN = 'cc_is_subagent=true'

export const saysSubagent = (chat: ChatRequest): boolean =>
  chat.system.some(({ volatile, text }) => volatile === true && text.includes(SUBAGENT_SIGN))
