/**
 * A request that is over, as the row that the ledger keeps of it.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { kindOfStatus, type Failure } from '../../core/failure.ts'
import type { Seen } from '../../router/caller.ts'
import { classify } from '../../router/failures/classify.ts'
import type { RequestFacts } from '../../router/facts.ts'
import { urlOf } from '../../router/fetch.ts'
import type { Attempt, Ending, Outcome } from '../../router/outcome.ts'
import { askedModel } from '../../router/routing/facts.ts'
import type { AttemptRecord, Bodies, ExchangeRecord } from './record.ts'
import { countsOf, tokensUsed } from './tokens-used.ts'
import { shortened, whoAsked } from './who.ts'

export interface Finished {
  id: string
  request: Request
  protocol: ProtocolName
  /** Absent where the request was refused before anybody read it. */
  facts: RequestFacts | undefined
  status: number
  outcome: Outcome | undefined
  /** Its attempts, and whose it was. */
  seen: Seen
  ending: Ending
  /** When it came, when it was answered, and when it was over. */
  at: number
  answeredAt: number
  endedAt: number
  bodies?: Bodies
}

/** No message of an error is kept longer than this, in characters. */
const MAX_MESSAGE = 1000

/** @param redact takes secrets out of what providers and clients said in errors */
export function describe(finished: Finished, redact: (text: string) => string): ExchangeRecord {
  const { id, request, protocol, facts, status, outcome, seen, ending, at, answeredAt, endedAt, bodies } = finished
  const attempts = outcome && outcome.attempts.length >= seen.attempts.length ? outcome.attempts : seen.attempts
  const last = attempts.at(-1)
  const asked = outcome?.asked ?? (facts && askedModel(facts))
  const served = outcome?.model ?? last?.model
  const failure =
    ending.failure ?? outcome?.failure ?? (status >= 400 && ending.how !== 'cancelled' ? (seen.refusal ?? unexplained(status)) : undefined)
  const answered = outcome !== undefined && !outcome.failure && status < 400
  const streams = facts && (facts.route.stream ?? facts.body.stream === true)
  const wordAt = streams ? firstWordAt(attempts, answered) : undefined
  return {
    id,
    at,
    method: request.method,
    path: shortened(urlOf(request).pathname),
    protocol,
    ...defined({
      asked: asked && shortened(asked),
      served: served && shortened(served),
      endpoint: outcome?.endpoint || last?.endpoint,
      key: outcome?.key ?? last?.key,
      tenant: seen.tenant,
      group: seen.group,
      route: outcome?.route,
      ...whoAsked(request, facts),
    }),
    status,
    ...(streams && { stream: true }),
    firstByteMs: answeredAt - at,
    ...(wordAt !== undefined && { firstTokenMs: Math.max(0, wordAt - at) }),
    ms: endedAt - at,
    ended: ending.how,
    ...(failure && { failure: failureOf(failure, endedAt, redact) }),
    ...tokensUsed({ facts, attempts, answered, notices: outcome?.notices ?? [], ending }),
    notices: outcome?.notices.length ?? 0,
    attempts: attempts.map((attempt) => attemptOf(attempt, redact)),
    ...(bodies && { bodies }),
  }
}

/** Of some fields those that have a value. This is done for each request: `Object.entries` would take ten times as long. */
function defined<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  for (const field in fields) if (fields[field] === undefined) delete fields[field]
  return fields as { [K in keyof T]?: Exclude<T[K], undefined> }
}

const unexplained = (status: number): Failure => ({ kind: kindOfStatus(status), status, message: `It was answered ${status}.` })

const failureOf = (failure: Failure, now: number, redact: (text: string) => string): ExchangeRecord['failure'] => ({
  kind: failure.kind,
  class: classify(failure, now).class,
  message: redact(failure.message).slice(0, MAX_MESSAGE),
})

/** When the answer's first word came: that of the attempt that won; one that only went on with an answer came later. */
function firstWordAt(attempts: readonly Attempt[], answered: boolean): number | undefined {
  if (!answered) return undefined
  const winner = attempts.findLast(({ reason, status, failure }) => reason !== 'continue' && !failure && status !== undefined)
  return winner?.tookMs === undefined ? undefined : winner.startedAt + winner.tookMs
}

const attemptOf = (attempt: Attempt, redact: (text: string) => string): AttemptRecord => {
  const { endpoint, model, key, reason, startedAt, tookMs, waitedMs, status, failure, usage } = attempt
  return {
    endpoint,
    ...(model !== undefined && { model }),
    ...(key !== undefined && { key }),
    reason,
    at: startedAt,
    ...(tookMs !== undefined && { ms: tookMs }),
    ...(waitedMs && { waitedMs }),
    ...(status !== undefined && { status }),
    ...(failure && { class: failure.class, message: redact(failure.message).slice(0, MAX_MESSAGE) }),
    ...(usage && { usage: countsOf(usage) }),
  }
}
