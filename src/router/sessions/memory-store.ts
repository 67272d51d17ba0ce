/**
 * Responses in this process's memory, bounded: what was not used for longest goes first.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { isObject } from '../../core/json.ts'
import type { ResponseStore, StoredResponse } from './store.ts'

export interface MemoryStoreOptions {
  /** Default 10 000. */
  maxEntries?: number
  /** Roughly, as JSON. Default 64 MiB. */
  maxBytes?: number
  /** Milliseconds that a response is kept after it was last used. Default 24 hours. */
  ttlMs?: number
  clock?: Clock
}

interface Entry {
  owner: string
  stored: StoredResponse
  bytes: number
  /** Milliseconds since 1970. */
  expires: number
}

/** Makes a store that forgets when the process ends. Going on from a response counts as using all the turns before it. */
export function memoryStore(options: MemoryStoreOptions = {}): ResponseStore {
  const { maxEntries = 10_000, maxBytes = 64 * 1024 * 1024, ttlMs = 24 * 60 * 60 * 1000, clock = systemClock } = options
  // In the order of last use, which is that of expiry too: whatever has to go stands in front.
  const entries = new Map<string, Entry>()
  let total = 0

  const remove = (key: string): boolean => {
    total -= entries.get(key)?.bytes ?? 0
    return entries.delete(key)
  }
  const touch = (key: string, entry: Entry) => {
    remove(key)
    entry.expires = clock.now() + ttlMs
    entries.set(key, entry)
    total += entry.bytes
  }
  const tidy = () => {
    const now = clock.now()
    for (const [key, { expires }] of entries) {
      if (expires > now && entries.size <= maxEntries && total <= maxBytes) return
      remove(key)
    }
  }
  return {
    async get(owner, id) {
      tidy()
      const key = keyOf(owner, id)
      const entry = entries.get(key)
      if (entry) touch(key, entry)
      return entry?.stored
    },
    async put(owner, stored) {
      const bytes = sizeOf(stored)
      const key = keyOf(owner, stored.id)
      remove(key)
      // One that is larger than everything else together would push out everything else, and then itself.
      if (bytes <= maxBytes) touch(key, { owner, stored, bytes, expires: 0 })
      tidy()
    },
    async delete(owner, id) {
      tidy()
      return remove(keyOf(owner, id))
    },
    async *list(owner) {
      tidy()
      for (const entry of [...entries.values()].toReversed()) if (entry.owner === owner) yield entry.stored
    },
  }
}

const keyOf = (owner: string, id: string): string => `${owner} ${id}`

const NODE_BYTES = 16

/** About as many bytes as the value takes, without writing it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + NODE_BYTES
  let bytes = NODE_BYTES
  if (Array.isArray(value)) for (const item of value) bytes += sizeOf(item)
  else if (isObject(value)) for (const key in value) bytes += key.length + sizeOf(value[key])
  return bytes
}
