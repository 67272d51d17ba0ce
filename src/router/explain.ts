/**
 * What would be done with a request, without sending it.
 *
 * @module
 */
import type { Decision, FailureClass } from './classify.ts'

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
  /** What each class of failure would lead to here. */
  onFailure?: Readonly<Record<FailureClass, Decision>>
}
