/**
 * Sums and records as they are told in JSON.
 *
 * @module
 */
import type { AttemptRecord, ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Sum } from '../../accounts/ledger/store.ts'

/** A sum, and what follows from it: `tokens` of all kinds, and which part of the input came from caches. */
export interface ToldSum extends Omit<Sum, 'at' | 'group'> {
  tokens: number
  /** From 0 to 1; absent where there was no input. */
  cacheHitRate?: number
  /** Milliseconds that a request took, and a streamed answer until its first word; absent where there was none. */
  averageMs?: number
  averageFirstTokenMs?: number
}

/** A sum without its group. */
export function toldSum({ at: _at, group: _group, ...counts }: Sum): ToldSum {
  const input = counts.input + counts.cacheRead + counts.cacheWrite
  return {
    ...counts,
    tokens: input + counts.output,
    ...(input > 0 && { cacheHitRate: rounded(counts.cacheRead / input, 4) }),
    ...(counts.requests > 0 && { averageMs: Math.round(counts.ms / counts.requests) }),
    ...(counts.streamed > 0 && { averageFirstTokenMs: Math.round(counts.firstTokenMs / counts.streamed) }),
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/** A record as its own tenant may see it: nothing of the gateway's keys and rules, and of other providers' words. */
export function ownRecord({ key: _key, route: _route, attempts, ...record }: ExchangeRecord): ExchangeRecord {
  const own = ({ key: _key, message: _message, ...attempt }: AttemptRecord): AttemptRecord => attempt
  return { ...record, attempts: attempts.map(own) }
}

/** Without what was said, for lists. */
export const withoutBodies = ({ bodies: _bodies, ...record }: ExchangeRecord): ExchangeRecord => record
