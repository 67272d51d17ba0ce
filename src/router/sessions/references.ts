/**
 * Items that a request names by their ids alone.
 *
 * @module
 */
import { stringOf, type JsonObject } from '../../core/json.ts'
import { outputOf, shownInput } from './items.ts'
import type { StoredResponse } from './store.ts'

/** The id that an item refers to; `undefined` where it is an item of its own. */
const referenceOf = (item: JsonObject): string | undefined =>
  item.type === 'item_reference' || ((item.type === undefined || item.type === null) && item.role === undefined)
    ? stringOf(item.id)
    : undefined

/** The items with those in place that others only refer to. References to unknown items stay, for the provider to judge. */
export async function resolveReferences(input: JsonObject[], stored: () => AsyncIterable<StoredResponse>): Promise<JsonObject[]> {
  const missing = new Set(input.map(referenceOf))
  missing.delete(undefined)
  if (!missing.size) return input
  const found = new Map<string | undefined, JsonObject>()
  const keep = (id: unknown, item: JsonObject) => {
    if (typeof id === 'string' && missing.delete(id)) found.set(id, item)
  }
  for await (const turn of stored()) {
    for (const item of outputOf(turn)) keep(item.id, item)
    for (const [index, shown] of shownInput(turn).entries())
      if (referenceOf(turn.input[index]!) === undefined) keep(shown.id, turn.input[index]!)
    if (!missing.size) break
  }
  return input.map((item) => found.get(referenceOf(item)) ?? item)
}
