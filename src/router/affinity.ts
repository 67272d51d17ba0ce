/**
 * Conversations keep their member: its prompt cache is warm, and the reasoning it minted is its own.
 *
 * Affinity is a wish, never a claim: whoever asks checks that the member is there and able, and goes elsewhere where it is not.
 *
 * @module
 */
import type { Clock } from '../core/clock.ts'
import { conversationKey } from './conversation-key.ts'
import type { RequestFacts } from './facts.ts'
import type { State } from './state.ts'

export interface AffinityOptions {
  /** `false`: nothing is remembered. Default `true`. */
  enabled?: boolean
  /** Milliseconds after its last answer in which a conversation finds its member again. Default an hour. */
  ttlMs?: number
  /** Milliseconds that providers keep an unused prompt cache. Default 300 000, as Claude does: https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
  cacheTtlMs?: number
}

/** Where a conversation is at home. */
export interface Home {
  member: string
  /** Input tokens that are in its member's prompt cache; 0 once that has gone cold. */
  warmTokens: number
  /** Until when the cache is warm, in milliseconds since 1970. */
  warmUntil: number
}

export interface Affinity {
  /** The member that last answered this conversation. Costs no write. */
  find(key: string): Promise<Home | undefined>
  /** A member has answered, `at` milliseconds since 1970 (default now); it has `warmTokens` of input in its cache. Starts the times anew. */
  keep(key: string, member: string, answer: { warmTokens: number; at?: number }): Promise<void>
  forget(key: string): Promise<void>
  /** Forgets all conversations; gives how many there were. */
  flush(): Promise<number>
  /** How many conversations each member is home of. */
  show(): Promise<Record<string, number>>
}

/** The key of the conversation that a request belongs to. */
export const sessionOf = (request: Request, facts: RequestFacts): string => conversationKey(request.headers, facts)

interface Kept {
  member: string
  warm: number
  at: number
}

/**
 * The affinity of one pool, whose name tells its conversations from those of others in the same state. Keys come from `conversationKey`. How many are kept
 * is bounded by the state: whoever sends a new session's id with each request pushes out what was written longest ago.
 */
export function createAffinity(state: State, pool: string, options: AffinityOptions, clock: Clock): Affinity {
  const { enabled = true, ttlMs = 60 * 60_000, cacheTtlMs = 300_000 } = options
  const prefix = `affinity/${pool}/`
  return {
    async find(key) {
      if (!enabled) return undefined
      const [found] = await state.read([prefix + key])
      if (!found) return undefined
      const { member, warm, at } = found.value as Kept
      const warmUntil = at + cacheTtlMs
      return { member, warmTokens: clock.now() < warmUntil ? warm : 0, warmUntil }
    },
    async keep(key, member, { warmTokens, at = clock.now() }) {
      if (enabled) await state.write(prefix + key, { member, warm: warmTokens, at } satisfies Kept, { ttlMs })
    },
    async forget(key) {
      await state.remove(prefix + key)
    },
    async flush() {
      const kept = await state.list(prefix)
      for (const { name } of kept) await state.remove(name)
      return kept.length
    },
    async show() {
      const counts: Record<string, number> = {}
      for (const { value } of await state.list(prefix)) {
        const { member } = value as Kept
        counts[member] = (counts[member] ?? 0) + 1
      }
      return counts
    },
  }
}

/**
 * Ranks members for a conversation: its home first, then those that share the home's prompt cache (`cacheDomain`: moving among them costs nothing), then
 * all others. For the balancer's `order`.
 */
export const nearHome =
  (home: Pick<Home, 'member'> | undefined, domainOf: (name: string) => string | undefined) =>
  ({ name }: { name: string }): number => {
    if (!home || name === home.member) return 0
    const domain = domainOf(home.member)
    return domain !== undefined && domainOf(name) === domain ? 1 : 2
  }
