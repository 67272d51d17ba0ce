/**
 * Recorded exchanges, as plain data: it goes through JSON as it is. Where to keep it is the caller's choice.
 *
 * @module
 */
import { isObject } from '../../core/json.ts'

export interface Cassette {
  format: typeof FORMAT
  version: typeof VERSION
  /** In the order in which they were asked. */
  exchanges: RecordedExchange[]
}

const FORMAT = 'cc-route-cassette'
const VERSION = 1

/** All times are in milliseconds since the exchange's own beginning. */
export interface RecordedExchange {
  /** Milliseconds since the first exchange began. */
  at: number
  request: RecordedRequest
  /** Absent where none came. */
  response?: RecordedResponse
  end: RecordedEnd
}

export interface RecordedRequest {
  method: string
  /** Without the values of parameters that hold credentials. */
  url: string
  /** Without the values of headers that hold credentials. Names in lower case. */
  headers: Record<string, string>
  body?: RecordedBytes
}

export interface RecordedResponse {
  afterMs: number
  status: number
  statusText?: string
  /** Pairs: a name may come more than once. */
  headers: [name: string, value: string][]
  /** As they came, in the same pieces. */
  chunks: (RecordedBytes & { afterMs: number })[]
}

/** Text where the bytes are UTF-8, otherwise base64. */
export type RecordedBytes = { text: string } | { base64: string }

export interface RecordedEnd {
  /** `broken`: fetch rejected, or the body broke; `aborted`: whoever asked went away; `open`: it was still going on when the cassette was taken. */
  how: 'complete' | 'broken' | 'aborted' | 'open'
  afterMs: number
  /** What was thrown. */
  error?: RecordedError
}

export interface RecordedError {
  name: string
  message: string
  /** What else it tells: `code`, `errno`, `syscall` … */
  fields?: Record<string, string | number | boolean>
  cause?: RecordedError
}

export const cassetteOf = (exchanges: RecordedExchange[]): Cassette => ({ format: FORMAT, version: VERSION, exchanges })

/** @throws TypeError for what is no cassette, or one of a version that is not known here */
export function checkCassette(value: unknown): Cassette {
  if (!isObject(value) || value.format !== FORMAT || !Array.isArray(value.exchanges))
    throw new TypeError('replay: this is no cassette. Give what cassette() of a recorder gave, or JSON.parse() of it.')
  if (value.version !== VERSION)
    throw new TypeError(`replay: the cassette is of version ${String(value.version)}; version ${VERSION} is known here. Record it anew.`)
  return value as unknown as Cassette
}
