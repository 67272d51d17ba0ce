/**
 * A request that is over, as the row that the ledger keeps of it.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { kindOfStatus, type Failure } from '../../core/failure.ts'
import { mapped } from '../../core/mapped.ts'
import type { Seen } from '../../router/caller.ts'
import { classify } from '../../router/failures/classify.ts'
import { askedModel, wantsStream, type RequestFacts } from '../../router/request-facts.ts'
import { urlOf } from '../../router/fetch.ts'
import type { Attempt, Ending, Outcome } from '../../router/outcome.ts'
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
  const streams = facts && wantsStream(facts)
  const wordAt = streams ? firstWordAt(attempts, answered) : undefined
  const endpoint = outcome?.endpoint || last?.endpoint
  const key = outcome?.key ?? last?.key
  const { session, agent, subagent } = whoAsked(request, facts)
  const { usage, estimated, serviceTier } = tokensUsed({ facts, attempts, answered, notices: outcome?.notices ?? [], ending })
  // Field by field: literals with fields that may be missing take a hundred times as long, and this is done for each request.
  const record: ExchangeRecord = {
    id,
    at,
    method: request.method,
    path: shortened(urlOf(request).pathname),
    protocol,
    status,
    firstByteMs: answeredAt - at,
    ms: endedAt - at,
    ended: ending.how,
    notices: outcome?.notices.length ?? 0,
    attempts: mapped(attempts, (attempt) => attemptOf(attempt, redact)),
  }
  if (asked !== undefined) record.asked = shortened(asked)
  if (served !== undefined) record.served = shortened(served)
  if (endpoint !== undefined) record.endpoint = endpoint
  if (key !== undefined) record.key = key
  if (seen.tenant !== undefined) record.tenant = seen.tenant
  if (seen.group !== undefined) record.group = seen.group
  if (session !== undefined) record.session = session
  if (agent !== undefined) record.agent = agent
  if (subagent !== undefined) record.subagent = subagent
  if (outcome?.route !== undefined) record.route = outcome.route
  if (streams) record.stream = true
  if (wordAt !== undefined) record.firstTokenMs = Math.max(0, wordAt - at)
  if (failure) record.failure = failureOf(failure, endedAt, redact)
  if (usage) record.usage = usage
  if (estimated) record.estimated = true
  if (serviceTier !== undefined) record.serviceTier = serviceTier
  if (bodies) record.bodies = bodies
  return record
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
  const record: AttemptRecord = { endpoint, reason, at: startedAt }
  if (model !== undefined) record.model = model
  if (key !== undefined) record.key = key
  if (tookMs !== undefined) record.ms = tookMs
  if (waitedMs) record.waitedMs = waitedMs
  if (status !== undefined) record.status = status
  if (failure) Object.assign(record, { class: failure.class, message: redact(failure.message).slice(0, MAX_MESSAGE) })
  if (usage) record.usage = countsOf(usage)
  return record
}
