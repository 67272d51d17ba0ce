/**
 * Where responses are kept: an interface small enough for a shared store. All that it is given is plain JSON.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'

/** One turn of a conversation. Earlier turns are found by `parent`, so that any number of branches share them. */
export interface StoredResponse {
  /** The response's id, as the client was told. */
  id: string
  /** The id of the response that this one goes on from. */
  parent?: string
  /** The items that the request of this turn added to the conversation, as the client sent them. */
  input: readonly JsonObject[]
  /** The response object. The items of its `output` go on the conversation. */
  response: JsonObject
}

/** `owner` names whose response it is; nobody finds what belongs to another. May forget what it likes, whenever it likes. */
export interface ResponseStore {
  get(owner: string, id: string): Promise<StoredResponse | undefined>
  put(owner: string, stored: StoredResponse): Promise<void>
  /** Resolves with whether there was one. */
  delete(owner: string, id: string): Promise<boolean>
  /** All of an owner's, the latest first. */
  list(owner: string): AsyncIterable<StoredResponse>
}
