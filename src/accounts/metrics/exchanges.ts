/**
 * Tells of requests as they begin and end, from the same outcome that the ledger reads.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { watchRequest } from '../../router/caller.ts'
import { clientProtocol, routeOf } from '../../router/facts.ts'
import { outcomeOf, type Ending } from '../../router/outcome.ts'
import type { Finished } from '../ledger/describe.ts'
import { endingOf } from '../ledger/ending.ts'
import { askWho } from '../ledger/who.ts'

/** Sees requests and their answers. */
export interface Watcher {
  /** Told of a request; what it returns is told of the answer, and gives it back. */
  watch(request: Request): (response: Response) => Response
  readonly clock: Clock
}

/** What is told of exchanges. */
export interface Sink<Begun = unknown> {
  /** Told of each request that asks for an answer. */
  begun(request: Request): Begun
  /** Told once it is over; `begun` is `undefined` where nobody was told of its begin. */
  ended(finished: Finished, begun: Begun | undefined): void
}

/** Tells of the first error alone: what is wrong with one request is wrong with the next. Never throws. */
export function once(onError: (error: Error) => void): (error: unknown) => void {
  let isTold = false
  return (error) => {
    if (isTold) return
    isTold = true
    try {
      onError(error instanceof Error ? error : new Error(String(error), { cause: error }))
    } catch {
      // nobody is left to be told
    }
  }
}

/**
 * Counts of tokens and what no protocol has a path for are no exchanges.
 *
 * @param failed told of whatever the sink throws: requests go on all the same
 */
export function watchExchanges<Begun>(clock: Clock, sink: Sink<Begun>, failed: (error: unknown) => void): Watcher {
  const begin = (request: Request): Begun | undefined => {
    try {
      return sink.begun(request)
    } catch (error) {
      failed(error)
      return undefined
    }
  }
  return {
    clock,
    watch(request) {
      const action = routeOf(request)?.route.action
      if (action === 'count-tokens') return (response) => response
      const at = clock.now()
      const seen = watchRequest(request)
      askWho(seen)
      const begun = action === undefined ? undefined : begin(request)
      return (response) => {
        const outcome = outcomeOf(response)
        if (!outcome && action === undefined) return response
        const answeredAt = clock.now()
        const { status } = response
        const end = (ending: Ending): void => {
          const endedAt = clock.now()
          const { facts } = seen
          const protocol = clientProtocol(request)
          sink.ended({ id: '', request, protocol, facts, status, outcome, seen, ending, at, answeredAt, endedAt }, begun)
        }
        void (outcome?.ended ?? Promise.resolve(endingOf(status))).then(end).catch(failed)
        return response
      }
    },
  }
}
