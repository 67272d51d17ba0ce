/**
 * A line in the log for each request, written when its answer has ended. Never what was asked or answered.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { clientProtocol, routeOf } from '../../router/facts.ts'
import { urlOf } from '../../router/fetch.ts'
import { outcomeOf, type Ending } from '../../router/outcome.ts'
import { clientOf } from '../safety/connection.ts'
import type { Log } from './log.ts'

/** What is asked every few seconds, by those who look after servers and by status lines. */
const QUIET = /^\/(health$|usage\/sessions\/)/

export interface RequestLogOptions {
  log: Log
  addressOf(request: Request): string | undefined
  clock?: Clock
}

/** Returns what begins a request's line; what that returns ends it, with the answer. */
export function createRequestLog({
  log,
  addressOf,
  clock = systemClock,
}: RequestLogOptions): (request: Request) => (response: Response) => void {
  return (request) => {
    const startedAt = clock.now()
    const { pathname } = urlOf(request)
    return (response) => {
      const answeredMs = clock.now() - startedAt
      const { status } = response
      const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : QUIET.test(pathname) ? 'debug' : 'info'
      if (!log.writes(level)) return
      const outcome = outcomeOf(response)
      const end = (ending?: Ending) => {
        const failure = ending?.failure ?? outcome?.failure
        log[level](`${request.method} ${pathname}`, {
          status,
          protocol: routeOf(request) && clientProtocol(request),
          client: clientOf(request)?.name,
          address: addressOf(request),
          answeredMs,
          ms: clock.now() - startedAt,
          endpoint: outcome?.endpoint,
          model: outcome?.model,
          key: outcome?.key,
          route: outcome?.route,
          attempts: outcome?.attempts.length || undefined,
          notices: outcome?.notices.length || undefined,
          ended: ending?.how,
          inputTokens: ending?.usage?.input,
          outputTokens: ending?.usage?.output,
          failure: failure?.kind,
          reason: failure?.message,
        })
      }
      if (outcome) void outcome.ended.then(end)
      else end()
    }
  }
}
