/**
 * Who asked, and in which conversation: as clients tell it, else as it is recognized.
 *
 * @module
 */
import { createAttachment } from '../../core/attachment.ts'
import { objectOf, stringOf } from '../../core/json.ts'
import { sessionInUser } from '../../core/session-in-user.ts'
import type { Seen } from '../../router/caller.ts'
import type { RequestFacts } from '../../router/request-facts.ts'
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
const sessionInBody = ({ metadata, prompt_cache_key, conversation }: RequestFacts['settings']): string | undefined => {
  const user = stringOf(objectOf(metadata)?.user_id)
  return (
    (user === undefined ? undefined : sessionInUser(user)) ??
    stringOf(prompt_cache_key) ??
    stringOf(conversation) ??
    stringOf(objectOf(conversation)?.id)
  )
}

/** The names are the client's own words: no proof of anything. */
export interface Who {
  session: string | undefined
  agent: string | undefined
  subagent: string | undefined
}

const known = createAttachment<RequestFacts, Who>('who')

/** Found out once: a record is written when the body has long been let go of. */
export function whoAsked(request: Request, facts: RequestFacts | undefined): Who {
  if (!facts) return findOut(request, facts)
  let who = known.get(facts)
  if (!who) known.set(facts, (who = findOut(request, facts)))
  return who
}

/** Has it found out before the body is let go of. */
export function askWho(seen: Seen): void {
  seen.sent ??= findOutNow
}

function findOutNow({ request, facts }: Seen): void {
  try {
    whoAsked(request, facts)
  } catch {
    // told to whoever wants it for the record: the request goes on all the same
  }
}

function findOut(request: Request, facts: RequestFacts | undefined): Who {
  const { headers } = request
  const told = sessionOf(headers, () => ({ cacheKey: facts && sessionInBody(facts.settings) }))
  const session = told || (facts && conversationOf(request, facts))
  const agent = programOf(headers)
  const subagent = agentOf(headers)
  return { session: session && shortened(session), agent: agent && shortened(agent), subagent: subagent && shortened(subagent) }
}
