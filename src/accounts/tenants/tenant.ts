/**
 * Who may use what, and how much of it.
 *
 * @module
 */
import type { Budget } from '../budgets/budget.ts'
import type { ClientKey } from './keyring.ts'

/** What a key or a group may use. What is absent is not limited. Where a key has a group, both hold. */
export interface TenantLimits {
  /**
   * The models that may be asked for, by the names that clients use and by those that providers are asked for: both have to be allowed. `*` stands
   * for anything; `!` before a pattern takes away what it fits.
   */
  models?: readonly string[]
  /** The rules of routers that may decide, by the names that outcomes tell: `default`, `background`, `header *`, `!choose`. */
  routes?: readonly string[]
  /** The endpoints that may be asked. */
  endpoints?: readonly string[]
  /** In any minute. */
  requestsPerMinute?: number
  /** Tokens of questions and answers in any minute: estimated when a request comes, corrected when it has ended. */
  tokensPerMinute?: number
  /** Requests that are being answered at a time. */
  streams?: number
  /** What may be used up; each of them holds. A gateway holds keys to them; elsewhere they are for `scopesOf` of `withBudget`. */
  budgets?: readonly Budget[]
}

/** Somebody who has a key. */
export interface Tenant extends ClientKey, TenantLimits {
  /** The group whose limits hold for all of its keys together. */
  group?: string
}
