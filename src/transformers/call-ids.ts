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
  taken: Message[]
  newId(prefix: string): string
}): (id: string) => string {
  const { rule, prefix, newId } = options
  let seen: Set<string> | undefined
  return (id) => {
    seen ??= idsOf(options.taken)
    const legal = id.length > 0 && id.length <= rule.max && rule.pattern.test(id)
    const unique = legal && !seen.has(id) ? id : newId(prefix)
    seen.add(unique)
    return unique
  }
}

function idsOf(messages: Message[]): Set<string> {
  const ids = new Set<string>()
  for (const message of messages) for (const part of message.parts) if (part.type === 'tool-call') ids.add(part.id)
  return ids
}
