/**
 * What would be done with a request, without sending it.
 *
 * @module
 */
import type { Decision, FailureClass } from './failures/decisions.ts'
import { factsOf } from './facts.ts'
import type { Fetch } from './fetch.ts'
import { memberOf, type Ask } from './member.ts'

/** One layer's part of the answer to "where would this request go?" */
export interface Explanation {
  kind: 'endpoint' | 'pool' | 'router' | 'fetch' | 'key'
  name: string
  /** The model that would be asked for. */
  model?: string
  /** Why it would not be tried now; absent where it would be. */
  skipped?: string
  /** Facts of the request that decide here. */
  facts?: Record<string, unknown>
  /** Rules in the order in which they were tried, and whether they matched. */
  rules?: readonly { rule: string; matched: boolean; to?: string }[]
  /** Whom it would be sent to, in order, with those that would be skipped at the end. */
  candidates?: readonly Explanation[]
  /** What each class of failure would lead to here. `next`: which of the candidates a router would then ask, in this order. */
  onFailure?: Readonly<Record<FailureClass, Decision & { next?: readonly string[] }>>
}

/**
 * Tells where `app` would send this request, and why: facts, rules, candidates in their order, reasons of those that are skipped, and what
 * each class of failure would lead to. Sends nothing, and the request's body can still be read by `app` afterwards.
 *
 * @throws FailureError for a request that cannot be read
 */
export async function explain(app: Fetch, request: Request): Promise<Explanation> {
  return explainMember(app, memberOf(app)?.name ?? 'fetch', { facts: await factsOf(request), request })
}

/** What one fetch would do; of a stranger's there is nothing to tell but its name. */
export async function explainMember(fetch: Fetch, name: string, ask: Ask, skipped?: string): Promise<Explanation> {
  const told = await memberOf(fetch)?.explain(ask)
  return { ...(told ?? { kind: 'fetch', name }), name, ...(skipped !== undefined && { skipped }) }
}
