/**
 * How often an address may try keys: guessing has to be slow, and a misconfigured program must not lock out its neighbours.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { addressBytes } from './ip-network.ts'

export interface FailureLimit {
  /** Seconds that an address has to wait; 0 where it may try. */
  wait(address: string): number
  /** `what` tells one wrong key from another: programs send the same one again and again, which guesses nothing. */
  failed(address: string, what?: string): void
  /** The key of this name was used well from there. */
  succeeded(address: string, name: string): void
  /** Whether the key of this name was used well from there before: who has it need not wait. */
  knows(address: string, name: string): boolean
}

/** From so many failures on, so many seconds: the most that applies. */
const STEPS: readonly [failures: number, seconds: number][] = [
  [20, 1800],
  [10, 300],
  [5, 60],
]
/** Without another failure for so long, all is forgotten. */
const FORGET_MS = 60 * 60 * 1000
/** The same key again within so long is the same attempt. */
const SAME_MS = 30_000
/** Addresses are the callers' to choose: the oldest is forgotten. */
const MAX_ADDRESSES = 10_000

interface Record {
  failures: number
  lastAt: number
  until: number
  what: string | undefined
  good: Set<string>
}

export function createFailureLimit({ clock = systemClock }: { clock?: Clock } = {}): FailureLimit {
  const records = new Map<string, Record>()
  const recordOf = (address: string): Record => {
    const bucket = bucketOf(address)
    let record = records.get(bucket)
    if (record) return record
    if (records.size >= MAX_ADDRESSES) records.delete(records.keys().next().value!)
    records.set(bucket, (record = { failures: 0, lastAt: 0, until: 0, what: undefined, good: new Set() }))
    return record
  }
  return {
    wait: (address) => Math.max(0, Math.ceil(((records.get(bucketOf(address))?.until ?? 0) - clock.now()) / 1000)),
    failed(address, what) {
      const record = recordOf(address)
      const now = clock.now()
      if (what !== undefined && what === record.what && now - record.lastAt < SAME_MS) return
      record.what = what
      record.failures = now - record.lastAt > FORGET_MS ? 1 : record.failures + 1
      record.lastAt = now
      const seconds = STEPS.find(([failures]) => record.failures >= failures)?.[1]
      if (seconds !== undefined) record.until = now + seconds * 1000
    },
    succeeded: (address, name) => void recordOf(address).good.add(name),
    knows: (address, name) => records.get(bucketOf(address))?.good.has(name) ?? false,
  }
}

/** One household has a whole /64 of IPv6 addresses to try from. */
const bucketOf = (address: string): string => (address.includes(':') ? (addressBytes(address)?.slice(0, 8).join('.') ?? address) : address)
