/**
 * Which notices are losses, and which are about things that no answer hangs on. A loss changes what the model is told, what
 * it may do, or what the answer must be; strict mode refuses it. How a prompt is cached, who is billed, how items are numbered,
 * and the same thing said in other words are none.
 *
 * @module
 */
import type { ChatRequest, Located, Message, Part, Tool } from '../core/chat.ts'
import { fail } from '../core/failure.ts'
import { fieldName } from '../core/json.ts'
import type { Judge, Notice } from '../core/notice.ts'
import type { Incidental } from '../core/protocol.ts'

/** Neutral fields about how a request is served: caching, billing, bookkeeping, and how much rather than what. */
const SERVICE: ReadonlySet<string> = new Set([
  'cache', 'cacheKey', 'user', 'metadata', 'serviceTier', 'includeUsage', 'opaque',
  // degrees: how long to think and what of it is shown, how wordy to be, how closely to look
  'mode', 'effort', 'budget', 'show', 'verbosity', 'detail',
  // how often a search may be made, and how much of it is read
  'maxUses', 'contextSize',
]) // prettier-ignore

/** Neutral fields whose content still reaches the model where they are approximated. */
const IN_OTHER_WORDS: ReadonlySet<string> = new Set([
  'isError',
  'parameters',
  'schema',
  'strict',
  'type',
  'input',
  'system',
  'citations',
  'stop',
])

/** Kinds of parts and tools that are approximated by saying the same in another form. */
const SAID_ANYWAY: ReadonlySet<string> = new Set(['text', 'refusal', 'native', 'tool-result', 'tool-call', 'custom', 'hosted'])

/** @param incidental of the client's protocol */
export function createJudge({ fields, defaults }: Incidental, chat: ChatRequest): Judge {
  const isDefault = (field: string): boolean => {
    const usual = (defaults as Record<string, number>)[field]
    return usual !== undefined && chat[field as 'temperature'] === usual
  }
  return (notice, object, field) => {
    if (notice.action === 'invented') return false
    const approximated = notice.action === 'approximated'
    // a list of what only its protocol knows may ask for something that others have, too
    if (field === undefined && isIncidental(notice.path, fields)) return true
    if (field !== undefined)
      return SERVICE.has(field) || isDefault(field) || (approximated && (IN_OTHER_WORDS.has(field) || isGrammar(object, field)))
    if (object === chat.reasoning) return true
    return approximated ? isSaidAnyway(object) : isNothing(object, chat)
  }
}

const isGrammar = (object: Located, field: string): boolean => field === 'format' && kindOf(object) === 'custom'

const kindOf = (object: Located): string | undefined => (object as Partial<Part | Tool>).type

function isSaidAnyway(object: Located): boolean {
  const kind = kindOf(object)
  if (kind !== undefined) return SAID_ANYWAY.has(kind)
  // instructions amid the conversation; of the assistant's messages only a beginning of the answer is approximated
  const { role } = object as Partial<Message>
  return role === 'system' || role === 'developer'
}

/** Another provider's reasoning, a line that is meant for another provider, blank text, an offer among others. */
function isNothing(object: Located, chat: ChatRequest): boolean {
  const part = object as Part
  switch (kindOf(object)) {
    case 'reasoning':
      return true
    case 'text':
      return part.type === 'text' && (part.volatile === true || !part.text.trim())
    case 'hosted':
      return isOneOfSeveral(chat)
    default:
      return false
  }
}

/** A tool of the provider's own is an offer, which a model may leave alone. Where it is all that is on offer, it is what the request is about. */
const isOneOfSeveral = (chat: ChatRequest): boolean => chat.tools.some((tool) => tool.type !== 'hosted')

function isIncidental(path: string, fields: readonly string[]): boolean {
  const pattern = path.replace(/\/\d+(?=\/|$)/g, '/*')
  return fields.some((field) => pattern === field || pattern.startsWith(`${field}/`))
}

/** @throws FailureError 400 that names the fields, where something would be lost */
export function refuseLosses(notices: readonly Notice[]): void {
  const lost = notices.filter((notice) => notice.action !== 'invented' && !notice.minor)
  if (!lost.length) return
  const list = lost.slice(0, 5).map((notice) => `${fieldName(notice.path)} would be ${notice.action}: ${notice.reason}`)
  fail({
    kind: 'unsupported',
    message: `The upstream cannot take this request as it is, and strict mode refuses losses. ${list.join('; ')}${lost.length > 5 ? `; and ${lost.length - 5} more` : ''}.`,
    param: fieldName(lost[0]!.path),
  })
}
