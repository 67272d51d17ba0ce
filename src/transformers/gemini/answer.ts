/**
 * What an answer is on the wire, whole or in a chunk.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Stop } from '../../core/reply.ts'
import { failureOfError } from './decode-error.ts'

/** The answer inside what a backend sent: as it is, or below `response` (Code Assist). Throws the failure of an error. */
export function answerOf(value: unknown): JsonObject | undefined {
  if (typeof value === 'string') fail({ kind: 'server-error', message: value })
  if (!isObject(value)) return undefined
  if (value.error !== undefined && value.error !== null) fail(failureOfError(value, undefined))
  return isObject(value.response) && !value.candidates ? value.response : value
}

/** The first candidate: other protocols have one answer only. */
export function candidateOf(answer: JsonObject): JsonObject | undefined {
  const [first] = arrayOf(answer.candidates)
  if (isObject(first) && (first.index === undefined || first.index === 0)) return first
  const candidates = arrayOf(answer.candidates).filter(isObject)
  return candidates.find((candidate) => (numberOf(candidate.index) ?? 0) === 0) ?? candidates[0]
}

export const partsOf = (candidate: JsonObject | undefined): JsonObject[] => arrayOf(objectOf(candidate?.content)?.parts).filter(isObject)

/** The end of an answer that the prompt's filter did not let begin. */
export function blockOf(answer: JsonObject): Stop | undefined {
  const feedback = objectOf(answer.promptFeedback)
  const category = stringOf(feedback?.blockReason)
  if (category === undefined || category === 'BLOCKED_REASON_UNSPECIFIED' || category === 'BLOCK_REASON_UNSPECIFIED') return undefined
  return { reason: 'refusal', category, detail: stringOf(feedback?.blockReasonMessage) ?? `The prompt was blocked: ${category}.` }
}

/** Unix seconds of Google's timestamps. */
export function createdOf(answer: JsonObject): { created?: number } {
  const time = typeof answer.createTime === 'string' ? Date.parse(answer.createTime) : Number.NaN
  return Number.isNaN(time) ? {} : { created: Math.floor(time / 1000) }
}
