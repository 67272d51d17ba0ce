/**
 * Where records are kept, and what can be asked of them.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { ExchangeRecord } from './record.ts'

/** A place for records: memory, files, a database. Methods may answer at once or later. */
export interface UsageStore {
  /** Keeps records, all or none. Those whose id is there already are left as they are. */
  add(records: readonly ExchangeRecord[]): void | Promise<void>
  /** The newest first, without bodies. */
  list(filter: RecordFilter, page?: Page): ExchangeRecord[] | Promise<ExchangeRecord[]>
  /** One, whole. */
  get(id: string): ExchangeRecord | undefined | Promise<ExchangeRecord | undefined>
  /** Sums of the records that fit, a row for each group; without `by` and `every` a single row. */
  sum(query: SumQuery): Sum[] | Promise<Sum[]>
  /** Forgets records, or only their bodies, from before a moment; tells how many. */
  forget(before: number, what?: 'records' | 'bodies'): number | Promise<number>
  /** Gives back the room of what was forgotten. */
  compact?(): void | Promise<void>
  close(): void | Promise<void>
}

/** What a record has to have. Names may hold `*`, and case does not matter. */
export interface RecordFilter {
  /** Moments: at or after `from`, and before `to`. */
  from?: number
  to?: number
  /** The model that was asked for or that answered. */
  model?: string
  endpoint?: string
  tenant?: string
  /** The tenant by its exact name, whatever signs that has: for a tenant that may see its own alone. */
  owner?: string
  group?: string
  session?: string
  agent?: string
  protocol?: ProtocolName
  /** A status, or a hundred of them: `429`, `5xx`. */
  status?: string
  /** Whether it failed; a client that went away is no failure. */
  failed?: boolean
  /** Words that what was asked or answered holds, each of them whole, in any order; only where bodies are kept. */
  text?: string
}

export interface Page {
  /** At most so many. Default 100. */
  limit?: number
  /** Only those older than this id. */
  before?: string
}

export type Dimension = 'model' | 'endpoint' | 'tenant' | 'group' | 'session' | 'agent' | 'protocol' | 'status' | 'key' | 'route'

export interface SumQuery extends RecordFilter {
  by?: readonly Dimension[]
  /** A row for each of these spans, too. */
  every?: 'hour' | 'day' | 'week' | 'month'
  /** Where days begin: minutes east of UTC. Default 0. Weeks begin on Mondays. */
  zone?: number
  /** Largest first. Without it by time, then by name. */
  order?: 'cost' | 'requests' | 'tokens'
  limit?: number
}

export interface Sum {
  /** When the span begins, where the query has `every`. */
  at?: number
  /** The value of each dimension of `by`; `model` is the one that answered, else the one that was asked for. */
  group: Partial<Record<Dimension, string>>
  requests: number
  failed: number
  attempts: number
  input: number
  cacheRead: number
  cacheWrite: number
  cacheWriteLong: number
  output: number
  reasoning: number
  serverToolCalls: number
  /** US dollars, an exact decimal. */
  cost: string
  /** Of the requests: those whose model has no price, and those whose counts were guessed. */
  unpriced: number
  estimated: number
  /** Milliseconds of all of them together. */
  ms: number
  /** Milliseconds until the first word of those that were streamed, together, and how many those are. */
  firstTokenMs: number
  streamed: number
}
