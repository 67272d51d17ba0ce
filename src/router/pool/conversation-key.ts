/**
 * Tells conversations apart, for what a pool remembers about them. Cheap: looks at the ends of a few texts, whatever the size of the request.
 *
 * @module
 */
import { hashOf } from '../../core/hash.ts'
import { arrayOf, isObject, objectOf, stringOf } from '../../core/json.ts'
import { tenantOf } from '../caller.ts'
import type { RequestFacts } from '../request-facts.ts'
import { agentOf, sessionOf } from '../routing/conversation.ts'

/** What bodies call the conversation or the thing that it hangs on. */
const GROUPS = ['prompt_cache_key', 'conversation', 'cachedContent', 'cached_content'] as const
/** Where the four protocols keep instructions and turns. */
const INSTRUCTIONS = ['system', 'instructions', 'systemInstruction', 'system_instruction'] as const
const TURNS = ['messages', 'input', 'contents'] as const

/** Characters of a text that are looked at, at either end, and how many texts and tools. */
const END = 256
const TEXTS = 8
const TOOLS = 64

/** The key of the conversation that a request belongs to, of its tenant's own. */
export const conversationOf = (request: Request, facts: RequestFacts): string => conversationKey(request.headers, facts, tenantOf(request))

/**
 * A short name of the conversation that a request belongs to: the same for all its turns, another for each sub-agent, as they share the session's
 * id but no prompt prefix. Holds nothing that the client sent, and tells conversations of different tenants and protocols apart.
 *
 * Made of the session, thread and agent that the client names, and of its first message; where it names no session, of the instructions and
 * the tools' names too.
 */
export function conversationKey(headers: Headers, facts: Pick<RequestFacts, 'protocol' | 'body'>, tenant = ''): string {
  const { protocol, body } = facts
  const session = sessionOf(headers, noChat)
  const user = stringOf(objectOf(body.metadata)?.user_id)
  const line = (told: string | null | undefined) => `\n${told ?? ''}`
  let text = `${tenant}\n${protocol}${line(session)}${line(user)}`
  let isKnown = session !== undefined || user !== undefined
  for (const group of GROUPS) {
    const name = nameOf(body[group])
    if (name !== undefined) isKnown = true
    text += line(name)
  }
  text += line(headers.get('thread-id')) + line(agentOf(headers))
  text += opening(body[TURNS.find((name) => body[name] !== undefined) ?? ''], isKnown)
  if (!isKnown) {
    for (const name of INSTRUCTIONS) text += ends(body[name])
    text += toolNames(body.tools, TOOLS)
  }
  return hashOf(text).toString(36) + hashOf(text, 1).toString(36)
}

const noChat = () => ({})

const nameOf = (value: unknown): string | undefined => stringOf(value) ?? stringOf(objectOf(value)?.id)

/** The ends of the first user's message, and of what is said before it unless `userOnly`, each on a line. */
function opening(turns: unknown, userOnly: boolean): string {
  if (typeof turns === 'string') return ends(turns)
  let found = ''
  for (const turn of arrayOf(turns).slice(0, TEXTS)) {
    if (!isObject(turn)) continue
    const role = turn.role ?? ('content' in turn || 'parts' in turn ? 'user' : undefined)
    if (role === 'user' || !userOnly) found += ends(turn)
    if (role === 'user') break
  }
  return found
}

/** The beginnings and ends of the texts in a wire value, in order, each on a line. */
function ends(value: unknown, left = { texts: TEXTS }): string {
  if (left.texts <= 0) return ''
  if (typeof value === 'string') {
    left.texts--
    // Claude Code's first line of instructions, which changes with the kind of request.
    if (value.startsWith('x-anthropic-billing-header')) return ''
    return value.length <= 2 * END ? `\n${value}` : `\n${value.slice(0, END)}\n${value.slice(-END)}`
  }
  if (!Array.isArray(value)) return isObject(value) ? ends(value.text ?? value.content ?? value.parts, left) : ''
  let found = ''
  for (const each of value.slice(0, TEXTS)) found += ends(each, left)
  return found
}

function toolNames(tools: unknown, most: number): string {
  let names = ''
  for (const tool of arrayOf(tools).slice(0, most)) {
    if (!isObject(tool)) continue
    const inner = objectOf(tool.function) ?? tool
    names += `\n${stringOf(inner.name) ?? stringOf(inner.type) ?? ''}`
    names += toolNames(tool.functionDeclarations ?? tool.function_declarations, most)
  }
  return names
}
