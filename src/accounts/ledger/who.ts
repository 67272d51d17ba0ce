/**
 * Who asked, and in which conversation: as clients tell it, else as it is recognized.
 *
 * @module
 */
import { objectOf, stringOf } from '../../core/json.ts'
import type { RequestFacts } from '../../router/facts.ts'
import { conversationOf } from '../../router/pool/conversation-key.ts'
import { agentOf, sessionOf } from '../../router/routing/conversation.ts'
import { programOf } from '../../router/routing/program.ts'
import { sessionIn } from '../../transformers/claude/decode-settings.ts'
import type { ExchangeRecord } from './record.ts'

/** Clients choose these names: they are kept no longer than this. */
const MAX_NAME = 200

/** A name that a client chose, on one line and of a length that can be kept. */
export const shortened = (name: string): string => name.slice(0, MAX_NAME).replace(/\p{Cc}/gu, ' ')

/** What bodies call the conversation: Claude Code, Codex and others, clients that keep it at the provider. */
const sessionInBody = ({ metadata, prompt_cache_key, conversation }: RequestFacts['body']): string | undefined => {
  const user = stringOf(objectOf(metadata)?.user_id)
  return (
    (user === undefined ? undefined : sessionIn(user)) ??
    stringOf(prompt_cache_key) ??
    stringOf(conversation) ??
    stringOf(objectOf(conversation)?.id)
  )
}

/** The names are the client's own words: no proof of anything. */
export function whoAsked(request: Request, facts: RequestFacts | undefined): Pick<ExchangeRecord, 'session' | 'agent' | 'subagent'> {
  const { headers } = request
  const told = sessionOf(headers, () => ({ cacheKey: facts && sessionInBody(facts.body) }))
  const session = told || (facts && conversationOf(request, facts))
  const agent = programOf(headers)
  const subagent = agentOf(headers)
  return {
    ...(session !== undefined && { session: shortened(session) }),
    ...(agent !== undefined && { agent: shortened(agent) }),
    ...(subagent !== undefined && { subagent: shortened(subagent) }),
  }
}
