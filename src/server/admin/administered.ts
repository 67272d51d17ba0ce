/**
 * What the admin API works on.
 *
 * @module
 */
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { Tenant } from '../../accounts/tenants/tenant.ts'
import type { Clock } from '../../core/clock.ts'
import type { Backups } from '../backup/backups.ts'
import type { Composition } from '../compose.ts'
import type { Change } from '../config/change.ts'
import type { Loaded } from '../config/store.ts'
import type { UsageAnswers } from '../usage/usage.ts'
import type { Recent } from './recent.ts'

/** What is in use at one moment. */
export interface Standing extends Loaded {
  composition: Composition
  /** Keys of clients besides those of the configuration. */
  keys?: readonly Tenant[] | undefined
}

export interface Administered {
  now(): Standing
  /**
   * Makes changes in the configuration, and uses what it then says.
   *
   * @param revision what the caller has seen. Default: what is in use
   * @param accept looks at what would be used, and throws where it must not be
   */
  change(changes: readonly Change[], revision?: string, accept?: (next: Loaded) => void): Promise<Standing>
  /** Reads the configuration anew, and uses it. */
  reload(): Promise<Standing>
  recent: Recent
  clock: Clock
  /** Opens where it is kept what is used up of budgets. */
  budgets(): Promise<BudgetStore>
  /** Where this gateway has any. */
  backups?: Backups | undefined
  /** Answers what is asked of the ledger, where there is one. */
  usage?: Pick<UsageAnswers, 'admin'> | undefined
}

/** A request of the admin API. */
export interface AdminAsk {
  /** What the path says in the places of `{name}`. */
  names: readonly string[]
  query: URLSearchParams
  /** The revision that `If-Match` names. */
  revision: string | undefined
  /** The JSON object that was sent. @throws FailureError where there is none */
  body(): Promise<Record<string, unknown>>
}

export interface AdminAnswer {
  status?: number
  /** Nothing: 204. */
  body?: unknown
  /** The revision that the answer is about. */
  revision?: string | undefined
}
