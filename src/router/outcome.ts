/**
 * What became of a request, attached to its Response for the layers above: a stranger's fetch in between loses the
 * detail, never the answer.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import type { Failure } from '../core/failure.ts'
import type { Notice } from '../core/notice.ts'
import type { Usage } from '../core/usage.ts'

export interface Outcome {
  /** The name of the endpoint that answered. */
  endpoint: string
  /** The protocol and model that the upstream was asked in. */
  protocol: ProtocolName
  model?: string
  /** What the translation could not keep. Grows while a stream is read. */
  notices: readonly Notice[]
  /** Why there is no answer, where there is none. */
  failure?: Failure
  /** How the answer ended. Resolves when the last byte has been given to the client, or the client has gone. Never rejects. */
  ended: Promise<Ending>
}

export interface Ending {
  /** `truncated`: the upstream broke off; `error`: it said that it failed; `cancelled`: the client went away. */
  how: 'complete' | 'error' | 'truncated' | 'cancelled'
  usage?: Usage
  failure?: Failure
}

const outcomes = new WeakMap<Response, Outcome>()

/** What is known of how a response came about; `undefined` for a response of a fetch that is not of this library. */
export const outcomeOf = (response: Response): Outcome | undefined => outcomes.get(response)

export function attachOutcome(response: Response, outcome: Outcome): Response {
  outcomes.set(response, outcome)
  return response
}
