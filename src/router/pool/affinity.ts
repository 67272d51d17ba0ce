/**
 * Conversations keep their member: its prompt cache is warm, and the reasoning it minted is its own.
 *
 * Affinity is a wish, never a claim: whoever asks checks that the member is there and able, and goes elsewhere where it is not.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { update, type State } from '../state.ts'

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
  /** Input tokens that are in the cache of any member: one that was left a minute ago is still warm, so that going back costs little. */
  warmAt(member: string): number
}

export interface Affinity {
  /** The member that last answered this conversation. Costs no write. */
  find(key: string): Promise<Home | undefined>
  /**
   * A member answers, `at` milliseconds since 1970 (default now), and keeps the conversation. Starts the times anew. `warmTokens`: input tokens that are in its cache
   * from now on; as long as that is not known, what was known of it stays.
   */
  keep(key: string, member: string, answer: { warmTokens?: number; at?: number }): Promise<void>
  forget(key: string): Promise<void>
  /** Forgets all conversations; gives how many there were. */
  flush(): Promise<number>
  /** How many conversations each member is home of. */
  show(): Promise<Record<string, number>>
}

/** The caches that a conversation has warmed, its home's first. */
type Kept = readonly { member: string; warm: number; at: number }[]

/** A conversation that wanders leaves no more caches behind than these. */
const MOST_CACHES = 4

/**
 * The affinity of one pool, whose name tells its conversations from those of others in the same state. Keys come from `conversationOf`. How many are kept
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
      const caches = found.value as Kept
      const { member, at } = caches[0]!
      const now = clock.now()
      const warmAt = (name: string) => caches.find((cache) => cache.member === name && now < cache.at + cacheTtlMs)?.warm ?? 0
      return { member, warmTokens: warmAt(member), warmUntil: at + cacheTtlMs, warmAt }
    },
    async keep(key, member, { warmTokens, at = clock.now() }) {
      if (!enabled) return
      const kept = (caches: Kept = []): Kept => {
        const warm = warmTokens ?? caches.find((cache) => cache.member === member)?.warm ?? 0
        const others = caches.filter((cache) => cache.member !== member && at < cache.at + cacheTtlMs)
        return [{ member, warm, at }, ...others].slice(0, MOST_CACHES)
      }
      await update(state, prefix + key, kept, ttlMs)
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
        const { member } = (value as Kept)[0]!
        counts[member] = (counts[member] ?? 0) + 1
      }
      return counts
    },
  }
}
