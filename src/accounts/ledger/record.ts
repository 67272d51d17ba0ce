/**
 * What the ledger keeps of one request: a row for the request and one for each attempt at it.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Usage } from '../../core/usage.ts'
import type { FailureClass } from '../../router/failures/classify.ts'
import type { AttemptReason, Ending } from '../../router/outcome.ts'
import type { Cost } from '../prices/prices.ts'

/** One request and what became of it. Moments are milliseconds since 1970, durations milliseconds; what is not known is not there. */
export interface ExchangeRecord {
  /** Unique; sorts by the moment it began. */
  id: string
  /** When the request came. */
  at: number
  method: string
  path: string
  /** What the client speaks. */
  protocol: ProtocolName
  /** The model that the client asked for, and the one that answered. */
  asked?: string
  served?: string
  endpoint?: string
  /** The name of the provider's key, never the key. */
  key?: string
  /** The name of the client's key. */
  tenant?: string
  group?: string
  /** The conversation, as the client tells it or as it is recognized. */
  session?: string
  /** The program that asked: `claude-code`, `codex`, … */
  agent?: string
  /** The sub-agent of it that asked, by the program's own name for it; absent for the main one. */
  subagent?: string
  /** The rule that chose. */
  route?: string
  status: number
  /** The client asked for a stream. */
  stream?: boolean
  /** Until the answer's headers, its first word where it was streamed, and its end. */
  firstByteMs: number
  firstTokenMs?: number
  ms: number
  /** How the answer ended; `error` for one that never began. */
  ended: Ending['how']
  failure?: { kind: string; class?: FailureClass; message: string }
  usage?: TokenUsage
  /** The provider told not all of the counts: what it did not tell is this library's guess. */
  estimated?: boolean
  /** What the provider billed the answer as, where it tells: `priority`, `flex`, `batch`. */
  serviceTier?: string
  cost?: Cost
  /** How many losses of translation were noted. */
  notices: number
  attempts: readonly AttemptRecord[]
  /** What was asked and answered, where that is kept. */
  bodies?: Bodies
}

/**
 * The counts of {@link Usage}, without what only a wire needs. All input is `input + cacheRead + cacheWrite`; `cacheWriteLong` is a part of
 * `cacheWrite`, and `reasoning` of `output`.
 */
export interface TokenUsage extends Pick<Usage, 'input' | 'cacheRead' | 'cacheWrite' | 'cacheWriteLong' | 'output' | 'reasoning'> {
  /** Calls of tools that the provider runs and bills by the call, such as web searches. */
  serverToolCalls?: number
}

export interface AttemptRecord {
  endpoint: string
  model?: string
  key?: string
  reason: AttemptReason
  at: number
  ms?: number
  waitedMs?: number
  status?: number
  class?: FailureClass
  message?: string
  /** What it used, of an answer that several have given together; otherwise all of the request's usage is that of the attempt that answered. */
  usage?: TokenUsage
}

export interface Bodies {
  /** As text, secrets taken out, cut to the size that is kept. */
  request?: string
  response?: string
  /** Not all of it was kept. */
  cut?: boolean
}
