/** A line of the ledger: a field or block of a client's request, in an example that is as small as can be. */
import type { JsonObject } from '../../src/core/json.ts'

export interface Row {
  /** As the vendor's documentation calls it. */
  name: string
  body: JsonObject
  /** JSON Pointer of what the line is about. */
  path: string
}

/** Lines under one heading. */
export interface Section {
  title: string
  rows: Row[]
}

/** Makes a line about something that `body` has at `path`. */
export const row = (name: string, body: JsonObject, path: string): Row => ({ name, body, path })
