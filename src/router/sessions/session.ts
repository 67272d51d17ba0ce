/**
 * A store as one owner sees it.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ResponseStore, StoredResponse } from './store.ts'
import type { Turn } from './turn.ts'

export interface Session {
  get(id: string): Promise<StoredResponse | undefined>
  list(): AsyncIterable<StoredResponse>
  delete(id: string): Promise<boolean>
  /** Starts to store the answer of a turn. Whoever asks for it afterwards waits until it is there. */
  keep(response: JsonObject, turn: NonNullable<Turn['kept']>): void
}

/** Returns the view that an owner has. A store that fails to read fails the request, with a 500; one that fails to write tells `onError`. */
export function openStore(store: ResponseStore, onError: (error: unknown) => void): (owner: string) => Session {
  const pending = new Map<string, Promise<unknown>>()
  const read = async <T>(owner: string, id: string, run: () => Promise<T>): Promise<T> => {
    await pending.get(keyOf(owner, id))
    return run().catch(unreadable)
  }
  return (owner) => ({
    get: (id) => read(owner, id, async () => store.get(owner, id)),
    delete: (id) => read(owner, id, async () => store.delete(owner, id)),
    async *list() {
      try {
        yield* store.list(owner)
      } catch (error) {
        unreadable(error)
      }
    },
    keep(response, turn) {
      const { id } = response
      if (typeof id !== 'string') return
      const key = keyOf(owner, id)
      const put = async () => store.put(owner, storedOf(id, response, turn))
      const done = put()
        .catch(onError)
        .finally(() => pending.get(key) === done && pending.delete(key))
      pending.set(key, done)
    },
  })
}

const keyOf = (owner: string, id: string): string => `${owner} ${id}`

const unreadable = (error: unknown): never =>
  fail(
    {
      kind: 'server-error',
      message: `The store of responses cannot be read: ${error instanceof Error ? error.message : String(error)}. Try again.`,
    },
    error,
  )

/** The app was asked for the whole conversation at once and knows of no response before its own. */
const storedOf = (id: string, response: JsonObject, { parent, input }: NonNullable<Turn['kept']>): StoredResponse =>
  parent === undefined ? { id, input, response } : { id, parent, input, response: { ...response, previous_response_id: parent } }
