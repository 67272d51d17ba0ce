/**
 * The latest requests and how they went, for people who look. Never what was asked or answered.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Clock } from '../../core/clock.ts'
import { STATUS } from '../../core/failure.ts'
import type { Usage } from '../../core/usage.ts'
import { clientProtocol, routeOf } from '../../router/facts.ts'
import { urlOf } from '../../router/fetch.ts'
import type { FailureClass } from '../../router/failures/classify.ts'
import { outcomeOf, type Attempt, type AttemptReason, type Ending } from '../../router/outcome.ts'
import { clientOf } from '../safety/connection.ts'

/** Times in milliseconds, moments since 1970. */
export interface RecentRequest {
  /** Counts up from 1 since the gateway began. */
  id: number
  at: number
  method: string
  path: string
  protocol: ProtocolName
  /** The name of the client's key. */
  client?: string | undefined
  /** The model that the client asked for, and the one that answered. */
  asked?: string | undefined
  served?: string | undefined
  endpoint?: string | undefined
  /** The name of the provider's key. */
  key?: string | undefined
  /** The rule that chose. */
  route?: string | undefined
  status: number
  /** Until the answer began, and until it had ended. */
  answeredMs: number
  ms: number
  ended?: Ending['how'] | undefined
  usage?: Usage | undefined
  /** How many losses of translation were noted. */
  notices: number
  failure?: { kind: string; message: string } | undefined
  attempts: readonly {
    endpoint: string
    model?: string | undefined
    key?: string | undefined
    reason: AttemptReason
    ms?: number | undefined
    status?: number | undefined
    class?: FailureClass | undefined
  }[]
}

export interface Recent {
  /** Told of a request; what it returns is told of the answer. */
  watch(request: Request): (response: Response) => void
  /** The latest first. */
  list(limit: number, fits?: (entry: RecentRequest) => boolean): RecentRequest[]
  /** Since the gateway began. A client that went away counts in neither. */
  counts(): { answered: number; failed: number; inFlight: number }
}

export interface RecentOptions {
  clock: Clock
  /** How many are kept. Default 500. */
  kept?: number
  redact(text: string): string
}

export function createRecent({ clock, kept = 500, redact }: RecentOptions): Recent {
  const entries: RecentRequest[] = []
  const counts = { answered: 0, failed: 0, inFlight: 0 }
  let id = 0
  return {
    watch(request) {
      const at = clock.now()
      counts.inFlight++
      return (response) => {
        const answeredMs = clock.now() - at
        const outcome = outcomeOf(response)
        const end = (ending?: Ending) => {
          counts.inFlight--
          if (!outcome && !routeOf(request)) return
          const failure = ending?.failure ?? outcome?.failure
          const isGone = ending?.how === 'cancelled' || response.status === STATUS.cancelled
          if (!isGone) counts[failure || response.status >= 400 ? 'failed' : 'answered']++
          entries.push({
            id: ++id,
            at,
            method: request.method,
            path: urlOf(request).pathname,
            protocol: clientProtocol(request),
            client: clientOf(request)?.name,
            asked: outcome?.asked,
            served: outcome?.model,
            endpoint: outcome?.endpoint,
            key: outcome?.key,
            route: outcome?.route,
            status: response.status,
            answeredMs,
            ms: clock.now() - at,
            ended: ending?.how,
            usage: ending?.usage,
            notices: outcome?.notices.length ?? 0,
            failure: failure && { kind: failure.kind, message: redact(failure.message) },
            attempts: outcome?.attempts.map(told) ?? [],
          })
          if (entries.length > kept) entries.shift()
        }
        if (outcome) void outcome.ended.then(end)
        else end()
      }
    },
    list: (limit, fits = () => true) => entries.filter(fits).slice(-limit).toReversed(),
    counts: () => ({ ...counts }),
  }
}

const told = ({ endpoint, model, key, reason, tookMs, status, failure }: Attempt): RecentRequest['attempts'][number] => ({
  endpoint,
  model,
  key,
  reason,
  ms: tookMs,
  status,
  class: failure?.class,
})
