/**
 * A request's turn in its conversation: what it goes on from, what it adds, and what the app is asked.
 *
 * @module
 */
import { isObject, stringOf, type JsonObject } from '../../core/json.ts'
import { isCompaction, itemsOf, readItems, turnsOf } from './items.ts'
import { repeatedItems } from './overlap.ts'
import { resolveReferences } from './references.ts'
import type { StoredResponse } from './store.ts'

export interface Turn {
  /** The request body with the whole conversation in it; the client's own body where there is nothing to add. */
  body: JsonObject
  /** What is to be kept of it; absent where the client wants nothing kept, or what it goes on from is kept elsewhere. */
  kept?: Pick<StoredResponse, 'parent' | 'input'>
}

/** What an owner has kept. */
export interface Kept {
  get(id: string): Promise<StoredResponse | undefined>
  list(): AsyncIterable<StoredResponse>
}

/**
 * Reads a request. Instructions and tools are not inherited, only items. An unknown previous response is left to the app: the
 * provider may know it, or has its own words for not doing so.
 *
 * @throws FailureError 400 for an `input` that is none
 */
export async function readTurn(asked: JsonObject, kept: Kept): Promise<Turn> {
  const previous = stringOf(asked.previous_response_id)
  // Such a conversation lives at the provider, which knows the rest of it.
  const elsewhere = (asked.conversation !== undefined && asked.conversation !== null) || isObject(asked.prompt)
  if (elsewhere) return { body: asked }
  const given = readItems(asked.input)
  const input = await resolveReferences(given, () => kept.list())
  const turns = previous === undefined ? undefined : await turnsOf((id) => kept.get(id), previous)
  const stored = asked.store !== false
  if (!turns) {
    const body = input === given ? asked : { ...asked, input }
    return { body, ...(stored && { kept: { ...(previous !== undefined && { parent: previous }), input } }) }
  }
  const { previous_response_id: _, ...rest } = asked
  const history = input.some(isCompaction) ? [] : itemsOf(turns)
  const added = input.slice(repeatedItems(history, input))
  return { body: { ...rest, input: [...history, ...added] }, ...(stored && { kept: { parent: previous!, input: added } }) }
}
