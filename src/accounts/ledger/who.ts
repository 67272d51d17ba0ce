/**
 * Who asked, and in which conversation: as clients tell it, else as it is recognized.
 *
 * @module
 */
import { objectOf, stringOf } from '../../core/json.ts'
import { sessionInUser } from '../../core/session-in-user.ts'
import type { RequestFacts } from '../../router/facts.ts'
import { conversationOf } from '../../router/pool/conversation-key.ts'
import { agentOf, sessionOf } from '../../router/routing/conversation.ts'
import { programOf } from '../../router/routing/program.ts'

/** Clients choose these names: they are kept no longer than this. */
const MAX_NAME = 200

/** A name that a client chose, on one line and of a length that can be kept. */
export const shortened = (name: string): string =>
  name.length <= MAX_NAME && !CONTROL.test(name) ? name : name.slice(0, MAX_NAME).replace(/\p{Cc}/gu, ' ')

const CONTROL = /\p{Cc}/u

/** What bodies call the conversation: Claude Code, Codex and others, clients that keep it at the provider. */
const sessionInBody = ({ metadata, prompt_cache_key, conversation }: RequestFacts['body']): string | undefined => {
  const user = stringOf(objectOf(metadata)?.user_id)
  return (
    (user === undefined ? undefined : sessionInUser(user)) ??
    stringOf(prompt_cache_key) ??
    stringOf(conversation) ??
    stringOf(objectOf(conversation)?.id)
  )
}

/** The names are the client's own words: no proof of anything. */
export function whoAsked(
  request: Request,
  facts: RequestFacts | undefined,
): { [Name in 'session' | 'agent' | 'subagent']: string | undefined } {
  const { headers } = request
  const told = sessionOf(headers, () => ({ cacheKey: facts && sessionInBody(facts.body) }))
  const session = told || (facts && conversationOf(request, facts))
  const agent = programOf(headers)
  const subagent = agentOf(headers)
  return { session: session && shortened(session), agent: agent && shortened(agent), subagent: subagent && shortened(subagent) }
}
