/**
 * Events for the wire, numbered.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'

export interface EventWriter {
  /** One event. */
  write(type: string, fields: JsonObject): string
  /** One event with a response object: `head` is the JSON of its fixed fields without the closing brace. */
  snapshot(type: string, head: string, fields: JsonObject): string
  /** From now on events other than snapshots and those that are written aloud come to nothing, and are not numbered. */
  mute(): void
  /** One event, muted or not. */
  aloud(type: string, fields: JsonObject): string
  /** What stands before the text of each delta of a part. Made once a part. */
  deltaPrefix(type: string, fields: JsonObject): string
  /** What stands behind it. */
  deltaSuffix(rest: string): string
}

/** @param first the number of the first event */
export function createEventWriter(first: number): EventWriter {
  let number = first
  let muted = false
  const aloud = (type: string, fields: JsonObject): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields, sequence_number: number++ })}\n\n`
  return {
    write: (type, fields) => (muted ? '' : aloud(type, fields)),
    aloud,
    mute: () => void (muted = true),
    snapshot: (type, head, fields) =>
      `event: ${type}\ndata: {"type":"${type}","response":${head},${JSON.stringify(fields).slice(1)},"sequence_number":${number++}}\n\n`,
    deltaPrefix: (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields }).slice(0, -1)},"delta":`,
    deltaSuffix: (rest) => `${rest},"sequence_number":${number++}}\n\n`,
  }
}
