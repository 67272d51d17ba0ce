/**
 * Where pools and key rings keep what they learn: cooldowns, breakers, leases, affinity. In memory unless told otherwise;
 * a store that several machines share implements the same five operations.
 *
 * @module
 */
import { systemClock, type Clock } from '../core/clock.ts'

export type Awaitable<T> = T | Promise<T>

/** A value with the version that {@link State.write} compares. */
export interface Versioned {
  value: unknown
  version: number
}

export interface WriteOptions {
  /** Milliseconds after which the value is gone. Default: never. */
  ttlMs?: number
  /** Write only if the value still has this version; `null`: only if there is none. Default: write in any case. */
  version?: number | null
}

/**
 * Small values by name. Each operation is atomic; a store that answers at once (memory) costs no promise.
 * Values are small and must survive JSON. Names begin with their kind: `cool/key/…`, `breaker/…`, `affinity/<pool>/…`.
 */
export interface State {
  /** The values of these names, in their order. */
  read(names: readonly string[]): Awaitable<readonly (Versioned | undefined)[]>
  /** Writes one value. `false`: another was there first (see {@link WriteOptions.version}). */
  write(name: string, value: unknown, options?: WriteOptions): Awaitable<boolean>
  /** Adds to a number, which begins at 0 and is gone `ttlMs` after it began. Gives the sum. */
  add(name: string, by: number, ttlMs: number): Awaitable<number>
  remove(name: string): Awaitable<void>
  /** All values whose names begin so. */
  list(prefix: string): Awaitable<readonly { name: string; value: unknown }[]>
}

export interface MemoryStateOptions {
  clock?: Clock
  /** The most values of each kind that are kept; beyond it the ones written longest ago go first. Default 10 000. */
  maxEntries?: number
}

interface Entry extends Versioned {
  until: number
}

/** Up to the second slash, where there is one: what stands before it is configured, what stands behind it a client may have sent. */
const kindOf = (name: string): string => {
  const first = name.indexOf('/')
  const second = name.indexOf('/', first + 1)
  return name.slice(0, second < 0 ? Math.max(first, 0) : second)
}

/**
 * State of this process alone. Bounded, since names may hold what clients send; and each kind by itself, so that a flood of sessions pushes out
 * other sessions and neither breakers nor cooldowns.
 */
export function memoryState({ clock = systemClock, maxEntries = 10_000 }: MemoryStateOptions = {}): State {
  const kinds = new Map<string, Map<string, Entry>>()
  let version = 0
  const live = (name: string): Entry | undefined => {
    const entries = kinds.get(kindOf(name))
    const entry = entries?.get(name)
    if (!entry || entry.until > clock.now()) return entry
    entries!.delete(name)
    return undefined
  }
  const put = (name: string, value: unknown, until: number) => {
    const kind = kindOf(name)
    let entries = kinds.get(kind)
    if (!entries) kinds.set(kind, (entries = new Map()))
    entries.delete(name)
    entries.set(name, { value, until, version: ++version })
    if (entries.size > maxEntries) entries.delete(entries.keys().next().value!)
  }
  return {
    read: (names) => names.map(live),
    write(name, value, { ttlMs = Infinity, version: expected } = {}) {
      if (expected !== undefined && (live(name)?.version ?? null) !== expected) return false
      put(name, value, clock.now() + ttlMs)
      return true
    },
    add(name, by, ttlMs) {
      const entry = live(name)
      const sum = (typeof entry?.value === 'number' ? entry.value : 0) + by
      put(name, sum, entry?.until ?? clock.now() + ttlMs)
      return sum
    },
    remove: (name) => void kinds.get(kindOf(name))?.delete(name),
    list: (prefix) =>
      [...kinds].flatMap(([kind, entries]) => {
        if (!kind.startsWith(prefix) && !prefix.startsWith(kind)) return []
        return [...entries.keys()].flatMap((name) => {
          const entry = name.startsWith(prefix) ? live(name) : undefined
          return entry ? [{ name, value: entry.value }] : []
        })
      }),
  }
}

/** Tries in {@link update}: others may write between reading and writing. */
const TRIES = 8

/**
 * Changes a value by what it was, atomically: reads, changes, writes unless another was faster, and then again.
 * Gives what is kept in the end; `change` must be pure. After eight lost races the last change is written all the same: the values
 * kept here are judgements, and a late one is better than none.
 */
export async function update<T>(state: State, name: string, change: (value: T | undefined) => T, ttlMs?: number): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const [found] = await state.read([name])
    const next = change(found?.value as T | undefined)
    const version = attempt < TRIES ? (found?.version ?? null) : undefined
    const options: WriteOptions = {}
    if (ttlMs !== undefined) options.ttlMs = ttlMs
    if (version !== undefined) options.version = version
    if (await state.write(name, next, options)) return next
  }
}
