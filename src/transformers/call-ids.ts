/**
 * Ids that are minted here: of answers, and of tool calls whose own id the client could not use.
 *
 * @module
 */
import type { Message } from '../core/chat.ts'
import type { NameRule } from '../core/dialect.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Makes new ids: a prefix and 24 random letters and digits. */
export function createIdMint(random: () => number): (prefix: string) => string {
  return (prefix) => {
    let id = prefix
    for (let i = 0; i < 24; i++) id += ALPHABET[Math.floor(random() * ALPHABET.length)]
    return id
  }
}

/**
 * Accepts the ids of an upstream's tool calls as the client may hold them: of a legal form, and unique in the whole
 * conversation. Claude Code drops a call whose id it has seen before; some providers count from `call_0` in every answer.
 */
export function createCallIds(options: {
  rule: NameRule
  prefix: string
  /** The conversation so far: looked at once, with the first id unless {@link CallIds.look} is called before. */
  taken: () => readonly Message[]
  newId(prefix: string): string
}): CallIds {
  const { rule, prefix, newId, taken } = options
  let seen: Set<string> | undefined
  const look = () => (seen ??= idsOf(taken()))
  const accept = (id: string): string => {
    const ids = look()
    const legal = id.length > 0 && id.length <= rule.max && rule.pattern.test(id)
    const unique = legal && !ids.has(id) ? id : newId(prefix)
    ids.add(unique)
    return unique
  }
  return { accept, look: () => void look() }
}

export interface CallIds {
  accept(id: string): string
  look(): void
}

function idsOf(messages: readonly Message[]): Set<string> {
  const ids = new Set<string>()
  for (const message of messages) for (const part of message.parts) if (part.type === 'tool-call') ids.add(part.id)
  return ids
}
