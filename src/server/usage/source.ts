/**
 * What answers are made of.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { Ledger } from '../../accounts/ledger/ledger.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Dimension, RecordFilter } from '../../accounts/ledger/store.ts'
import type { Allowance } from './allowance.ts'
import type { Turn } from './fair-share.ts'

/** The part of a ledger that is asked. */
export type UsageSource = Pick<Ledger, 'store' | 'listen' | 'flush'>

/** Whose records a question is about, and how much of them may be told. */
export interface Scope {
  /** The name of the tenant whose own records these are; absent: all of them. */
  tenant?: string
  dimensions: readonly Dimension[]
  /** What all of its records have. */
  filter: RecordFilter
  told(record: ExchangeRecord): ExchangeRecord
}

/** What a question is answered with. */
export interface UsageAsk {
  source: UsageSource
  scope: Scope
  clock: Clock
  query: URLSearchParams
  /** What the path says in the place of `{id}`. */
  id: string
  /** What a tenant may use, and what of that is left. */
  allowance?(tenant: string): Promise<Allowance | undefined>
  /** The months that were put aside into files of their own. */
  archives?(): Promise<readonly ArchivedMonth[]>
  live: Live
  /** Whose time the answer takes, where that is bounded. */
  turn?: Turn
}

/** A month of the ledger that was put aside into a file of its own. */
export interface ArchivedMonth {
  /** `2026-08` */
  month: string
  bytes: number
}

/** Those who look at records as they come. */
export interface Live {
  /** @throws FailureError 429 where `viewer` has too many open */
  open(viewer: string, filter: RecordFilter, told: (record: ExchangeRecord) => ExchangeRecord): Response
}
