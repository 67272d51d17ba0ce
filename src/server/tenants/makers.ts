/**
 * Which key has made what a provider keeps: files, batches, conversations and the like. A provider knows the account alone, and would show to
 * one key what another one has made. In memory: what was made before the server began, or elsewhere, nobody knows of.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { flat } from '../../core/flat.ts'
import type { ResponseStore } from '../../router/sessions/store.ts'

export interface Makers {
  note(id: string, key: string): void
  /** The name of the key that made it; `undefined` where nobody knows. */
  of(id: string): string | undefined
  isEmpty(): boolean
  /** Whether there may be one of them in a text of JSON: a look that costs next to nothing, before one that costs a millisecond for 200 KB. */
  mayBeIn(text: string): boolean
}

/** So many are remembered of all keys together. */
const MOST = 50_000
/** Most providers begin all ids of a kind alike: `file-`, `resp_`. Of those that do not there are soon too many. */
const BEGINNING = 5
const MOST_BEGINNINGS = 16
/** Any letter may be written so. */
const ESCAPE = '\\u'

export function createMakers(most = MOST): Makers {
  const makers = new Map<string, string>()
  /** The ids of each key, the oldest first. */
  const made = new Map<string, Set<string>>()
  const beginnings = new Set<string>()
  const forget = (id: string) => {
    made.get(makers.get(id) ?? '')?.delete(id)
    makers.delete(id)
  }
  /** Of the key with the most: a busy one pushes out its own, and nobody else's. */
  const forgetOldest = () => {
    let greatest: Set<string> | undefined
    for (const ids of made.values()) if (!greatest || ids.size > greatest.size) greatest = ids
    forget(greatest!.values().next().value!)
  }
  return {
    note(noted, key) {
      const id = flat(noted)
      if (beginnings.size <= MOST_BEGINNINGS) beginnings.add(id.slice(0, BEGINNING))
      forget(id)
      makers.set(id, key)
      let ids = made.get(key)
      if (!ids) made.set(key, (ids = new Set()))
      ids.add(id)
      if (makers.size > most) forgetOldest()
    },
    of: (id) => makers.get(id),
    isEmpty: () => !makers.size,
    mayBeIn: (text) =>
      makers.size > 0 &&
      (beginnings.size > MOST_BEGINNINGS || text.includes(ESCAPE) || [...beginnings].some((beginning) => text.includes(beginning))),
  }
}

/** The store, whose owners are keys: what is put into it the provider may have kept, too. */
export const notingStore = (store: ResponseStore, makers: Makers): ResponseStore => ({
  get: (owner, id) => store.get(owner, id),
  put(owner, stored) {
    makers.note(stored.id, owner)
    return store.put(owner, stored)
  },
  delete: (owner, id) => store.delete(owner, id),
  list: (owner) => store.list(owner),
})

/** @throws FailureError 404 where one of them was made by another key */
export function refuseOthers(ids: Iterable<string>, key: string, makers: Makers): void {
  for (const id of ids)
    if ((makers.of(id) ?? key) !== key)
      fail({
        kind: 'not-found',
        message: `cc-route: ${id} was made with another key of this server, and is not there for yours. Whoever runs it may allow it with "passOn": true.`,
        retryable: false,
      })
}
