import type { ExchangeRecord } from '../ledger/record.ts'

/**
 * Milliseconds until the answer's headers in which no provider was asked and nothing was waited for on purpose; `undefined` where no provider
 * was asked, or nobody knows for how long. Attempts may overlap.
 */
export function overheadMs({ at, firstByteMs, attempts }: Pick<ExchangeRecord, 'at' | 'firstByteMs' | 'attempts'>): number | undefined {
  if (!attempts.length || attempts.some(({ ms }) => ms === undefined)) return undefined
  const answeredAt = at + firstByteMs
  const busy = attempts
    .map(({ at: from, ms = 0, waitedMs = 0 }) => ({ from: from - waitedMs, to: Math.min(from + ms, answeredAt) }))
    .toSorted((a, b) => a.from - b.from)
  let taken = 0
  let until = at
  for (const { from, to } of busy) {
    taken += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return Math.max(0, firstByteMs - taken)
}
