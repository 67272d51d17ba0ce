/**
 * What reads one item of a stream: an item grows by deltas, and what is done fills in what they left out.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'

/** What the items of a stream count together. */
export interface PartCounter {
  next: number
  call: boolean
  refusal: boolean
  /** The client wants to know how likely the tokens were. */
  logprobs: boolean
}

export interface ItemReader {
  /** `output_item.added`. */
  added(item: JsonObject): void
  /** A delta of its text; the event's `delta`. */
  delta(type: string, event: JsonObject, text: string): void
  /** Any other event about the item. */
  other(type: string, event: JsonObject): void
  /** The finished item. May come twice. */
  done(item: JsonObject): void
  /** Closes what is open. */
  close(): void
  /** Whether this is the item that the final response lists. */
  is(item: JsonObject): boolean
}

export const nothing = () => {}
/** Whether two objects tell of one item. */
export const same = (one: JsonObject, other: JsonObject): boolean =>
  one.type === other.type && ((one.id !== undefined && one.id === other.id) || (one.call_id !== undefined && one.call_id === other.call_id))
