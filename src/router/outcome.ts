/**
 * What became of a request, attached to its Response for the layers above: a stranger's fetch in between loses the
 * detail, never the answer.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { ProtocolName } from '../core/chat.ts'
import type { Failure } from '../core/failure.ts'
import type { Notice } from '../core/notice.ts'
import type { Usage } from '../core/usage.ts'
import type { Explanation } from './explain.ts'
import type { FailureClass } from './failures/classify.ts'

export interface Outcome {
  /** The name of the endpoint that answered. */
  endpoint: string
  /** The model that the client asked for, where a gateway told. */
  asked?: string
  /** The protocol and model that the upstream was asked in; the protocol is unknown of a stranger's fetch. */
  protocol?: ProtocolName
  model?: string
  /** The name of the key that was used; never the key itself. */
  key?: string
  /** What the translation could not keep. Grows while a stream is read. */
  notices: readonly Notice[]
  /** Why there is no answer, where there is none. */
  failure?: Failure
  /** Every attempt at an answer, in the order they began, over all endpoints. */
  attempts: readonly Attempt[]
  /** Which rule of a router chose, where one did; of routers behind one another each: `default > models gpt-*`. */
  route?: string
  /** What routers knew and decided, as `explain` tells it of a request that is not sent. Worked out when it is called. */
  explain?: () => Explanation
  /** How the answer ended. Resolves when the last byte has been given to the client, or the client has gone. Never rejects. */
  ended: Promise<Ending>
}

/** Why an attempt was made. */
export type AttemptReason = 'first' | 'same-key' | 'next-key' | 'next-member' | 'without-reasoning' | 'hedge' | 'continue'

/** One call of an upstream. Times in milliseconds. */
export interface Attempt {
  endpoint: string
  model?: string
  /** The key's name, never the key itself. */
  key?: string
  reason: AttemptReason
  /** Waited on purpose before it began. */
  waitedMs: number
  /** When it began, since 1970. */
  startedAt: number
  /** From its begin until it answered (a stream: its first meaningful event), or failed. */
  tookMs?: number
  /** The upstream's status, where there was one. */
  status?: number
  /** What went wrong, and what that means. */
  failure?: { class: FailureClass; message: string }
  /** What it used, of an answer that several have given together. Known when that has ended. */
  usage?: Usage
}

export interface Ending {
  /** `truncated`: the upstream broke off; `error`: it said that it failed; `cancelled`: the client went away; `recovered`: it was completed after a fault. */
  how: 'complete' | 'recovered' | 'error' | 'truncated' | 'cancelled'
  usage?: Usage
  /** Tokens of the answer that came, by estimate; only of a stream that did not end well, or whose provider told no counts. */
  streamed?: number
  /** The model that answered, as the provider named it: not always the one that was asked for. */
  answeredBy?: string
  failure?: Failure
}

const outcomes = createAttachment<Response, Outcome>('outcome')

/** What is known of how a response came about; `undefined` for a response of a fetch that is not of this library. */
export const outcomeOf = (response: Response): Outcome | undefined => outcomes.get(response)

export function attachOutcome(response: Response, outcome: Outcome): Response {
  outcomes.set(response, outcome)
  return response
}
