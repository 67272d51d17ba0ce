/**
 * What a request needs and what a model can do: a target that cannot do what is needed is skipped with the reason, not tried.
 *
 * @module
 */

/** What a request may need. */
export type Need =
  'tools' | 'parallel-tools' | 'images' | 'documents' | 'audio' | 'reasoning' | 'structured-output' | 'web-search' | 'prefill'

/** What an endpoint or model can do. What is absent is unknown, and then it is tried. */
export interface Capability {
  /** Needs that it cannot meet. */
  lacks?: readonly Need[]
  /** The most tokens that question and answer may have together. */
  contextWindow?: number
  /** The most tokens of an answer. */
  maxOutput?: number
}
