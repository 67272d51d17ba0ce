import type { Clock } from '../../src/core/clock.ts'
import type { ChaosReply, ChaosRequest } from '../../src/testing/index.ts'
import { MINUTE } from './world.ts'

export interface CachePrices {
  input: number
  cacheRead: number
  cacheWrite: number
  output: number
}

const LIFETIME = 5 * MINUTE

/**
 * A provider's prompt cache: what a conversation has sent before is read from it for five minutes after its last use, the rest is written to it.
 * How long each prompt would be is told by `tokensOf`, so that a simulation sends short ones.
 */
export function promptCache(clock: Clock, tokensOf: (conversation: string) => number) {
  const known = new Map<string, { tokens: number; at: number }>()
  const sums = { asked: 0, hits: 0, read: 0, written: 0 }
  const reply = ({ headers }: ChaosRequest): ChaosReply => {
    const conversation = conversationOf(headers)
    const tokens = tokensOf(conversation)
    const before = known.get(conversation)
    const read = before && clock.now() - before.at < LIFETIME ? Math.min(tokens, before.tokens) : 0
    known.set(conversation, { tokens, at: clock.now() })
    sums.asked++
    if (read) sums.hits++
    sums.read += read
    sums.written += tokens - read
    return { usage: { input: 0, cacheRead: read, cacheWrite: tokens - read, output: 200 } }
  }
  const cost = ({ cacheRead, cacheWrite }: CachePrices): number => (sums.read * cacheRead + sums.written * cacheWrite) / 1e6
  return { reply, sums, cost }
}

export const conversationOf = (headers: Readonly<Record<string, string>>): string =>
  `${headers['x-claude-code-session-id']}/${headers['x-claude-code-agent-id'] ?? ''}`
