/**
 * What an answer is on the wire, whole or in a chunk.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { createLose } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Stop } from '../../core/reply.ts'
import { failureOfError } from './decode-error.ts'

/** The answer inside what a backend sent: as it is, or below `response` (Code Assist). Throws the failure of an error. */
export function answerOf(value: unknown): JsonObject | undefined {
  if (typeof value === 'string') fail({ kind: 'server-error', message: value })
  if (!isObject(value)) return undefined
  if (value.error !== undefined && value.error !== null) fail(failureOfError(value, undefined))
  return isObject(value.response) && !value.candidates ? value.response : value
}

/** The candidate that is number 0: other protocols have one answer only. A chunk of a stream may hold another one alone. */
export function candidateOf(answer: JsonObject): JsonObject | undefined {
  const [first] = arrayOf(answer.candidates)
  if (isObject(first) && (first.index === undefined || first.index === 0)) return first
  const candidates = arrayOf(answer.candidates).filter(isObject)
  return candidates.find((candidate) => (numberOf(candidate.index) ?? 0) === 0)
}

/** Makes the notes, each one once, of what is not read of an answer, whole or in chunks. */
export function createLossNotes({
  chat,
  notes,
}: Pick<ReplyContext, 'chat' | 'notes'>): (answer: JsonObject, candidate: JsonObject | undefined) => void {
  const lose = createLose(notes)
  return ({ candidates }, candidate) => {
    if (Array.isArray(candidates) && candidates.length > (candidate ? 1 : 0))
      lose('/candidates/1', 'only the first of several answers is read')
    // by name: most chunks hold none, and that must be seen fast
    if (candidate?.urlContextMetadata) lose('/candidates/0/urlContextMetadata', 'only Gemini tells which pages it was to read')
    // `avgLogprobs` comes unasked with every answer: nobody misses it
    if (!candidate?.logprobsResult) return
    if (!chat.logprobs) lose('/candidates/0/logprobsResult', 'no probabilities were asked for')
    else if (isNumbered(candidate.logprobsResult))
      lose('/candidates/0/logprobsResult/chosenCandidates', 'only Gemini tells the numbers of tokens')
  }
}

const isNumbered = (result: unknown): boolean => objectOf(arrayOf(objectOf(result)?.chosenCandidates)[0])?.tokenId !== undefined

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
